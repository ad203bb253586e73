/** An old report read again, from whatever file somebody names: by hand, for zod would double the doctor's start-up, and thoroughly, for a format must not crash on it. */
import type {Report} from '#doctor/types.ts';
import {Fault} from '#model/fault.ts';

/** What `setup doctor --format json` once wrote. Throws Fault usage.not-a-report that names the first place that is wrong. */
export const readReport = (text: string, name: string): Report => {
	let data: unknown;
	try {
		data = JSON.parse(text);
	} catch {
		// The parser's message would quote the text, and a link in somebody's directory can make that any file of root's.
		throw notAReport(name, 'it is not JSON');
	}
	const version = (data as {schemaVersion?: unknown} | null)?.schemaVersion;
	if (typeof version === 'number' && version > 1)
		throw notAReport(name, `its schemaVersion is ${version}, and this setup knows 1`);
	const wrong = report(data, '');
	if (wrong !== undefined) throw notAReport(name, wrong);
	return data as Report;
};

const notAReport = (name: string, why: string): Fault =>
	new Fault(
		'usage.not-a-report',
		`${name} is not a report of setup doctor: ${why}`,
		'`setup doctor --format json > report.json` writes one.',
	);

/** What is wrong, with its place; undefined where nothing is. */
type Test = (value: unknown, at: string) => string | undefined;

const must =
	(what: string, holds: (value: unknown) => boolean): Test =>
	(value, at) =>
		holds(value) ? undefined : `${at === '' ? 'it' : at} must be ${what}`;

const text = must('a string', value => typeof value === 'string');
const figure = must('a number', value => typeof value === 'number' && Number.isFinite(value));
const yesNo = must('true or false', value => typeof value === 'boolean');
const moment = must('a date and time', value => typeof value === 'string' && Number.isFinite(Date.parse(value)));
const anything: Test = () => undefined;
const one = (...values: readonly unknown[]): Test =>
	must(`one of ${values.join(', ')}`, value => values.includes(value));

const list =
	(test: Test): Test =>
	(value, at) =>
		Array.isArray(value) ? firstOf(value.map((item, n) => () => test(item, `${at}[${n}]`))) : `${at} must be a list`;

/** A name that ends in ? may be missing. Names that are not in the table are newer than we are. */
const object =
	(fields: Readonly<Record<string, Test>>): Test =>
	(value, at) => {
		if (typeof value !== 'object' || value === null || Array.isArray(value))
			return `${at === '' ? 'it' : at} must be an object`;
		return firstOf(
			Object.entries(fields).map(([field, test]) => () => {
				const key = field.replace(/\?$/, '');
				const found = (value as Record<string, unknown>)[key];
				if (found === undefined && field !== key) return undefined;
				return test(found, at === '' ? key : `${at}.${key}`);
			}),
		);
	};

const firstOf = (tests: readonly (() => string | undefined)[]): string | undefined => {
	for (const test of tests) {
		const wrong = test();
		if (wrong !== undefined) return wrong;
	}
	return undefined;
};

const seen = object({
	value: must('a value', value => value !== undefined),
	where: text,
	'path?': text,
	'line?': figure,
});
const notSeen = object({
	because: one(
		'until',
		'needs-root',
		'no-tool',
		'no-systemd',
		'timeout',
		'offline-root',
		'unreadable',
		'remote',
		'unsafe',
	),
	'need?': text,
	'thing?': text,
});
const layer: Test = (value, at) =>
	typeof value === 'object' && value !== null && 'where' in value ? seen(value, at) : notSeen(value, at);

const row = object({
	key: text,
	check: text,
	subject: text,
	title: text,
	'item?': text,
	'is?': text,
	state: one('ok', 'warn', 'fail', 'unknown', 'na', 'blocked', 'crash'),
	says: text,
	severity: one('warn', 'fail'),
	source: text,
	'expected?': anything,
	layers: object({'file?': layer, 'runtime?': layer, 'kernel?': layer}),
	'ends?': moment,
	'by?': text,
	'fault?': object({code: text, sentence: text, hint: text, details: list(text)}),
	'why?': notSeen,
	'remedy?': object({sentence: text, 'commands?': list(list(text))}),
	fixable: yesNo,
	'waived?': object({reason: text, 'until?': text}),
	'change?': one('new', 'still'),
	'since?': moment,
	seconds: figure,
});

const counts = object(
	Object.fromEntries(
		[
			'ok',
			'warn',
			'fail',
			'unknown',
			'na',
			'blocked',
			'crash',
			'waived',
			'checks',
			'checked',
			'needRoot',
			'notApplicable',
		].map(name => [name, figure]),
	),
);

const report = object({
	schemaVersion: one(1),
	version: text,
	host: object({name: text, release: text}),
	at: moment,
	'asOf?': moment,
	'tries?': list(object({door: text, does: text, leaves: text})),
	root: text,
	isRoot: yesNo,
	seconds: figure,
	counts,
	rows: list(row),
	causes: list(object({by: text, says: text, checks: list(text)})),
	fixed: list(object({key: text, was: one('warn', 'fail'), says: text})),
});
