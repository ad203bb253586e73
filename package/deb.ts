/** The .deb: the program under /usr/lib/host-setup as a checkout has it, a link in /usr/bin, man page, completions and a timer that is off. It asks nothing and touches no file but its own. */
import {chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {execa} from 'execa';
import {timerFiles} from '#commands/doctor/timer-files.ts';
import {commandTable} from './commands.ts';
import {bashCompletion, fishCompletion, zshCompletion} from './completions.ts';
import {copyright} from './copyright.ts';
import type {Arch} from './executable.ts';
import {manPage} from './man-page.ts';
import type {Version} from './version.ts';

const root = join(import.meta.dirname, '..');
const home = 'usr/lib/host-setup';

export type Packing = {
	readonly version: Version;
	readonly arch: Arch;
	readonly executable: string;
	readonly makeDemo: string;
	/** libatomic.so.1 of that architecture, which a minimal Debian lacks and Node wants. */
	readonly libatomic: string;
	/** Names of the packages of npm inside. */
	readonly inside: readonly string[];
	readonly scratch: string;
	readonly output: string;
};

export const architectures: Readonly<Record<Arch, string>> = {x64: 'amd64', arm64: 'arm64'};

/** Throws what dpkg-deb says. */
export const makeDeb = async (packing: Packing): Promise<void> => {
	const {scratch, version, arch, output} = packing;
	await rm(scratch, {recursive: true, force: true});
	await program(packing);
	const text = (path: string, content: string | Buffer, mode = 0o644): Promise<void> =>
		put(join(scratch, path), content, mode);
	const rows = commandTable();
	const day = new Date(version.epoch * 1000).toISOString().slice(0, 10);
	await text('usr/share/man/man1/setup.1.gz', zipped(manPage(rows, version.version, day)));
	await text('usr/share/bash-completion/completions/setup', bashCompletion(rows));
	await text('usr/share/zsh/vendor-completions/_setup', zshCompletion(rows));
	await text('usr/share/fish/vendor_completions.d/setup.fish', fishCompletion(rows));
	for (const [name, unit] of Object.entries(timerFiles('/usr/bin/setup')))
		await text(`usr/lib/systemd/system/${name}`, unit);
	await text('usr/share/doc/host-setup/copyright', await copyright(packing.inside));
	await text('usr/share/doc/host-setup/changelog.gz', zipped(changelog(version)));
	for (const name of ['stacks.md', 'answers.md', 'doctor.md', 'networks.md', 'security.md', 'faults.md', 'checks.md'])
		await text(`usr/share/doc/host-setup/${name}`, await readFile(join(root, 'docs', name)));
	await text('usr/share/lintian/overrides/host-setup', await readFile(join(import.meta.dirname, 'lintian-overrides')));
	for (const name of ['prerm', 'postrm'])
		await text(`DEBIAN/${name}`, await readFile(join(import.meta.dirname, `${name}.sh`)), 0o755);
	await text('DEBIAN/control', control(version, architectures[arch], await kibibytes(scratch)));
	await text('DEBIAN/md5sums', await sums(scratch));
	await execa('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z5', '--build', scratch, output], {
		env: {SOURCE_DATE_EPOCH: String(version.epoch)},
	});
	await rm(scratch, {recursive: true, force: true});
};

/** As in a checkout, so that the launcher and a rehearsal find it in the same way. */
const program = async ({scratch, executable, makeDemo, libatomic}: Packing): Promise<void> => {
	const at = (path: string): string => join(scratch, home, path);
	await mkdir(at('dist/lib'), {recursive: true});
	await cp(executable, at('dist/program'));
	await cp(libatomic, at('dist/lib/libatomic.so.1'), {dereference: true});
	for (const name of [
		'setup',
		'package.json',
		'own-stack.d.ts',
		'fixtures/answers',
		'fixtures/apps',
		'fixtures/openresty',
		'fixtures/make-demo.ts',
	])
		await cp(join(root, name), at(name), {
			recursive: true,
			verbatimSymlinks: true,
			filter: path => !path.includes('__pycache__'),
		});
	for (const stack of await readdir(join(root, 'stacks'), {withFileTypes: true}))
		for (const name of stack.isDirectory() ? ['GUIDE.md', 'answers.yaml'] : [])
			await cp(join(root, 'stacks', stack.name, name), at(join('stacks', stack.name, name))).catch(
				(error: NodeJS.ErrnoException) => {
					if (error.code !== 'ENOENT') throw error;
				},
			);
	await put(at('fixtures/make-demo.cjs'), makeDemo, 0o644);
	await plainModes(join(scratch, home));
	for (const name of ['setup', 'dist/program']) await chmod(at(name), 0o755);
	await mkdir(join(scratch, 'usr/bin'), {recursive: true});
	await symlink('../lib/host-setup/setup', join(scratch, 'usr/bin/setup'));
};

/** Whatever the checkout's umask was; a program of the demo stays one. */
const plainModes = async (folder: string): Promise<void> => {
	for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
		const path = join(entry.parentPath, entry.name);
		if (entry.isDirectory()) await chmod(path, 0o755);
		else if (entry.isFile()) await chmod(path, isProgram(await readFile(path)) ? 0o755 : 0o644);
	}
};

const isProgram = (content: Buffer): boolean => content.subarray(0, 3).toString('latin1') === '#!/';

const control = ({version}: Version, architecture: string, size: number): string => `Package: host-setup
Version: ${version}
Section: admin
Priority: optional
Architecture: ${architecture}
Maintainer: host-setup maintainers <maintainers@host-setup.org>
Installed-Size: ${size}
Depends: libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6 (>= 8)
Suggests: systemd-container, git
Description: setup wizard and host doctor for self-hosted web stacks
 It asks everything once, shows what will change, does it, survives a lost
 connection, and takes it back. The answers file it writes installs the next
 host without a question.
 .
 "setup doctor" says whether a host is healthy, why it thinks so, and how to
 mend it. The package holds one program with all it needs, and changes nothing
 until it is told to.
`;

const changelog = ({version, commit, epoch}: Version): string => `host-setup (${version}) unstable; urgency=medium

  * Built from commit ${commit}.

 -- host-setup maintainers <maintainers@host-setup.org>  ${new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')}
`;

const zipped = (text: string): Buffer => gzipSync(text, {level: 9});

const filesIn = async (folder: string): Promise<readonly string[]> =>
	(await readdir(folder, {recursive: true, withFileTypes: true}))
		.filter(entry => entry.isFile())
		.map(entry => join(entry.parentPath, entry.name))
		.toSorted();

const kibibytes = async (folder: string): Promise<number> =>
	Number((await execa('du', ['-sk', '--apparent-size', folder])).stdout.split('\t')[0]);

const sums = async (scratch: string): Promise<string> => {
	const files = (await filesIn(scratch))
		.map(path => path.slice(scratch.length + 1))
		.filter(path => !path.startsWith('DEBIAN/'));
	return `${(await execa('md5sum', files, {cwd: scratch})).stdout}\n`;
};

const put = async (path: string, content: string | Buffer, mode: number): Promise<void> => {
	await mkdir(dirname(path), {recursive: true, mode: 0o755});
	await writeFile(path, content);
	await chmod(path, mode);
};
