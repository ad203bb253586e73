/** systemd runs what it has read, and reads a file only when it is told to: what stands there now counts at the next boot, mistakes included. */
import {packages} from '#host/apt/packages.ts';
import {type FstabUnread, fstabUnread} from '#host/mounts/fstab-unread.ts';
import {ifTold} from '#host/see.ts';
import {bootTarget, enabledNames} from '#host/units/enabled-names.ts';
import {listedUnits} from '#host/units/listed-units.ts';
import {refuseWithoutSystemd, type UnitState, unitStates} from '#host/units/units.ts';
import {readAt, refusal, unreadFiles, withNewDropIns} from '#host/units/unread-files.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

/** Units that are asked about, and those of which each file is looked at, which may take a program. */
const most = 1000;
const closely = 8;

type Unread = {readonly unit: string; readonly more: number; readonly files: readonly string[]};

const example: Unread = {unit: 'site.service', more: 0, files: ['/etc/systemd/system/site.service']};

type Bad = {
	readonly unit: string;
	readonly runs: boolean;
	readonly load: string;
	readonly path?: string | undefined;
	readonly words?: string | undefined;
};

const kinds = defineKinds({
	unread: {
		state: 'warn',
		example,
		says: data => `${filesOf(data)} changed and systemd has not read it: ${unitsOf(data)} as before`,
		remedy: data => ({
			sentence: `systemd-analyze verify ${data.files[0] ?? data.unit} tells of mistakes. Then let systemd read its files, and restart ${data.unit} when its users can bear it.`,
			commands: [['systemctl', 'daemon-reload']],
		}),
	},
	refused: {
		state: 'fail',
		example: {...example, words: '/etc/systemd/system/site.service:7: Assignment outside of section, ignoring'},
		says: data => `${filesOf(data)} changed, and ${data.unit} does not start with it again: ${data.words}`,
		remedy: data => ({
			sentence: `Correct it until systemd-analyze verify ${data.files[0] ?? data.unit} says nothing; then systemctl daemon-reload, and restart ${data.unit} when its users can bear it.`,
		}),
	},
	bad: {
		state: 'fail',
		example: {unit: 'site.service', runs: true, load: 'bad-setting', path: '/etc/systemd/system/site.service'} as Bad,
		says: ({unit, runs, load, words}) =>
			`${unit} ${runs ? 'runs, and does not start again' : 'is enabled, and does not start'}: ${words ?? loadWords[load] ?? load}`,
		remedy: ({unit, load, path}) => ({
			sentence:
				load === 'not-found'
					? `Put its file back (its package: apt-get install --reinstall), then systemctl daemon-reload; where it is not needed any more: systemctl disable ${unit}.`
					: `systemd-analyze verify ${path ?? unit} names the line. Correct it, then systemctl daemon-reload and start ${unit}.`,
		}),
	},
	fstab: {
		state: 'warn',
		example: {changed: ['/srv/data'], gone: ['/srv/old']} as FstabUnread,
		says: ({changed, gone}) =>
			`/etc/fstab changed and systemd has not read it: it goes by what stood there before (${[...changed, ...gone].slice(0, 4).join(', ')})`,
		remedy: {
			sentence:
				'findmnt --verify tells of mistakes. Then let systemd read it: until then it may unmount at once what somebody mounts by hand, and mounts nothing new.',
			commands: [['systemctl', 'daemon-reload']],
		},
	},
	wrongTarget: {
		state: 'fail',
		example: {name: 'rescue.target', where: '/etc/systemd/system/default.target'},
		says: ({name}) =>
			`the next boot leads to ${name}: ${/^(rescue|emergency)/.test(name) ? 'a shell at the console, and no service' : 'it goes off again'}`,
		remedy: {
			sentence: 'Let it lead to all services again (graphical.target where somebody works at its screen).',
			commands: [['systemctl', 'set-default', 'multi-user.target']],
		},
	},
	noTarget: {
		state: 'fail',
		example: {name: 'multi-usr.target', where: '/etc/systemd/system/default.target'},
		says: ({name}) => `the next boot leads to ${name}, which is not there: it ends in a shell at the console`,
		remedy: {
			sentence: 'Let it lead to all services again (graphical.target where somebody works at its screen).',
			commands: [['systemctl', 'set-default', 'multi-user.target']],
		},
	},
});

const loadWords: Readonly<Record<string, string>> = {
	'bad-setting': 'its file has a setting that systemd refuses',
	error: 'systemd cannot read its file',
	'not-found': 'its file is gone',
};

const filesOf = ({files, unit}: Unread): string =>
	files.length === 0
		? `what makes ${unit}`
		: `${files.slice(0, 2).join(', ')}${files.length > 2 ? ` and ${files.length - 2} more` : ''}`;

const unitsOf = ({unit, more}: Unread): string => (more === 0 ? `${unit} is run` : `${unit} and ${more} more are run`);

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'boot.unit-files',
	title: 'systemd has read the files of what it runs',
	why: 'A unit whose file was changed goes on as it was, also over a restart, until systemd is told to read it. With a mistake in it the unit is up today and not after the next boot, and nothing says so before.',
	reads: [
		'the time of /etc/fstab, and where it is newer the units in /run/systemd/generator',
		'systemctl list-units; the links in /etc/systemd/system/*.wants and *.requires; default.target',
		'systemctl show UNITS: LoadState, NeedDaemonReload, of services, sockets, timers and paths',
		'systemd-analyze verify FILE, of those that changed or do not load',
	],
	severity: 'fail',
	layers: ['runtime'],
	source: 'systemctl(1), daemon-reload; systemd-analyze(1), verify; bootup(7)',
	verify:
		'systemctl status warns of nothing changed on disk; systemctl list-units --all shows no bad-setting; systemctl get-default.',
	kinds,
	async inspect({host}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'what systemd has read'});
		await refuseWithoutSystemd(host, 'only it could tell what it has read');
		const [listed, enabled] = await Promise.all([host.fact(listedUnits), enabledNames(host)]);
		const up = listed
			.filter(({unit, active}) => active === 'active' && /\.(service|socket|timer|path)$/.test(unit))
			.map(({unit}) => unit);
		const names = [...new Set([...up, ...enabled.keys()])].slice(0, most);
		const states = await unitStates(names, host);
		const units = names.map((unit, at) => ({unit, state: states[at]!}));
		const loaded = units.filter(({state}) => state.load === 'loaded' && state.active !== 'inactive');
		const fresh = await withNewDropIns(loaded, host);
		const [stale, bad, target, mounts] = await Promise.all([
			unreadFindings(
				loaded.filter(({unit, state}) => state.needsReload || fresh.has(unit)),
				host,
			),
			badFindings(units, enabled, host),
			targetFindings(host),
			fstabFindings(host),
		]);
		return findings<Found>([...target, ...bad, ...stale, ...mounts], {
			is: 'ok',
			says: `${names.length} units`,
			expected: 'loaded, as on disk',
			layers: {runtime: {value: [], where: 'systemctl show: LoadState, NeedDaemonReload'}},
		});
	},
});

type Unit = {readonly unit: string; readonly state: UnitState};

const seen = (item: string, value: string) => ({
	item,
	expected: 'loaded, as on disk',
	layers: {runtime: {value, where: `systemctl show ${item}: LoadState, NeedDaemonReload`}},
});

/** A file that many share is told once. */
const unreadFindings = async (units: readonly Unit[], host: Reader): Promise<readonly Found[]> => {
	if (units.length === 0) return [];
	const since = await readAt(host);
	const files = await Promise.all(units.map(({unit, state}) => unreadFiles(unit, state, since, host)));
	const groups = Map.groupBy(
		units.map(({unit}, at) => ({unit, files: files[at]!})),
		one => one.files.join('\n') || one.unit,
	);
	return Promise.all(
		[...groups.values()].slice(0, 50).map(async (all, at): Promise<Found> => {
			const [{unit, files: changed}] = all as [(typeof all)[number]];
			const data = {unit, more: all.length - 1, files: changed};
			const own = changed.find(path => path.endsWith(`/${unit}`));
			const words = at < closely ? await refusal(unit, own, host) : undefined;
			const sight = seen(unit, 'changed on disk');
			return words === undefined ? {...sight, is: 'unread', data} : {...sight, is: 'refused', data: {...data, words}};
		}),
	);
};

const badFindings = async (
	units: readonly Unit[],
	enabled: ReadonlyMap<string, string>,
	host: Reader,
): Promise<readonly Found[]> => {
	const wrong = units.filter(({state}) => ['bad-setting', 'error', 'not-found'].includes(state.load));
	if (wrong.length === 0) return [];
	const installed = await ifTold(() => host.fact(packages));
	const judged = wrong.filter(({unit, state}) => {
		if (state.load !== 'not-found' || state.active === 'active') return true;
		// What a package leaves when it is removed and not purged: nobody misses it.
		const [stem = ''] = unit.split(/[@.]/);
		const leftBehind = /^(\/usr)?\/lib\//.test(enabled.get(unit) ?? '');
		return !leftBehind || installed?.all.get(stem)?.status === 'installed';
	});
	return Promise.all(
		judged.slice(0, 50).map(async ({unit, state}, at): Promise<Found> => {
			const path = state.files[0] ?? (/^\//.test(enabled.get(unit) ?? '') ? enabled.get(unit) : undefined);
			const words = at < closely && state.load !== 'not-found' ? await refusal(unit, path, host) : undefined;
			const data = {unit, runs: state.active === 'active', load: state.load, path, words};
			return {...seen(unit, state.load), is: 'bad', data};
		}),
	);
};

const targetFindings = async (host: Reader): Promise<readonly Found[]> => {
	const target = await bootTarget(host);
	if (target === undefined) return [];
	const {name, where, there} = target;
	const sight = {
		item: 'default.target',
		expected: 'multi-user.target or graphical.target',
		layers: {file: {value: name, where}},
	};
	if (/^(rescue|emergency|halt|poweroff|reboot|kexec|shutdown|exit)\.target$/.test(name))
		return [{...sight, is: 'wrongTarget', data: {name, where}}];
	return there ? [] : [{...sight, is: 'noTarget', data: {name, where}}];
};

const fstabFindings = async (host: Reader): Promise<readonly Found[]> => {
	const unread = await ifTold(() => fstabUnread(host));
	return unread === undefined
		? []
		: [
				{
					item: 'fstab',
					is: 'fstab',
					data: unread,
					expected: 'as systemd has read it',
					layers: {
						file: {value: unread.changed, where: '/etc/fstab'},
						runtime: {value: unread.gone, where: '/run/systemd/generator'},
					},
				},
			];
};
