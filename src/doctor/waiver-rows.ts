/** What is wrong with the waivers themselves: they have no host to look at, only the rows of the run. */
import type {AnyCheck} from '#model/check.ts';
import type {Finding, Findings} from '#model/finding.ts';
import type {Row} from './types.ts';
import {isExpired, type Waiver} from './waivers.ts';

/** The check's declaration for the report, `explain` and the docs; its findings come from `waiverFindings`. */
export const waiversCheck: AnyCheck = {
	id: 'doctor.waivers',
	title: 'Waivers hold and match something',
	why: 'A waiver past its date hides nothing any more, and one that matches nothing hides the next finding of that name from whoever reads the list.',
	reads: ['/var/lib/host-setup/doctor/waivers.json', 'what the checks of this run found'],
	severity: 'warn',
	layers: ['file'],
	source: 'host-setup, docs/checks.md',
	verify: 'setup doctor waivers lists them; setup doctor doctor.waivers finds nothing.',
	inspect: () => Promise.reject(new TypeError('the findings of doctor.waivers come from the rows')),
	remedy: ({item = 'CHECK'}) => ({
		sentence: `Mend what it was for, or waive it again with a new reason and date; setup doctor unwaive '${item}' removes it.`,
		commands: [['setup', 'doctor', 'unwaive', item]],
	}),
};

export type WaiverContext = {
	readonly waivers: readonly Waiver[];
	/** The rows of everything that was run. */
	readonly rows: readonly Row[];
	/** Ids of all checks of this version. */
	readonly known: readonly string[];
	readonly now: number;
	readonly where: string;
};

/** Undefined where there are no waivers to judge. Of a check that was not run nothing is said. */
export const waiverFindings = ({waivers, rows, known, now, where}: WaiverContext): Findings | undefined => {
	const judged = waivers.filter(
		({key}) => !known.includes(checkOf(key)) || rows.some(row => row.check === checkOf(key)),
	);
	const [first, ...more] = judged.map((waiver): Finding => {
		const wrong = wrongWith(waiver, rows, known, now);
		return {
			item: waiver.key,
			state: wrong === undefined ? 'ok' : 'warn',
			...(wrong !== undefined && {says: wrong}),
			expected: 'in force, and matching',
			layers: {file: {value: {reason: waiver.reason, until: waiver.until ?? null}, where}},
			...(waiver.until !== undefined && {ends: Date.parse(waiver.until) + 24 * 3_600_000}),
		};
	});
	return first === undefined ? undefined : [first, ...more];
};

/** `mysql.bind[3306]` is of mysql.bind. */
export const checkOf = (key: string): string => key.replace(/\[.*$/s, '');

const wrongWith = (waiver: Waiver, rows: readonly Row[], known: readonly string[], now: number): string | undefined => {
	const id = checkOf(waiver.key);
	if (!known.includes(id)) return `waives ${id}, and there is no such check`;
	if (isExpired(waiver, now)) return `expired on ${waiver.until}: ${waiver.reason}`;
	const mine = rows.filter(row => row.check === id);
	// What could not be told may well match.
	if (mine.some(row => row.state === 'unknown' || row.state === 'blocked' || row.state === 'crash')) return undefined;
	const found = mine.find(row => row.key === waiver.key);
	return found === undefined || found.state === 'ok' || found.state === 'na'
		? `matches nothing any more: ${waiver.says || waiver.reason}`
		: undefined;
};
