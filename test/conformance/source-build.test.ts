// packages: gcc libc6-dev make
import {execFile} from 'node:child_process';
import {appendFile, chmod, lstat, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {droppedFlags, sourceBuild} from '#resources/build/source-build.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const run = promisify(execFile);
const root = '/opt/conformance-build';
const prefix = `${root}/program`;
const sources = '/var/tmp/conformance-build';
const archive = `${root}/program.tar.gz`;

/** A source tree with the habits of nginx: an undocumented option that only warns, objects in objs/, a default configuration that install writes. */
const tree = {
	configure: `#!/bin/sh
for option; do case "$option" in
	--help) printf '  --prefix=PATH  where\\n  --with-a  a\\n  --without-b  no b\\n'; exit 0;;
	--prefix=*) prefix=\${option#--prefix=};;
	--with-a|--without-b) ;;
	--with-ipv6) echo 'warning: the "--with-ipv6" option is deprecated';;
	*) echo "error: invalid option $option"; exit 1;;
esac; done
mkdir -p objs
printf 'all: objs/program\\nobjs/program: objs/one.o objs/two.o\\n\\tcat objs/one.o objs/two.o > objs/program; chmod 755 objs/program\\n' > objs/Makefile
printf 'objs/one.o:\\n\\tcp \\\\\\n\\t\\tone.c objs/one.o; : -o objs/one.o\\nobjs/two.o:\\n\\tcp two.c objs/two.o; : -o objs/two.o\\n' >> objs/Makefile
printf "all:\\n\\t\\$(MAKE) -f objs/Makefile\\ninstall:\\n\\tmkdir -p \\$(DESTDIR)$prefix/sbin \\$(DESTDIR)$prefix/conf \\$(DESTDIR)$prefix/logs\\n\\tcp objs/program \\$(DESTDIR)$prefix/sbin/program\\n\\techo default > \\$(DESTDIR)$prefix/conf/program.conf\\n" > Makefile
`,
	'auto/options': 'case "$option" in\n  --with-ipv6)  echo deprecated;;\n  --with-c=*) ;;\nesac\n',
	'one.c': '#!/bin/sh\n',
	'two.c': `echo "built, run as $(id -u)"\n`,
};

const pack = async (files: Readonly<Record<string, string>>, to = archive): Promise<void> => {
	await rm(sources, {recursive: true, force: true});
	await mkdir(`${sources}/ngx_program-1/auto`, {recursive: true});
	for (const [name, text] of Object.entries(files))
		await writeFile(`${sources}/ngx_program-1/${name}`, text, {mode: name === 'configure' ? 0o755 : 0o644});
	await run('tar', ['-C', sources, '-czf', to, 'ngx_program-1']);
};

const fresh = async (): Promise<void> => {
	await rm(root, {recursive: true, force: true});
	await mkdir(root);
	await chmod(root, 0o755);
	await pack(tree);
};

const guide = ['--with-a', '--with-ipv6', '--with-gone', '--without-b'];
const build = (
	more: {readonly flags?: readonly string[]; readonly version?: string; readonly dropUnknown?: boolean} = {},
) =>
	sourceBuild({
		name: 'conformance',
		archive,
		version: '1',
		prefix,
		flags: guide,
		binary: 'sbin/program',
		jobs: 2,
		...more,
	});

conformance('source-build', [
	{
		name: 'onto nothing',
		prepare: fresh,
		resource: () => build(),
		breakIt: () => rm(`${prefix}/sbin/program`),
		touches: [root],
		seconds: 120,
	},
	{
		name: 'over an empty directory',
		async prepare() {
			await fresh();
			await mkdir(prefix, {mode: 0o750});
			await chmod(prefix, 0o750);
		},
		resource: () => build(),
		breakIt: () => appendFile(`${prefix}/sbin/program`, 'x'),
		touches: [root],
		seconds: 120,
		throwAt: [1, 5, 12, 14, 15, 16, 17],
	},
	{
		name: 'with other flags',
		async prepare(host) {
			await fresh();
			const look = await build({flags: ['--with-a']}).look(host);
			if (look.state === 'change') await look.apply(host);
		},
		resource: () => build(),
		touches: [prefix],
		seconds: 120,
		throwAt: [1, 12, 13, 14, 15, 16, 17, 18],
	},
]);

describe('source-build, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-build-state');
	const installed = async (): Promise<void> => {
		await fresh();
		await bench.converge(build());
	};
	const left = async (): Promise<readonly string[]> => (await readdir(root)).filter(name => name.startsWith('.'));

	it('drops what the tree does not know, keeps what it knows without saying so, and builds without rights', async () => {
		await installed();
		expect(await droppedFlags(createReader(), prefix)).toEqual(['--with-gone']);
		expect(bench.told().some(line => line.includes('does not know --with-gone: dropped'))).toBe(true);
		expect(bench.told().some(line => line.includes('--with-ipv6\\" option is deprecated'))).toBe(true);
		expect(
			bench
				.told()
				.filter(line => line.includes('node-progress'))
				.at(-1),
		).toContain('"done":2,"of":2');
		expect(JSON.parse(await readFile(`${prefix}/.host-setup-build.json`, 'utf8')).says).toBe('built, run as 65532');
		expect((await lstat(`${prefix}/sbin/program`)).uid).toBe(0);
		expect(await left()).toEqual([]);
	});

	it('can be told to refuse them', async () => {
		await fresh();
		await expect(bench.converge(build({dropUnknown: false}))).rejects.toMatchObject({
			code: 'build.unknown-flags',
			details: ['--with-gone'],
		});
		expect(await readdir(root)).toEqual(['program.tar.gz']);
	});

	it('shows changed flags, a new archive and damage', async () => {
		await installed();
		expect(await build({flags: ['--with-a', '--without-b', '--with-gone']}).look(createReader())).toMatchObject({
			changes: [{what: 'flags', from: '--with-ipv6', to: null}],
		});
		await pack({...tree, 'two.c': 'echo two\n'});
		expect(await build().look(createReader())).toMatchObject({changes: [{what: 'archive'}]});
		await rm(archive);
		expect((await build().look(createReader())).state).toBe('ok');
		await writeFile(`${prefix}/sbin/program`, 'damaged');
		expect(await build().look(createReader())).toMatchObject({
			changes: [{what: 'installed files', from: 'missing or changed: sbin/program'}],
		});
	});

	it('keeps through a rebuild, and through its undo, what is not its own', async () => {
		await installed();
		await writeFile(`${prefix}/conf/program.conf`, 'edited\n');
		await mkdir(`${prefix}/conf/sites-enabled`);
		await run('ln', ['-s', '/srv/site.conf', `${prefix}/conf/sites-enabled/site.conf`]);
		await writeFile(`${prefix}/logs/access.log`, 'line\n');
		const log = (await lstat(`${prefix}/logs/access.log`)).ino;
		const there = async (): Promise<void> => {
			expect(await readFile(`${prefix}/conf/program.conf`, 'utf8')).toBe('edited\n');
			expect((await lstat(`${prefix}/conf/sites-enabled/site.conf`)).isSymbolicLink()).toBe(true);
			expect((await lstat(`${prefix}/logs/access.log`)).ino).toBe(log);
		};
		await pack({...tree, 'two.c': 'echo newer\n'});
		const done = await bench.converge(build({version: '2'}));
		expect((await run(`${prefix}/sbin/program`)).stdout).toBe('newer\n');
		await there();
		await writeFile(`${prefix}/conf/later.conf`, 'later\n');
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
		expect((await run(`${prefix}/sbin/program`)).stdout).toBe('built, run as 0\n');
		await there();
		expect(await readFile(`${prefix}/conf/later.conf`, 'utf8')).toBe('later\n');
		expect(await left()).toEqual([]);
	});

	it('stays where others work in it, and goes with its logs where nobody does', async () => {
		await fresh();
		const done = await bench.converge(build());
		await writeFile(`${prefix}/logs/access.log`, 'line\n');
		await writeFile(`${prefix}/conf/mine.conf`, 'mine\n');
		expect(await bench.undo(done, {})).toEqual([{outcome: 'kept', why: expect.stringContaining('conf/mine.conf')}]);
		await rm(`${prefix}/conf/mine.conf`);
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
		expect(await readdir(root)).toEqual(['program.tar.gz']);
	});

	it.each([
		[
			'configure',
			{
				configure:
					'#!/bin/sh\n[ "$1" = --help ] && exit\necho "./configure: error: the HTTP rewrite module requires the PCRE library."; exit 1\n',
			},
			'build.configure-failed',
			/requires the PCRE library/,
		],
		[
			'make',
			{configure: tree.configure.replace('tcp two.c', 'techo no compiler here; exit 1 #')},
			'build.make-failed',
			/failed/,
		],
		[
			'install',
			{configure: tree.configure.replace('cp objs/program', 'true objs/program')},
			'build.install-failed',
			/left no sbin\/program/,
		],
		['program', {'two.c': 'exit 127\n'}, 'build.install-failed', /does not run/],
	])('says why %s failed, leaves nothing, and goes on when it is mended', async (_part, broken, code, sentence) => {
		await fresh();
		await pack({...tree, ...broken});
		const fault = await bench.converge(build()).then(
			() => undefined,
			error => error,
		);
		expect(fault).toMatchObject({code, sentence: expect.stringMatching(sentence)});
		expect(await readdir(root)).toEqual(['program.tar.gz']);
		await pack(tree);
		await bench.converge(build());
	});

	it('refuses a place that others made, and an archive that is none', async () => {
		await fresh();
		await mkdir(`${prefix}/sbin`, {recursive: true});
		await writeFile(`${prefix}/sbin/program`, 'theirs');
		expect(await build().look(createReader())).toMatchObject({
			state: 'failed',
			fault: {code: 'build.foreign-prefix', details: ['sbin/program']},
		});
		await fresh();
		await writeFile(archive, 'no archive');
		await expect(bench.converge(build())).rejects.toMatchObject({code: 'build.unpack-failed'});
	});

	it('looks in a moment', async () => {
		await installed();
		const before = process.cpuUsage();
		for (let times = 0; times < 20; times += 1) await build().look(createReader());
		const {user, system} = process.cpuUsage(before);
		expect((user + system) / 20_000, 'ms of CPU for a look').toBeLessThan(30);
	});
});
