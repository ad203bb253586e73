/**
 * Every process of a throw-away host is in control groups that only it uses, so they can be found and ended whatever
 * became of their parents. With systemd as PID 1 nspawn gets a scope from it; without, we make the groups ourselves.
 */
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** Also the name of the machine to systemd-nspawn: no dash, which a scope's name would escape. */
export const machineOf = (slot: number): string => `hostsetup${slot}`;

/** Is PID 1 of this machine systemd? */
export const isBooted = (): boolean => existsSync('/run/systemd/system');

/** The directories of its control groups, in each hierarchy; they need not exist. An nspawn that registers nothing names its scope after the machine alone, machined puts a word before it. */
export const cgroupsOf = (slot: number): readonly string[] =>
	hierarchies().flatMap(one => scopesOf(machineOf(slot)).map(name => join(one.at, name)));

const scopesOf = (machine: string): readonly string[] =>
	isBooted() ? [`machine.slice/${machine}.scope`, `machine.slice/machine-${machine}.scope`] : [machine];

/** Makes them where nobody else does. Gives the directories nspawn must be started in; none with systemd. */
export const makeCgroups = (slot: number): readonly string[] => {
	if (isBooted()) return [];
	const all = cgroupsOf(slot);
	for (const one of all) mkdirSync(one, {recursive: true});
	return all;
};

/** The directories of the control groups that a process is in. */
export const cgroupsOfProcess = (pid: number): readonly string[] => {
	const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
	return hierarchies().flatMap(one => {
		const path = lines.find(line => one.line.test(line))?.replace(/^\d+:[^:]*:/, '');
		return path === undefined || path === '/' ? [] : [join(one.at, path)];
	});
};

/** An argv that enters these control groups first. A constant script with positional parameters: a process can only move itself without a race. */
export const within = (cgroups: readonly string[], argv: readonly string[]): readonly string[] =>
	cgroups.length === 0 ? argv : ['sh', '-c', join_, 'sh', ...cgroups, '--', ...argv];

const join_ = 'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"';

type Hierarchy = {readonly at: string; readonly line: RegExp};

const hierarchies = (): readonly Hierarchy[] => {
	const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
		.split('\n')
		.map(line => line.split(' '));
	return mounts.flatMap((fields): readonly Hierarchy[] => {
		const [kind, , options = ''] = fields.slice(fields.indexOf('-') + 1);
		const at = fields[4] ?? '';
		if (fields[3] !== '/' || !at.startsWith('/sys/fs/cgroup')) return [];
		if (kind === 'cgroup2') return [{at, line: /^0::/}];
		return kind === 'cgroup' && options.split(',').includes('name=systemd') ? [{at, line: /^\d+:name=systemd:/}] : [];
	});
};
