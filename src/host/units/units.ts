/** What systemd says of units: all that are asked for in one turn go into one call. */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {batched} from '../batch.ts';

export type UnitState = {
	/** `loaded`, `not-found`, `masked`, `error`, `bad-setting`. */
	readonly load: string;
	/** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`. */
	readonly active: string;
	readonly sub: string;
	/** `success`, or why it failed: `exit-code`, `start-limit-hit`. */
	readonly result: string;
	/** Does it start at boot? 'always' for units that others pull in and that cannot be enabled. */
	readonly enabled: boolean | 'always';
	/** `enabled`, `static`, `generated`, as systemd says. */
	readonly fileState: string;
	/** Its files changed since systemd read them. */
	readonly needsReload: boolean;
	/** Milliseconds since the epoch; undefined while it is not active. */
	readonly activeSince: number | undefined;
	/** The same for its last change of state: a reload is one. */
	readonly changedAt: number | undefined;
	readonly mainPid: number | undefined;
	readonly type: string;
	/** Unit file, drop-ins and the init script behind a generated unit; not what a generator wrote, which is new after every daemon-reload. */
	readonly files: readonly string[];
	/** What wants or requires it; of what systemd knows at this moment. */
	readonly pulledBy: readonly string[];
	/** The sockets, timers and paths that start it. */
	readonly triggeredBy: readonly string[];
	/** How often systemd started it again by itself since somebody started it. */
	readonly restarts: number;
};

/** Throws Blocked where PID 1 of this host is not systemd; of an offline root files tell. */
export const refuseWithoutSystemd = async (host: Reader, need: string): Promise<void> => {
	if (host.root === '/' && (await host.stat('/run/systemd/system')) === undefined)
		throw new Blocked({because: 'no-systemd', need});
};

/** The state of `nginx.service`. Throws Blocked where PID 1 is not systemd. */
export const unitState = async (name: string, host: Reader): Promise<UnitState> => {
	await refuseWithoutSystemd(host, `only it could tell about ${name}`);
	return showUnit(name, host);
};

/** The same of many, in one call. */
export const unitStates = async (names: readonly string[], host: Reader): Promise<readonly UnitState[]> => {
	await refuseWithoutSystemd(host, 'only it could tell about units');
	return Promise.all(names.map(name => showUnit(name, host)));
};

/** The same asked anew, for whoever looks a second time in one pass. */
export const unitStateAnew = async (name: string, host: Reader): Promise<UnitState> =>
	(await showUnits([name], host))[0]!;

/**
 * Since when a service is up, milliseconds since the epoch, for "was this file edited since?": what a service says of itself counts whole seconds.
 * undefined where systemd does not know, or is not there.
 */
export const unitSince = async (name: string, host: Reader): Promise<number | undefined> => {
	try {
		return (await unitState(name, host)).activeSince;
	} catch (error) {
		if (error instanceof Blocked) return undefined;
		throw error;
	}
};

const properties = [
	'Id',
	'LoadState',
	'ActiveState',
	'SubState',
	'Result',
	'UnitFileState',
	'NeedDaemonReload',
	'ActiveEnterTimestampMonotonic',
	'StateChangeTimestampMonotonic',
	'MainPID',
	'Type',
	'FragmentPath',
	'SourcePath',
	'DropInPaths',
	'WantedBy',
	'RequiredBy',
	'UpheldBy',
	'TriggeredBy',
	'NRestarts',
];

const showUnits = async (names: readonly string[], host: Reader): Promise<readonly UnitState[]> => {
	const text = await host.query([
		'systemctl',
		'show',
		'--no-pager',
		`--property=${properties.join(',')}`,
		'--',
		...names,
	]);
	const blocks = text.split(/\n\n+/).filter(block => block.trim() !== '');
	return Promise.all(names.map((name, at) => stateOf(name, parseBlock(blocks[at] ?? ''), host)));
};

const showUnit: (name: string, host: Reader) => Promise<UnitState> = batched('units', showUnits);

const parseBlock = (block: string): ReadonlyMap<string, string> =>
	new Map(block.split('\n').map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

const stateOf = async (name: string, fields: ReadonlyMap<string, string>, host: Reader): Promise<UnitState> => {
	const field = (key: string): string => fields.get(key) ?? '';
	const fileState = field('UnitFileState');
	const pid = Number(field('MainPID'));
	const active = field('ActiveState');
	const words = (key: string): readonly string[] =>
		field(key)
			.split(' ')
			.filter(word => word !== '');
	return {
		load: field('LoadState'),
		active,
		sub: field('SubState'),
		result: field('Result'),
		enabled: await startsAtBoot(name, fileState, host),
		fileState,
		needsReload: field('NeedDaemonReload') === 'yes',
		activeSince:
			active === 'active' || active === 'reloading' ? wallClock(field('ActiveEnterTimestampMonotonic')) : undefined,
		changedAt: wallClock(field('StateChangeTimestampMonotonic')),
		mainPid: pid > 0 ? pid : undefined,
		type: field('Type'),
		files: [field('FragmentPath'), field('SourcePath'), ...field('DropInPaths').split(' ')].filter(
			path => path !== '' && !/^\/(run\/systemd\/generator|proc\/)/.test(path),
		),
		pulledBy: [...words('WantedBy'), ...words('RequiredBy'), ...words('UpheldBy')],
		triggeredBy: words('TriggeredBy'),
		restarts: Number(field('NRestarts')) || 0,
	};
};

/** systemd calls a unit made of an init script `generated`, enabled or not: only the links in rc?.d tell. */
const startsAtBoot = async (name: string, fileState: string, host: Reader): Promise<boolean | 'always'> => {
	if (fileState === 'generated') {
		const script = name.replace(/\.service$/, '');
		const levels = await Promise.all(['2', '3', '5'].map(level => host.list(`/etc/rc${level}.d`)));
		return levels.some(names =>
			names?.some(link => new RegExp(`^S\\d\\d${script.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`).test(link)),
		);
	}
	if (['static', 'indirect', 'alias', 'transient'].includes(fileState)) return 'always';
	return fileState === 'enabled';
};

/** systemd's monotonic microseconds as milliseconds since the epoch: its readable timestamps stop at the second. */
export const wallClock = (microseconds: string): number | undefined => {
	const at = Number(microseconds);
	return at > 0 ? Date.now() - (Number(process.hrtime.bigint() / 1000n) - at) / 1000 : undefined;
};
