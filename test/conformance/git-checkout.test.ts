// packages: git
import {execFile} from 'node:child_process';
import {appendFile, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {Secret} from '#model/secret.ts';
import {gitCheckout} from '#resources/git/checkout.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const run = promisify(execFile);
const origin = '/srv/conformance-origin';
const home = '/srv/conformance-git';
const directory = `${home}/repo`;
const ours = ['app/settings.py', 'app/migrations/**', 'site', 'site/**'];
const commits: string[] = [];

const git = async (...args: readonly string[]): Promise<string> =>
	(await run('git', ['-C', origin, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args])).stdout.trim();
const asOwner = (...args: readonly string[]): Promise<unknown> =>
	run('setpriv', [
		'--reuid=games',
		'--regid=games',
		'--init-groups',
		'git',
		'-C',
		directory,
		'-c',
		'user.name=t',
		'-c',
		'user.email=t@example.org',
		...args,
	]);

/** An origin that belongs to root, with two commits, a tag on the first and a file that a build removes. */
const fresh = async (): Promise<void> => {
	for (const path of [origin, home, '/var/lib/host-setup/stamps']) await rm(path, {recursive: true, force: true});
	await mkdir(`${origin}/app`, {recursive: true});
	await mkdir(`${origin}/site`);
	await git('init', '--quiet', '-b', 'main');
	await writeFile(`${origin}/app/settings.py`, 'DEBUG = True\n');
	await writeFile(`${origin}/app/ünï code.py`, 'x = 1\n');
	await writeFile(`${origin}/site/.gitkeep`, '');
	await writeFile(`${origin}/.gitignore`, 'cache\n');
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'one');
	await git('tag', '-a', 'v1', '-m', 'first');
	commits[0] = await git('rev-parse', 'HEAD');
	await writeFile(`${origin}/app/settings.py`, 'DEBUG = True\nNEW = 1\n');
	await git('commit', '--quiet', '-a', '-m', 'two');
	commits[1] = await git('rev-parse', 'HEAD');
	await mkdir(home);
	await run('chown', ['games:games', home]);
};

const checkout = (ref: string, more: {readonly update?: boolean} = {}) =>
	gitCheckout({url: origin, ref, directory, user: 'games', ours, ...more});

/** A git server that wants a password, over plain files ("dumb" HTTP). */
const canary = 'kanarie%20 "7f3a$';
const server: Server = createServer(async (request, response) => {
	if (request.headers.authorization !== `Basic ${Buffer.from(`reader:${canary}`).toString('base64')}`)
		return void response.writeHead(401, {'www-authenticate': 'Basic realm="git"'}).end();
	const bytes = await readFile(
		`${origin}/.git${new URL(request.url ?? '/', 'http://x').pathname.replace('/repo.git', '')}`,
	).catch(() => undefined);
	response.writeHead(bytes ? 200 : 404).end(bytes);
});
const port = 18_417;
beforeAll(() => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>(resolve => server.close(() => resolve())));

conformance('git-checkout', [
	{
		name: 'over HTTP with a password',
		async prepare() {
			await fresh();
			await git('update-server-info');
		},
		resource: () =>
			gitCheckout({
				url: `http://127.0.0.1:${port}/repo.git`,
				credentials: {user: 'reader', password: new Secret('token', canary)},
				ref: 'main',
				directory,
				user: 'games',
				ours,
			}),
		touches: [home],
		canaries: [canary],
	},
	{
		name: 'over HTTP with the password in the URL',
		async prepare() {
			await fresh();
			await git('update-server-info');
		},
		resource: () =>
			gitCheckout({
				url: `http://reader:${encodeURIComponent(canary)}@127.0.0.1:${port}/repo.git`,
				ref: 'main',
				directory,
				user: 'games',
				ours,
			}),
		touches: [home],
		canaries: [canary, encodeURIComponent(canary)],
		throwAt: [1],
	},
	{
		name: 'a branch',
		prepare: fresh,
		resource: () => checkout('main'),
		breakIt: () => rm(`${directory}/app/ünï code.py`),
		touches: [home],
	},
	{
		name: 'a tag',
		prepare: fresh,
		resource: () => checkout('v1'),
		breakIt: async () => void (await asOwner('checkout', '-q', 'main')),
		touches: [home],
	},
	{
		name: 'a commit, into an empty directory',
		async prepare() {
			await fresh();
			await run('install', ['-d', '-o', 'games', '-g', 'adm', '-m', '2750', directory]);
		},
		resource: () => checkout(commits[0]!),
		touches: [home],
	},
	{
		name: 'from a tag to a branch',
		async prepare(host) {
			await fresh();
			const look = await checkout('v1').look(host);
			if (look.state === 'change') await look.apply(host);
		},
		resource: () => checkout('main'),
		touches: [`${directory}/app`, `${directory}/site`],
	},
]);

describe('git-checkout, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-git');
	const lookAt = (ref: string, more = {}) => checkout(ref, more).look(createReader());
	const installed = async (): Promise<void> => {
		await fresh();
		await bench.converge(checkout('main'));
	};
	/** What an install leaves in its checkout. */
	const dirty = async (): Promise<void> => {
		await writeFile(`${directory}/app/settings.py`, 'DEBUG = False\n');
		await mkdir(`${directory}/app/migrations`);
		await writeFile(`${directory}/app/migrations/0001_initial.py`, 'x\n');
		await rm(`${directory}/site/.gitkeep`);
		await writeFile(`${directory}/site/index.html`, 'built\n');
	};
	const pushed = async (): Promise<string> => {
		await writeFile(`${origin}/app/settings.py`, 'DEBUG = True\nNEWER = 1\n');
		await git('commit', '--quiet', '-a', '-m', 'three');
		return git('rev-parse', 'HEAD');
	};

	it('stays at its commit, without asking the other side, until told to update', async () => {
		await installed();
		await dirty();
		const third = await pushed();
		await rm(`${origin}.away`, {recursive: true, force: true});
		await run('mv', [origin, `${origin}.away`]);
		expect((await lookAt('main')).state).toBe('ok');
		await run('mv', [`${origin}.away`, origin]);
		expect(await lookAt('main', {update: true})).toMatchObject({
			state: 'change',
			changes: [{what: 'commit', to: `${third.slice(0, 12)} (branch main)`}],
		});
		const done = await bench.converge(checkout('main', {update: true}));
		expect((await run('cat', [`${directory}/app/settings.py`])).stdout).toBe('DEBUG = True\nNEWER = 1\n');
		expect((await run('cat', [`${directory}/site/index.html`])).stdout).toBe('built\n');
		expect((await bench.undo(done, {})).map(one => one.outcome)).toEqual(['undone']);
		expect((await run('cat', [`${directory}/app/settings.py`])).stdout).toBe('DEBUG = True\nNEW = 1\n');
		expect((await lookAt('main')).state).toBe('ok');
	});

	it('refuses to move over changes and commits of others', async () => {
		await installed();
		await pushed();
		await appendFile(`${directory}/app/ünï code.py`, 'hotfix = 1\n');
		expect((await lookAt('main')).state).toBe('ok');
		expect(await lookAt('main', {update: true})).toMatchObject({
			state: 'failed',
			fault: {code: 'git.foreign-changes', details: ['app/ünï code.py']},
		});
		await asOwner('commit', '-qam', 'hotfix');
		expect(await lookAt('v1')).toMatchObject({state: 'failed', fault: {code: 'git.unpushed'}});
	});

	it('puts back what an earlier setup set in a file that is elsewhere now, and nothing that others wrote there', async () => {
		await fresh();
		const site = `${directory}/app/web.conf`;
		await writeFile(`${origin}/app/web.conf`, 'server { proxy_pass http://192.0.2.7:80; }\n');
		await git('add', '.');
		await git('commit', '--quiet', '-m', 'a site');
		await bench.converge(checkout('main'));
		await pushed();
		const moved = () =>
			gitCheckout({
				url: origin,
				ref: 'main',
				directory,
				user: 'games',
				ours,
				update: true,
				settledElsewhere: [
					{
						path: 'app/web.conf',
						format: 'nginx',
						settings: [{anywhere: true, directive: 'proxy_pass', args: [['http://192.0.2.1:80']]}],
					},
				],
			});
		await writeFile(site, 'server { proxy_pass http://172.17.0.1:80; root /srv/theirs; }\n');
		expect(await moved().look(createReader())).toMatchObject({
			state: 'failed',
			fault: {code: 'git.foreign-changes', details: ['app/web.conf']},
		});
		await writeFile(site, 'server { proxy_pass http://172.17.0.1:80; }\n');
		expect(await moved().look(createReader())).toMatchObject({
			state: 'change',
			changes: [{what: 'commit'}, {what: 'settings in app/web.conf', to: 'as committed'}],
		});
		await bench.converge(moved());
		expect((await run('cat', [site])).stdout).toBe('server { proxy_pass http://192.0.2.7:80; }\n');
		expect((await run('cat', [`${directory}/app/settings.py`])).stdout).toContain('NEWER');
	});

	it('keeps what holds the work of others', async () => {
		await installed();
		const look = checkout('main');
		await fresh();
		const done = await bench.converge(look);
		await dirty();
		await writeFile(`${directory}/cache`, 'ignored, and not ours\n');
		expect(await bench.undo(done, {})).toEqual([{outcome: 'kept', why: expect.stringContaining('cache')}]);
		await rm(`${directory}/cache`);
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
	});

	it('recovers from a move that was killed half-way', async () => {
		await installed();
		const stamp = (await run('sh', ['-c', 'ls /var/lib/host-setup/stamps/*'])).stdout.trim();
		const third = await pushed();
		await asOwner('fetch', '-q', '--upload-pack', 'git -c safe.directory=* upload-pack');
		const pin = JSON.parse((await run('cat', [stamp])).stdout);
		await writeFile(stamp, JSON.stringify({...pin, updating: {from: commits[1], kind: 'branch', commit: third}}));
		await writeFile(`${directory}/app/settings.py`, 'DEBUG = Tr');
		await writeFile(`${directory}/.git/index.lock`, '');
		await bench.converge(checkout('main', {update: true}));
		expect((await run('cat', [`${directory}/app/settings.py`])).stdout).toBe('DEBUG = True\nNEWER = 1\n');
	});

	it('takes a commit made there by hand as the new one to stay at', async () => {
		await installed();
		await pushed();
		await asOwner('pull', '-q', '--upload-pack', 'git -c safe.directory=* upload-pack');
		expect(await lookAt('main')).toMatchObject({state: 'change', changes: [{what: 'pinned commit'}]});
		await bench.converge(checkout('main'));
	});

	it('says what is wrong with the answer', async () => {
		await fresh();
		await expect(bench.converge(checkout('nowhere'))).rejects.toMatchObject({code: 'git.no-ref'});
		await expect(bench.converge(checkout('0'.repeat(40)))).rejects.toMatchObject({code: 'git.no-ref'});
		await expect(
			bench.converge(gitCheckout({url: `http://127.0.0.1:${port}/repo.git`, ref: 'main', directory, user: 'games'})),
		).rejects.toMatchObject({
			code: 'git.auth',
		});
		await expect(
			bench.converge(gitCheckout({url: '/srv/nothing-here', ref: 'main', directory, user: 'games'})),
		).rejects.toMatchObject({code: 'git.not-found'});
		await mkdir(directory);
		await writeFile(`${directory}/somebody`, 'else');
		expect(await lookAt('main')).toMatchObject({state: 'failed', fault: {code: 'git.foreign-directory'}});
	});
});
