/** Files of a unit that systemd has not read as they are now, and what it would say of them. */
import type {Reader} from '#model/host.ts';
import {ifTold} from '../see.ts';
import {ownUnits} from './unit-places.ts';
import {type UnitState, wallClock} from './units.ts';

/** When systemd last read all files, in milliseconds since the epoch; undefined where it does not tell. */
export const readAt = async (host: Reader): Promise<number | undefined> => {
	const text = await ifTold(() =>
		host.query(['systemctl', 'show', '--property=UnitsLoadTimestampMonotonic', '--value']),
	);
	return text === undefined ? undefined : wallClock(text.trim());
};

/** Drop-ins of this host's own that systemd does not name: it does so only when it has read one, and does not say that it should where the directory is new as well. */
export const newDropIns = async (unit: string, known: readonly string[], host: Reader): Promise<readonly string[]> => {
	const paths = await otherDropIns(unit, known, host);
	const count = await Promise.all(paths.map(path => counts(path, host)));
	return paths.filter((_path, at) => count[at]);
};

const otherDropIns = async (unit: string, known: readonly string[], host: Reader): Promise<readonly string[]> =>
	((await host.list(`${ownUnits}/${unit}.d`)) ?? [])
		.filter(name => /^\S+\.conf$/.test(name))
		.map(name => `${ownUnits}/${unit}.d/${name}`)
		.filter(path => !known.includes(path));

/** An empty one, or a link to /dev/null, takes another away and is none itself. */
const counts = async (path: string, host: Reader): Promise<boolean> => {
	const stat = await host.stat(path, {follow: true});
	return stat?.kind === 'file' && stat.size > 0;
};

/** Of these units those that have one. What cannot be looked at tells nothing here. */
export const withNewDropIns = async (
	units: readonly {readonly unit: string; readonly state: Pick<UnitState, 'files'>}[],
	host: Reader,
): Promise<ReadonlySet<string>> => {
	const names = new Set((await ifTold(() => host.list(ownUnits))) ?? []);
	const found = await Promise.all(
		units
			.filter(({unit}) => names.has(`${unit}.d`))
			.map(async ({unit, state}) => {
				const paths = (await ifTold(() => otherDropIns(unit, state.files, host))) ?? [];
				const count = await Promise.all(paths.map(path => ifTold(() => counts(path, host))));
				return count.includes(true) ? [unit] : [];
			}),
	);
	return new Set(found.flat());
};

/** Those that changed, came or went since; its own file where no other can be told. */
export const unreadFiles = async (
	unit: string,
	{files}: Pick<UnitState, 'files'>,
	since: number | undefined,
	host: Reader,
): Promise<readonly string[]> => {
	const known = [...new Set([...files, ...(await dropIns(unit, host))])];
	const judged = await Promise.all(
		known.map(async path => {
			const stat = await ifTold(async () => (await host.stat(path, {follow: true})) ?? 'none');
			if (stat === undefined) return [];
			// Read together with the others, or between two ticks of its clock.
			return stat === 'none' || (since !== undefined && stat.ctimeMs > since - 10) ? [path] : [];
		}),
	);
	const found = judged.flat();
	return found.length > 0 ? found : files.slice(0, 1);
};

const dropIns = async (unit: string, host: Reader): Promise<readonly string[]> => {
	const [, suffix = ''] = /\.(\w+)$/.exec(unit) ?? [];
	const names = [unit, ...(unit.includes('@') ? [unit.replace(/@.*(?=\.\w+$)/, '@')] : []), suffix];
	const places = [ownUnits, '/run/systemd/system'].flatMap(one => names.map(name => `${one}/${name}.d`));
	const lists = await Promise.all(
		places.map(async place => ((await ifTold(() => host.list(place))) ?? []).map(name => `${place}/${name}`)),
	);
	return lists.flat().filter(path => path.endsWith('.conf'));
};

/** systemd's own words about a file that it would not take, bounded; undefined where it takes it, or cannot be asked. Nothing is started. */
export const refusal = async (unit: string, path: string | undefined, host: Reader): Promise<string | undefined> => {
	if (path === undefined) return undefined;
	const ran = await ifTold(() => host.probe(['systemd-analyze', 'verify', '--man=no', path], {timeout: 5000}));
	if (ran === undefined || ran.code === 0) return undefined;
	// It reads what the unit names as well, and speaks of that too.
	const own = ran.stderr.split('\n').filter(line => line.startsWith(`${path}:`) || line.startsWith(`${unit}: `));
	// One that is loaded for all that, with a program that is not there.
	if (!/has a bad unit file setting|Failed to (load|parse|prepare)/.test(ran.stderr) || own.length === 0)
		return undefined;
	return own
		.slice(0, 2)
		.map(line => line.slice(0, 200).replace(/[. ]+$/, ''))
		.join('; ');
};
