/**
 * Every resource type keeps the suite's promises on real booted hosts: each file of test/conformance runs inside a
 * throw-away one. The soak throws at every act and asks every release; `npm test` takes samples of the one and the first of the other, and
 * has them in two files, so that both cores have one. A file says in its own lines what it stands on: `// packages: git gnupg`, `// releases: bookworm trixie`, `// network: yes`, `// wheels: NAME==VERSION`
 * (of PyPI, in /opt/from-pypi), `// soak: yes` (minutes long:
 * in the soak only; the acceptance tests of the stack use these types as well).
 */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import {bring, programDir} from '#rehearse/program.ts';
import {hostTest, withPackages, withWheels} from './with-host.ts';

const checkout = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '');
const folder = 'test/conformance';
const minutes = 20;

export type Part = 'all' | 'first half' | 'second half';

export const conformanceTests = (how: 'every' | 'some', part: Part = 'all'): void =>
	void describe('resource types', () => {
		for (const {name, text} of partOf(files(how), part)) {
			const packages = togetherWith(['libatomic1', ...words(text, 'packages')]);
			const releases = words(text, 'releases', 'bookworm') as readonly Release[];
			for (const release of how === 'every' ? releases : releases.slice(0, 1)) {
				// One layer for all who want the same packages: installing them takes longer than many a suite.
				const debs = withPackages(packages.length === 1 ? 'node' : 'conformance', packages);
				const wheels = words(text, 'wheels');
				const layer = wheels.length === 0 ? debs : withWheels('conformance-wheels', wheels, debs);
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

/** Installed as one: a boot and a run of apt for each file's own few would take longer than many a file's cases. What nobody asked for lies there and does nothing. */
const together = [
	['git', 'gnupg', 'openssl', 'apache2-utils', 'gcc', 'libc6-dev', 'make', 'python3-venv', 'iproute2', 'nftables'],
	[
		...['postgresql', 'slapd', 'ldap-utils', 'python3-django', 'python3-django-auth-ldap', 'python3-psycopg2'],
		...['libjs-jquery', 'libjs-jquery-ui'],
	],
	['mariadb-server', 'python3', 'supervisor'],
].map(packages => ['libatomic1', ...packages].toSorted());

/** The first of these lists that has them all; else what was asked for. */
const togetherWith = (packages: readonly string[]): readonly string[] =>
	packages.length === 1
		? packages
		: (together.find(all => packages.every(one => all.includes(one))) ?? packages.toSorted());

type ConformanceFile = {readonly name: string; readonly text: string};

const files = (how: 'every' | 'some'): readonly ConformanceFile[] =>
	readdirSync(join(checkout, folder))
		.filter(name => name.endsWith('.test.ts'))
		.toSorted()
		.map(name => ({name, text: readFileSync(join(checkout, folder, name), 'utf8')}))
		.filter(({text}) => how === 'every' || words(text, 'soak')[0] !== 'yes');

/** Every second one: neighbours are of one service and take about as long. */
const partOf = (all: readonly ConformanceFile[], part: Part): readonly ConformanceFile[] =>
	part === 'all' ? all : all.filter((_, at) => at % 2 === (part === 'first half' ? 0 : 1));

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
