/** What was found before, by check: so that a report says what is new, what is still there since when, and what is gone. A run of a few checks remembers those. */
import {objectOf, parseObject, textOf} from './plain-json.ts';
import type {Report, Row} from './types.ts';

type Found = {readonly state: 'warn' | 'fail'; readonly says: string; readonly since: string};

/** By check id, by key: what each found when it could last tell. */
export type Memory = {readonly [check: string]: Readonly<Record<string, Found>>};

/** Whatever is not what the doctor wrote is as good as forgotten. */
export const parseMemory = (text: string): Memory => {
	const checks = objectOf(parseObject(text)?.['checks']);
	return Object.fromEntries(
		Object.entries(checks ?? {}).map(([check, found]) => [
			check,
			Object.fromEntries(
				Object.entries(objectOf(found) ?? {}).flatMap(([key, one]) => {
					const fields = objectOf(one);
					const [state, says, since] = [fields?.['state'], textOf(fields?.['says']), textOf(fields?.['since'])];
					return (state === 'warn' || state === 'fail') && says !== undefined && since !== undefined
						? [[key, {state, says, since}]]
						: [];
				}),
			),
		]),
	);
};

export const memoryText = (memory: Memory): string => `${JSON.stringify({schemaVersion: 1, checks: memory})}\n`;

/** The report with what is new and what is still there, and what is gone. */
export const compare = (report: Report, memory: Memory): Report => ({
	...report,
	rows: report.rows.map(row => {
		if (!isFound(row)) return row;
		const before = memory[row.check]?.[row.key];
		return before === undefined ? {...row, change: 'new'} : {...row, change: 'still', since: before.since};
	}),
	fixed: told(report).flatMap(([check, rows]) =>
		Object.entries(memory[check] ?? {}).flatMap(([key, {state, says}]) =>
			rows.some(row => row.key === key && isFound(row)) ? [] : [{key, was: state, says}],
		),
	),
});

/** The memory after a run. What a check could not tell stays as it was. */
export const remember = (report: Report, memory: Memory): Memory => ({
	...memory,
	...Object.fromEntries(
		told(report).map(([check, rows]) => [
			check,
			Object.fromEntries(
				rows
					.filter(isFound)
					.map(({key, state, says}) => [key, {state, says, since: memory[check]?.[key]?.since ?? report.at}]),
			),
		]),
	),
});

type FoundRow = Row & {readonly state: 'warn' | 'fail'};

const isFound = (row: Row): row is FoundRow => row.state === 'warn' || row.state === 'fail';

/** The checks that could tell all they look at. */
const told = ({rows}: Report): readonly (readonly [string, readonly Row[]])[] =>
	[...Map.groupBy(rows, row => row.check)].filter(([, all]) =>
		all.every(row => ['ok', 'warn', 'fail', 'na'].includes(row.state)),
	);
