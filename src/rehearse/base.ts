/** A bare Debian or Ubuntu to lay under a throw-away host, made by debootstrap once per release and never written again. */
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {isAbsolute, join} from 'node:path';
import {Fault} from '#model/fault.ts';
import {withLock} from './lock.ts';
import {tool, tried} from './tool.ts';

export const cacheDir = '/var/cache/host-setup';

export const releases = ['bullseye', 'bookworm', 'trixie', 'jammy', 'noble'] as const;
export type Release = (typeof releases)[number];

export type BaseOptions = {
	readonly cache?: string;
	readonly onLine?: (line: string) => void;
	/** Also builds where this machine has no keys to check the archive with (Ubuntu's on a Debian). For tests; default false. */
	readonly unverified?: boolean;
};

/** The image directory of a release, or the directory itself when a path is given. Throws Fault 'rehearse.base'; nothing half-made stays under the name. */
export const base = async (what: string, options: BaseOptions = {}): Promise<string> => {
	if (isAbsolute(what)) return systemAt(what);
	const release = releases.find(one => one === what);
	if (!release)
		throw new Fault(
			'rehearse.base',
			`there is no base image ${what}`,
			`Give one of ${releases.join(', ')}, or the path of a directory that holds a system.`,
		);
	const cache = options.cache ?? cacheDir;
	const made = join(cache, 'bases', release);
	if (existsSync(made)) return made;
	return withLock(join(cache, 'bases', `${release}.lock`), async () => {
		if (!existsSync(made)) await make(release, made, options);
		return made;
	});
};

const systemAt = (directory: string): string => {
	if (['usr/lib/systemd/systemd', 'lib/systemd/systemd'].some(path => existsSync(join(directory, path))))
		return directory;
	throw new Fault(
		'rehearse.base',
		`${directory} holds no system that boots (no systemd in it)`,
		'Give the root directory of an installed Debian or Ubuntu, or the name of a release.',
	);
};

const make = async (release: Release, made: string, options: BaseOptions): Promise<void> => {
	const draft = `${made}.tmp`;
	const source = sourceOf(release);
	const verified = existsSync(source.keyring);
	if (!verified && !options.unverified)
		throw new Fault(
			'rehearse.base',
			`nothing here can check the signature of ${source.mirror} (${source.keyring} is missing)`,
			`Install the package that brings ${source.keyring}, or copy that file from a machine of that distribution.`,
		);
	rmSync(draft, {recursive: true, force: true});
	mkdirSync(draft, {recursive: true, mode: 0o755});
	options.onLine?.(`debootstrap ${release} from ${source.mirror}, once`);
	const ran = await tried(
		[
			'debootstrap',
			'--variant=minbase',
			`--include=${packages.join(',')}`,
			`--components=${source.components.join(',')}`,
			...(verified ? ['--force-check-gpg', `--keyring=${source.keyring}`] : ['--no-check-gpg']),
			release,
			draft,
			source.mirror,
			...scriptOf(release, source),
		],
		{timeout: 20 * 60_000, fetches: true},
	);
	if (ran.code !== 0) {
		const details = `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-10);
		rmSync(draft, {recursive: true, force: true});
		throw new Fault(
			'rehearse.base',
			`debootstrap could not make ${release}: ${details.at(-1) ?? `it ended with ${ran.code}`}`,
			`See whether ${source.mirror} can be reached, and whether debootstrap knows the release.`,
			{details},
		);
	}
	await trustAuthorities(draft);
	await writeSources(draft, release, source);
	await tool(['chroot', draft, 'apt-get', 'clean']);
	await tool(['sync', '--file-system', draft]);
	renameSync(draft, made);
};

const packages = ['systemd', 'systemd-sysv', 'dbus', 'ca-certificates', 'iproute2', 'libpam-systemd'];

type Source = {
	readonly mirror: string;
	readonly keyring: string;
	readonly script: string;
	readonly components: readonly string[];
	readonly extra: (release: Release) => readonly string[];
};

const debian: Source = {
	mirror: 'http://deb.debian.org/debian',
	keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
	script: 'sid',
	components: ['main'],
	extra: release => [
		`http://deb.debian.org/debian ${release}-updates`,
		`http://deb.debian.org/debian-security ${release}-security`,
	],
};
const ubuntu: Source = {
	mirror: process.arch === 'x64' ? 'http://archive.ubuntu.com/ubuntu' : 'http://ports.ubuntu.com/ubuntu-ports',
	keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
	script: 'gutsy',
	components: ['main', 'universe'],
	extra: release => [
		`${ubuntu.mirror} ${release}-updates`,
		`${process.arch === 'x64' ? 'http://security.ubuntu.com/ubuntu' : ubuntu.mirror} ${release}-security`,
	],
};
const sourceOf = (release: Release): Source => (release === 'jammy' || release === 'noble' ? ubuntu : debian);

/** A release younger than this machine's debootstrap is made by the script that all of its kind share. */
const scriptOf = (release: Release, source: Source): readonly string[] =>
	existsSync(join(scripts, release)) ? [] : [join(scripts, source.script)];
const scripts = '/usr/share/debootstrap/scripts';

/** The authorities that this machine was told to trust, or nothing inside gets through its proxy. */
export const trustAuthorities = async (root: string): Promise<void> => {
	const own = '/usr/local/share/ca-certificates';
	const found = existsSync(own) ? readdirSync(own).filter(name => name.endsWith('.crt')) : [];
	if (found.length === 0) return;
	mkdirSync(join(root, own), {recursive: true, mode: 0o755});
	for (const name of found) copyFileSync(join(own, name), join(root, own, name));
	await tool(['chroot', root, 'update-ca-certificates']);
};

/** Updates and security as well, where the mirror has them. */
const writeSources = async (root: string, release: Release, source: Source): Promise<void> => {
	const write = (lines: readonly string[]): void =>
		writeFileSync(
			join(root, 'etc/apt/sources.list'),
			lines.map(line => `deb ${line} ${source.components.join(' ')}\n`).join(''),
			{mode: 0o644},
		);
	const main = `${source.mirror} ${release}`;
	const resolver = join(root, 'etc/resolv.conf');
	rmSync(resolver, {force: true});
	writeFileSync(resolver, readFileSync('/etc/resolv.conf'));
	write([main, ...source.extra(release)]);
	const update = await tried(['chroot', root, 'apt-get', 'update', '-o', 'APT::Update::Error-Mode=any'], {
		timeout: 5 * 60_000,
		fetches: true,
	});
	if (update.code !== 0) write([main]);
	rmSync(join(root, 'var/lib/apt/lists'), {recursive: true, force: true});
	mkdirSync(join(root, 'var/lib/apt/lists/partial'), {recursive: true, mode: 0o755});
};
