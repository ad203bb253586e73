// soak: yes
// packages: python3-venv
import {execFile} from 'node:child_process';
import {chmod, mkdir, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {promisify} from 'node:util';
import {beforeAll, describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {venv} from '#resources/python/venv.ts';
import type {VenvSpec} from '#resources/python/venv-spec.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const run = promisify(execFile);
const home = '/srv/conformance-venv';
const directory = `${home}/env`;
const wheels = '/var/tmp/conformance-wheels';
const requirements = `${home}/wui/requirements.txt`;

/** A wheel is a zip with three files of metadata: made here, so that no index is asked. */
const wheel = (name: string, version: string, needs: readonly string[] = []): Promise<unknown> =>
	run('python3', [
		'-c',
		`
import sys, zipfile
name, version, *needs = sys.argv[1:]
info = f'{name}-{version}.dist-info'
with zipfile.ZipFile(f'${wheels}/{name}-{version}-py3-none-any.whl', 'w') as z:
    z.writestr(f'{name}/__init__.py', f'version = "{version}"\\n')
    z.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n' + ''.join(f'Requires-Dist: {n}\\n' for n in needs))
    z.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr(f'{info}/RECORD', f'{name}/__init__.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n')
`,
		name,
		version,
		...needs,
	]);

beforeAll(async () => {
	await rm(wheels, {recursive: true, force: true});
	await mkdir(wheels);
	await wheel('alpha', '1.0');
	await wheel('alpha', '2.0');
	await wheel('beta', '1.0', ['alpha<2']);
	await wheel('gamma', '1.0', ['alpha>=2']);
	await run('chmod', ['-R', 'a+rX', wheels]);
}, 60_000);

const fresh = async (text = '# what the application needs\nalpha\nbeta==1.0\n'): Promise<void> => {
	for (const path of [home, '/var/lib/host-setup/stamps']) await rm(path, {recursive: true, force: true});
	await mkdir(`${home}/wui`, {recursive: true});
	await writeFile(requirements, text);
	await writeFile(`${home}/wui/constraints.txt`, 'alpha==1.0\n');
	await run('chown', ['-R', 'games:games', home]);
};

const environment = (more: Partial<VenvSpec> = {}) =>
	venv({
		directory,
		python: '/usr/bin/python3',
		kind: {tool: 'venv'},
		requirements: [requirements],
		user: 'games',
		noIndex: true,
		findLinks: [wheels],
		...more,
	});
const site = async (): Promise<string> => `${directory}/lib/${(await readdir(`${directory}/lib`))[0]}/site-packages`;

conformance('venv', [
	{
		name: 'with requirements',
		prepare: () => fresh(),
		resource: () => environment(),
		breakIt: async () => rm(`${await site()}/beta`, {recursive: true}),
		touches: [home],
		seconds: 200,
		throwAt: [2, 4],
	},
	{
		name: 'in an empty directory, with a constraints file and a package',
		async prepare() {
			await fresh('alpha\n');
			await mkdir(directory, {mode: 0o750});
			await chmod(directory, 0o750);
			await run('chown', ['games:adm', directory]);
		},
		resource: () => environment({constraints: [`${home}/wui/constraints.txt`], packages: ['beta']}),
		async breakIt() {
			await rm(`${directory}/bin/python3`);
			await symlink('/usr/bin/python3.99', `${directory}/bin/python3`);
		},
		touches: [home],
		seconds: 200,
		throwAt: [3],
	},
]);

describe('venv, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-venv-state');
	const lookAt = (more: Partial<VenvSpec> = {}) => environment(more).look(createReader());

	it('sees what changed without starting anything, and keeps what others installed', async () => {
		await fresh();
		const done = await bench.converge(environment());
		await writeFile(requirements, 'alpha\nbeta==1.0\n\n# only a remark\n');
		expect(await lookAt()).toMatchObject({state: 'change', changes: [{what: 'requirements'}]});
		expect(await lookAt({packages: ['gamma']})).toMatchObject({state: 'change', changes: [{what: 'requirements'}]});
		await bench.converge(environment());
		const before = process.cpuUsage();
		for (let times = 0; times < 20; times += 1) expect((await lookAt()).state).toBe('ok');
		const {user, system} = process.cpuUsage(before);
		expect((user + system) / 20_000, 'ms of CPU for a look').toBeLessThan(30);
		await run(`${directory}/bin/pip`, ['install', '-q', '--no-index', '--find-links', wheels, '--no-deps', 'gamma']);
		expect((await lookAt()).state).toBe('ok');
		expect(await bench.undo(done, {})).toEqual([{outcome: 'kept', why: expect.stringContaining('gamma')}]);
		await run(`${directory}/bin/pip`, ['uninstall', '-q', '-y', 'gamma', 'beta']);
		expect(await lookAt()).toMatchObject({
			state: 'change',
			changes: [{what: 'packages', from: 'beta 1.0 is gone, beta is gone'}],
		});
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
	}, 120_000);

	it('refuses packages that do not fit each other, which pip only warns of', async () => {
		await fresh('alpha==1.0\n');
		await bench.converge(environment());
		await run(`${directory}/bin/pip`, ['install', '-q', '--no-index', '--find-links', wheels, '--no-deps', 'gamma']);
		await writeFile(requirements, 'alpha==1.0\nbeta\n');
		await expect(bench.converge(environment())).rejects.toMatchObject({
			code: 'venv.conflicts',
			sentence: expect.stringContaining('gamma 1.0 has requirement alpha>=2'),
		});
		await bench.converge(environment({conflicts: 'report'}));
	}, 120_000);

	it('says what is wrong', async () => {
		await fresh('nowhere-to-be-found==1\n');
		await expect(bench.converge(environment())).rejects.toMatchObject({
			code: 'venv.no-such-package',
			sentence: expect.stringContaining('nowhere-to-be-found'),
		});
		await fresh();
		await mkdir(directory);
		await writeFile(`${directory}/theirs`, '');
		expect(await lookAt()).toMatchObject({state: 'failed', fault: {code: 'venv.foreign-directory'}});
		expect(() => environment({packages: ['--pre']})).toThrow('no Python package');
	}, 120_000);

	it("takes the system's packages where they do", async () => {
		await fresh('pip>=1\n');
		const system = {kind: {tool: 'system'}} as const;
		await rm('/usr/lib/python3/dist-packages/conformance-1.5.egg-info', {force: true});
		await writeFile(requirements, 'Conformance[extra] >=1.4,<2 # by apt\n-r more.txt\n');
		expect(await lookAt(system)).toMatchObject({state: 'change'});
		await writeFile(`${home}/wui/more.txt`, 'conformance!=1.3\nother; sys_platform == "win32"\n');
		await expect(bench.converge(environment(system))).rejects.toMatchObject({code: 'venv.system-missing'});
		try {
			await writeFile('/usr/lib/python3/dist-packages/conformance-1.5.egg-info', '');
			expect((await lookAt(system)).state).toBe('ok');
			await writeFile(requirements, 'conformance>=2\n');
			expect(await lookAt(system)).toMatchObject({changes: [{from: 'missing: conformance>=2 (it is 1.5)'}]});
		} finally {
			await rm('/usr/lib/python3/dist-packages/conformance-1.5.egg-info');
		}
	});
});
