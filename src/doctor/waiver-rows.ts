/** What is wrong with the waivers themselves: they have no host to look at, only the rows of the run. */
import {type AnyCheck, defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Told} from '#model/finding.ts';
import {said} from './kinds.ts';
import type {Row} from './types.ts';
import {isExpired, type Waiver} from './waivers.ts';

type Key = {readonly key: string};

const again = ({key}: Key) => ({
	sentence: `Mend what it was for, or waive it again with a new reason and date; setup doctor unwaive '${key}' removes it.`,
	commands: [['setup', 'doctor', 'unwaive', key]],
});

const key = 'host.ports[tcp/8080]';

const kinds = defineKinds({
	noCheck: {
		state: 'warn',
		example: {key, check: 'host.ports'},
		says: ({check}) => `waives ${check}, and there is no such check`,
		remedy: data => again(data),
	},
	expired: {
		state: 'warn',
		example: {key, until: '2026-01-31', reason: 'until it is moved'},
		says: ({until, reason}) => `expired on ${until}: ${reason}`,
		remedy: data => again(data),
	},
	matchesNothing: {
		state: 'warn',
		example: {key, was: 'node answers from outside'},
		says: ({was}) => `matches nothing any more: ${was}`,
		remedy: data => again(data),
	},
});

type Found = FoundOf<typeof kinds>;

/** The check's declaration for the report, `explain` and the docs; its findings come from `waiverFindings`. */
export const waiversCheck: AnyCheck = defineCheck({
	id: 'doctor.waivers',
	title: 'Waivers hold and match something',
	why: 'A waiver past its date hides nothing any more, and one that matches nothing hides the next finding of that name from whoever reads the list.',
	reads: ['/var/lib/host-setup/doctor/waivers.json', 'what the checks of this run found'],
	severity: 'warn',
	layers: ['file'],
	source: 'host-setup, docs/checks.md',
	verify: 'setup doctor waivers lists them; setup doctor doctor.waivers finds nothing.',
	kinds,
	inspect: () => Promise.reject(new TypeError('the findings of doctor.waivers come from the rows')),
});

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
export const waiverFindings = (context: WaiverContext): readonly [Told, ...Told[]] | undefined => {
	const {waivers, rows, known} = context;
	const judged = waivers.filter(
		({key}) => !known.includes(checkOf(key)) || rows.some(row => row.check === checkOf(key)),
	);
	return judged.length === 0
		? undefined
		: said(
				waiversCheck,
				judged.map(waiver => findingOf(waiver, context)),
			);
};

/** `mysql.bind[3306]` is of mysql.bind. */
export const checkOf = (key: string): string => key.replace(/\[.*$/s, '');

const findingOf = (waiver: Waiver, {rows, known, now, where}: WaiverContext): Found => {
	const {key} = waiver;
	const sight = {
		item: key,
		expected: 'in force, and matching',
		layers: {file: {value: {reason: waiver.reason, until: waiver.until ?? null}, where}},
		...(waiver.until !== undefined && {ends: Date.parse(waiver.until) + 24 * 3_600_000}),
	};
	const id = checkOf(key);
	if (!known.includes(id)) return {...sight, is: 'noCheck', data: {key, check: id}};
	if (waiver.until !== undefined && isExpired(waiver, now))
		return {...sight, is: 'expired', data: {key, until: waiver.until, reason: waiver.reason}};
	const mine = rows.filter(row => row.check === id);
	// What could not be told may well match.
	if (mine.some(row => row.state === 'unknown' || row.state === 'blocked' || row.state === 'crash'))
		return {...sight, is: 'ok'};
	const found = mine.find(row => row.key === key);
	return found === undefined || found.state === 'ok' || found.state === 'na'
		? {...sight, is: 'matchesNothing', data: {key, was: waiver.says || waiver.reason}}
		: {...sight, is: 'ok'};
};
