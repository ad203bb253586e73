/** A monitoring plugin's answer: one line for the pager, performance data behind the bar, the worst findings below. */
import type {Report, Row} from '#doctor/types.ts';
import {matters, oneLine, sentenceOf} from './row-words.ts';

/** 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: what the program has to end with in this format. Waived findings count as nothing. */
export const nagiosExit = ({rows}: Pick<Report, 'rows'>): 0 | 1 | 2 | 3 => {
	const has = (...states: readonly Row['state'][]): boolean =>
		rows.some(row => row.waived === undefined && states.includes(row.state));
	if (has('fail')) return 2;
	if (has('warn')) return 1;
	return has('unknown', 'crash', 'blocked') || rows.length === 0 ? 3 : 0;
};

/** The answer: the first line is what a pager shows, the rest is its long output. */
export const doctorNagios = (report: Report): string => {
	const code = nagiosExit(report);
	const off = report.rows.filter(matters).toSorted((a, b) => weight(a) - weight(b));
	return [
		`DOCTOR ${words[code]} - ${summary(report, off)} | ${performance(report)}`,
		...off.slice(0, 20).map(row => clean(`${row.state.toUpperCase()} ${row.key}: ${sentenceOf(row)}`)),
		...(off.length > 20 ? [`and ${off.length - 20} more`] : []),
		'',
	].join('\n');
};

const words = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

const order: readonly Row['state'][] = ['fail', 'crash', 'warn', 'unknown'];
const weight = (row: Row): number => order.indexOf(row.state);

const summary = ({counts}: Report, [first, ...more]: readonly Row[]): string =>
	first === undefined
		? `${counts.checked} of ${counts.checks} checked, ${counts.ok} ok`
		: clean(`${first.key}: ${sentenceOf(first)}${more.length === 0 ? '' : ` (and ${more.length} more)`}`);

/** A bar would begin the performance data. */
const clean = (text: string): string => oneLine(text).replaceAll('|', '/');

const performance = ({counts, seconds}: Report): string =>
	[
		...(['fail', 'warn', 'unknown', 'crash', 'blocked', 'ok', 'waived'] as const).map(
			state => `${state}=${counts[state]};;;0`,
		),
		`checked=${counts.checked};;;0;${counts.checks}`,
		`time=${seconds.toFixed(3)}s;;;0`,
	].join(' ');
