/** What an alarm says: what got worse since the last one and what is well again, each told once. Pure; what could not be told now is neither. */
import type {Report, Row} from './types.ts';

/** What was told and is not mended yet, by key. */
export type Told = Readonly<Record<string, {readonly state: 'warn' | 'fail'; readonly says: string}>>;

export type Alarm = {
	readonly host: string;
	/** ISO date-time. */
	readonly at: string;
	readonly worse: readonly {
		readonly key: string;
		readonly state: 'warn' | 'fail';
		readonly says: string;
		readonly todo?: string;
	}[];
	readonly mended: readonly {readonly key: string; readonly says: string}[];
	/** Somebody only wants to see it arrive. */
	readonly test?: true;
};

/** The alarm, and what will have been told once it is out; undefined where nothing changed. */
export const alarmOf = (
	{rows, host, at}: Pick<Report, 'rows' | 'host' | 'at'>,
	told: Told,
): {readonly alarm: Alarm; readonly told: Told} | undefined => {
	const bad = rows.flatMap(row => (isBad(row) ? [row] : []));
	const worse = bad.filter(row => rank(told[row.key]?.state) < rank(row.state));
	const now = new Map(bad.map(row => [row.key, row]));
	const looked = new Set(rows.map(row => row.check));
	const cannotTell = new Set(rows.filter(row => row.state === 'unknown' || row.by !== undefined).map(row => row.check));
	const mended = Object.entries(told).filter(([key]) => {
		const check = key.replace(/\[.*$/s, '');
		return !now.has(key) && looked.has(check) && !cannotTell.has(check);
	});
	if (worse.length === 0 && mended.length === 0) return undefined;
	const gone = new Set(mended.map(([key]) => key));
	return {
		alarm: {
			host: host.name,
			at,
			worse: worse.map(({key, state, says, remedy}) => ({
				key,
				state,
				says,
				...(remedy && {todo: remedy.sentence}),
			})),
			mended: mended.map(([key, {says}]) => ({key, says})),
		},
		told: Object.fromEntries([
			...Object.entries(told).filter(([key]) => !gone.has(key)),
			...bad.map(({key, state, says}) => [key, {state, says}] as const),
		]),
	};
};

type Bad = Row & {readonly state: 'warn' | 'fail'};

const isBad = (row: Row): row is Bad => (row.state === 'fail' || row.state === 'warn') && row.waived === undefined;

const rank = (state: 'warn' | 'fail' | undefined): number => (state === 'fail' ? 2 : state === 'warn' ? 1 : 0);
