/** What a throw-away host needs of this machine, told before anything is made. */
import {accessSync, constants, readFileSync, statfsSync} from 'node:fs';
import {Fault} from '#model/fault.ts';

/** A program that is missing, and the package that apt has to add for it. Whoever asks the operator gets both. */
export type Missing = {readonly program: string; readonly package: string};

/** Programs a copy of this machine needs; a base image needs debootstrap as well. */
export const missingPrograms = (what: 'host' | 'base'): readonly Missing[] =>
	needed.filter(one => (what === 'base' || one.program !== 'debootstrap') && !isOnPath(one.program));

/** Everything that stands in the way, as Faults 'rehearse.needs'; empty when it can be opened. */
export const preflight = (what: 'host' | 'base', state = '/var/lib'): readonly Fault[] => {
	const faults: Fault[] = [];
	if (process.getuid?.() !== 0)
		faults.push(
			new Fault(
				'rehearse.needs',
				'a rehearsal needs root',
				'Run it with sudo: it mounts a copy of this host and boots it.',
			),
		);
	const missing = missingPrograms(what);
	if (missing.length > 0) faults.push(needsPackages(missing));
	if (!/\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8')) && !hasModule())
		faults.push(
			new Fault(
				'rehearse.needs',
				'this kernel has no overlay file system',
				'modprobe overlay, or rehearse on another machine with --base.',
			),
		);
	const free = freeBytes(state);
	if (free < least)
		faults.push(
			new Fault(
				'rehearse.needs',
				`only ${Math.floor(free / 2 ** 20)} MB are free in ${state}, and a rehearsal writes there what an installation would write`,
				`Free at least ${least / 2 ** 20} MB there.`,
			),
		);
	return faults;
};

/** The fault for missing programs: names the packages and the command that adds them. */
export const needsPackages = (missing: readonly Missing[]): Fault => {
	const packages = [...new Set(missing.map(one => one.package))];
	return new Fault(
		'rehearse.needs',
		`a rehearsal needs ${missing.map(one => `${one.program} (package ${one.package})`).join(', ')}`,
		`apt-get install --no-install-recommends ${packages.join(' ')}: adds these to the host itself, and nothing else of a rehearsal does.`,
	);
};

const needed: readonly Missing[] = [
	{program: 'systemd-nspawn', package: 'systemd-container'},
	{program: 'iptables-restore', package: 'iptables'},
	{program: 'ip', package: 'iproute2'},
	{program: 'unshare', package: 'util-linux'},
	{program: 'nsenter', package: 'util-linux'},
	{program: 'setpriv', package: 'util-linux'},
	{program: 'mount', package: 'mount'},
	{program: 'debootstrap', package: 'debootstrap'},
];

/** Half of what the largest stack installs would fill a small disk; a full disk is worse for the host than no rehearsal. */
const least = 2 * 2 ** 30;

const isOnPath = (program: string): boolean =>
	['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some(directory => {
		try {
			accessSync(`${directory}/${program}`, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});

/** A kernel loads it when an overlay is first mounted. */
const hasModule = (): boolean => {
	try {
		const version = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
		return /\/overlay\.ko/.test(readFileSync(`/lib/modules/${version}/modules.dep`, 'utf8'));
	} catch {
		return false;
	}
};

const freeBytes = (path: string): number => {
	const {bavail, bsize} = statfsSync(path);
	return bavail * bsize;
};
