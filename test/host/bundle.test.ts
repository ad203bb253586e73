/** A medium made on one host, as anybody, installs on another that reaches nothing; what is not as it was made, or may be written by others, is not used. */
import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {applyIn, buildProgram, checkout, setup} from './support/setup.ts';
import {hostTest, packageLists, withHost, withPackages} from './support/with-host.ts';

beforeAll(buildProgram, 300_000);
afterAll(() => rmSync(debs, {recursive: true, force: true}));

const here = {layer: withPackages('node', ['libatomic1']), binds: [bring(checkout)], timeout: 600_000};
/** Nothing may come from packages that other tests have fetched. */
const debs = mkdtempSync(join(tmpdir(), 'no-debs-'));

const packages = `[step({
	id: 'things', title: 'Things', about: 'Of a test.', guide: 'none', questions: z.strictObject({name: z.string().default('nullmailer')}),
	resources: ({name}) => [makers.aptPackages({names: [name], recommends: false}, {id: 'apt:things', needs: ['done:dpkg-consistent']})],
})]`;

const put = (host: ThrowAway): string => {
	ownStack(host, 'near', packages);
	return answersOf(host, 'near', {things: {name: 'sudo'}});
};

hostTest(
	'a medium made on one host installs on another without a network',
	{...here, network: 'none'},
	async target => {
		put(target);
		const medium = '/root/near.medium';
		const install = (file: string) =>
			target.run([setup, 'apply', '--bundle', file, '--format', 'ndjson'], {timeout: 300_000});
		await withHost({...here, layer: {...packageLists, on: here.layer}}, async maker => {
			const file = '/srv/made/near.yaml';
			await maker.must(['mkdir', '-m', '0777', '/srv/made']);
			copyFileSync(join(maker.root, put(maker)), join(maker.root, file));
			// As anybody, and twice the same.
			const sums = [];
			for (const name of ['/srv/made/one', '/srv/made/two']) {
				const how = {as: 'nobody', env: {XDG_CACHE_HOME: '/srv/made/cache'}, timeout: 300_000};
				const {code, stdout: made, stderr} = await maker.run([setup, 'bundle', name, file], how);
				expect(code, stderr).toBe(0);
				expect(made).toMatch(/\d+ packages and sources for Stack near on bookworm \(amd64\)/);
				sums.push(/^sha256 (\w{64})$/m.exec(made)?.[1]);
			}
			expect(sums[0]).toBe(sums[1]);
			copyFileSync(join(maker.root, 'srv/made/one'), join(target.root, medium));
		});

		await target.must(['chown', 'root:root', medium]);
		const planned = await target.run([setup, 'plan', '--bundle', medium]);
		expect(planned, planned.stderr).toMatchObject({code: 2});
		expect(planned.stdout).toMatch(/package sudo: nothing -> \d/);
		expect(planned.stdout).toMatch(
			/comes from \/root\/near\.medium, made for bookworm on amd64; no other host is asked/,
		);

		// Others could have put anything on it.
		await target.must(['chmod', 'o+w', medium]);
		expect((await install(medium)).stderr).toContain('[bundle.foreign]');
		await target.must(['chmod', 'o-w', medium]);
		// Other packages than it has.
		const other = answersOf(target, 'near', {things: {name: 'nullmailer'}});
		expect((await target.run([setup, 'plan', other, '--bundle', medium])).stderr).toContain('[bundle.lacks]');
		// A byte of a package, changed on the way; the medium that was taken in before is not asked.
		const bytes = readFileSync(join(target.root, medium));
		const at = bytes.lastIndexOf('data.tar');
		expect(at).toBeGreaterThan(0);
		bytes[at + 100] = (bytes[at + 100] ?? 0) ^ 1;
		writeFileSync(join(target.root, '/root/damaged'), bytes);
		await target.must(['rm', '-rf', '/var/cache/host-setup/media']);
		expect((await install('/root/damaged')).stderr).toContain('[bundle.damaged]');
		expect(await target.must(['ls', '-A', '/var/cache/host-setup/media'])).toBe('');

		const applied = await install(medium);
		expect(applied, applied.stderr + applied.stdout.slice(-3000)).toMatchObject({code: 0});
		expect(await target.must(['dpkg-query', '-W', '-f', '${Status}', 'sudo'])).toBe('install ok installed');
		// The host's own sources and lists are as they were.
		expect(await target.must(['find', '/var/lib/apt/lists', '-name', '*media*'])).toBe('');
		const again = await applyIn(target, {file: answersOf(target, 'near', {things: {name: 'sudo'}})});
		expect(again).toMatchObject({code: 0, changed: 0});
	},
);
