/**
 * Every resource type keeps the suite's promises on real booted hosts: each file of test/conformance runs inside a
 * throw-away one. The soak throws at every act and asks every release; `npm test` takes samples of the one and the first of the other. A file says in its own lines what it stands on: `// packages: git gnupg`, `// releases: bookworm trixie`, `// network: yes`, `// soak: yes` (minutes long:
 * in the soak only; the acceptance tests of the stack use these types as well).
 */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import {bring, programDir} from '#rehearse/program.ts';
import {hostTest, withPackages} from './with-host.ts';

const checkout = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '');
const folder = 'test/conformance';
const minutes = 20;

export const conformanceTests = (how: 'every' | 'some'): void =>
	void describe('resource types', () => {
		for (const name of readdirSync(join(checkout, folder)).filter(one => one.endsWith('.test.ts'))) {
			const text = readFileSync(join(checkout, folder, name), 'utf8');
			if (how === 'some' && words(text, 'soak')[0] === 'yes') continue;
			const packages = ['libatomic1', ...words(text, 'packages')];
			const releases = words(text, 'releases', 'bookworm') as readonly Release[];
			for (const release of how === 'every' ? releases : releases.slice(0, 1)) {
				const layer = withPackages(
					packages.length === 1 ? 'node' : `conformance-${name.replace('.test.ts', '')}`,
					packages,
				);
				const network = words(text, 'network')[0] === 'yes' ? {} : {network: 'none' as const};
				hostTest(
					`${name.replace('.test.ts', '')} on ${release}`,
					{release, layer, binds: [bring(checkout)], timeout: minutes * 60_000, ...network},
					async host => {
						const ran = await host.run(
							[
								`${programDir}/node_modules/node-linux-${process.arch}/bin/node`,
								`${programDir}/node_modules/vitest/vitest.mjs`,
								'run',
								`--root=${programDir}`,
								'--configLoader=native',
								'--project=conformance',
								'--reporter=json',
								'--outputFile=/run/conformance.json',
								`${folder}/${name}`,
							],
							{timeout: minutes * 60_000, env: {CONFORMANCE: how}},
						);
						const report = JSON.parse(
							(await host.run(['cat', '/run/conformance.json'])).stdout || 'null',
						) as Report | null;
						expect(failures(report), `${ran.stdout}\n${ran.stderr}`.slice(-4000)).toEqual([]);
						expect(ran.code).toBe(0);
						expect(report?.numPassedTests).toBeGreaterThan(0);
					},
				);
			}
		}
	});

type Report = {
	readonly numPassedTests: number;
	readonly testResults: readonly {
		readonly message: string;
		readonly status: string;
		readonly assertionResults: readonly {
			readonly fullName: string;
			readonly status: string;
			readonly failureMessages: readonly string[];
		}[];
	}[];
};

const words = (text: string, key: string, otherwise = ''): readonly string[] =>
	(new RegExp(`^// ${key}: (.*)$`, 'm').exec(text)?.[1] ?? otherwise).split(' ').filter(word => word !== '');

const failures = (report: Report | null): readonly string[] =>
	report === null
		? ['it wrote no report']
		: report.testResults.flatMap(file => [
				...(file.status === 'failed' && file.message !== '' ? [file.message] : []),
				...file.assertionResults
					.filter(one => one.status === 'failed')
					.map(one => `${one.fullName}: ${one.failureMessages.join('\n').slice(0, 2000)}`),
			]);
