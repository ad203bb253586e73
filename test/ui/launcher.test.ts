/** The launcher around a program that draws: signals reach it, exit codes come back, and a killed one leaves a usable terminal. */
import {
	copyFileSync,
	globSync,
	mkdirSync,
	mkdtempSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {until} from '../host/support/until.ts';
import {useForm} from './support/form.ts';
import {expectUsable, isRunning, openInShell, programIn, programsIn} from './support/shell.ts';

const root = join(import.meta.dirname, '../..');
const form = useForm();
let place: string;
let setup: string;

/** A checkout whose dist/ is up to date and is the form. */
beforeAll(() => {
	place = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-ui-')));
	setup = join(place, 'setup');
	copyFileSync(join(root, 'setup'), setup);
	for (const part of ['dist/lib', 'node_modules']) mkdirSync(join(place, part), {recursive: true});
	for (const node of globSync('node-linux-*', {cwd: join(root, 'node_modules')}))
		symlinkSync(join(root, 'node_modules', node), join(place, 'node_modules', node));
	for (const library of globSync('*', {cwd: join(root, 'dist/lib')}))
		copyFileSync(join(root, 'dist/lib', library), join(place, 'dist/lib', library));
	writeFileSync(join(place, 'dist/cli.js'), `await import(${JSON.stringify(form.argv[1])});\n`);
	writeFileSync(join(place, 'dist/.sources'), '');
});
afterAll(() => rmSync(place, {recursive: true, force: true}));

const launched = async () => {
	const pty = openInShell([setup]);
	await pty.until('a form of');
	return {pty, launcher: await programIn(pty, /sh .*setup/), program: await programIn(pty, /cli.js/)};
};

test('SIGKILL of the program: the terminal is usable and it says how to come back', async () => {
	const {pty, program} = await launched();
	await using _ = pty;
	process.kill(program, 'SIGKILL');
	await pty.until('code=137');
	expect(pty.text()).toContain('setup: the screen was killed');
	expect(pty.text()).toContain(`run ${setup} again to come back`);
	await expectUsable(pty);
});

test.each([
	['SIGTERM', 143],
	['SIGHUP', 129],
	['SIGINT', 129],
] as const)('%s to the launcher reaches the program', async (signal, code) => {
	const {pty, launcher} = await launched();
	await using _ = pty;
	process.kill(launcher, signal);
	await pty.until(`code=${code}`);
	expect(pty.text()).toContain(`left with ${code}`);
	expect(pty.text()).not.toContain('was killed');
	await expectUsable(pty);
});

test('exit codes are handed on', async () => {
	const {pty} = await launched();
	await using _ = pty;
	pty.type('\u0003');
	await pty.until('code=130');
	await expectUsable(pty);
});

test('a terminal that hangs up leaves neither of them behind', async () => {
	const {pty, launcher, program} = await launched();
	pty.hangUp();
	for (const pid of [launcher, program]) await until(() => !isRunning(pid), {what: `the end of ${pid}`});
});

test('where nothing is drawn the launcher becomes the program', async () => {
	await using pty = openInShell(['sh', '-c', '"$0" | cat', setup]);
	await pty.until('is not a terminal');
	await using other = openInShell([setup, 'status']);
	await other.until('a form of');
	expect(programsIn(other)).toEqual([await programIn(other, /cli.js status/)]);
});

test('a Ctrl-C while something comes leaves nobody behind who counts it', async () => {
	const registry = createServer((_request, response) => void response.write('the beginning')).listen(0, '127.0.0.1');
	await new Promise(done => registry.once('listening', done));
	const address = registry.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	const bare = join(place, 'bare');
	mkdirSync(join(bare, 'bin'), {recursive: true});
	copyFileSync(setup, join(bare, 'setup'));
	writeFileSync(join(bare, 'bin/npm'), '#!/bin/sh\nexit 127\n', {mode: 0o755});
	try {
		// The shell lives on, as one that somebody types into.
		await using pty = openInShell([
			...['/bin/sh', '-c', 'trap : INT; "$@"; echo over; exec cat', 'sh', 'env'],
			`HOST_SETUP_CACHE=${join(bare, 'cache')}`,
			`PATH=${join(bare, 'bin')}:/usr/bin:/bin`,
			`npm_config_registry=http://127.0.0.1:${port}`,
			'no_proxy=*',
			join(bare, 'setup'),
			'status',
		]);
		await pty.until('MB so far');
		const [, ...started] = programsIn(pty);
		expect(started.length).toBeGreaterThan(1);
		pty.type('\u0003');
		await until(() => !started.some(isRunning), {what: 'the end of what counted'});
	} finally {
		registry.closeAllConnections();
		registry.close();
	}
});
