/** pg_hba.conf: the first record that matches a connection decides, so a new one must come before whatever would catch it, and nothing that is there may lose its effect. */
import {type Editor, refusal, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {insertLines, lineNumber} from '../lines.ts';
import {catches, type HbaShape, mayCatch, sameAddress, sameWord, special} from './pg-hba-catch.ts';
import {type HbaRecord, type HbaWord, includesOf, recordsOf} from './pg-hba-read.ts';

export type HbaType = 'local' | 'host' | 'hostssl' | 'hostnossl' | 'hostgssenc' | 'hostnogssenc';

/**
 * `all`, `sameuser`, `samerole`, `replication` and `+role` keep their meaning; any other name is a name, quoted where it must be.
 * `options` stand behind the method; where none are named, those of a record that is there stay. `present: false` takes the record out, whatever its method is.
 */
export type HbaSetting = {
	readonly type: HbaType;
	readonly database: string | readonly string[];
	readonly user: string | readonly string[];
	/** `127.0.0.1/32`, a host name, `samehost`, `all`; none for `local`. */
	readonly address?: string;
	readonly method?: string;
	readonly options?: readonly string[];
	readonly present?: false;
};

const format = 'pg_hba.conf';

export const pgHba: Editor<HbaSetting> = editorOf<HbaSetting>({
	format,
	name: setting =>
		[
			setting.type,
			list(setting.database).join(','),
			list(setting.user).join(','),
			...(setting.address === undefined ? [] : [setting.address]),
		].join(' '),
	one: (source, setting) => {
		const shape = shapeOf(setting);
		const records = recordsOf(source);
		const ours = records.filter(record => isSame(record, shape));
		if (setting.present === false) return ours.map(({line}) => ({...line, text: []}));
		const method = methodOf(setting);
		const before = firstToCatch(source, records, shape);
		if (before && ours[0]?.line.start === before.start) return change(ours[0], setting, method);
		const gone = ours.map(({line}) => ({...line, text: []}));
		const at =
			before?.start ??
			records.findLast(({type}) => (type === 'local') === (setting.type === 'local'))?.line.end ??
			source.length;
		const [kept] = ours;
		const words = kept ? wordsFor(kept, setting, method) : method;
		return [...gone, insertLines(source, at, [[lineOf(setting, words)]], {continues: true})].sort(
			(a, b) => a.start - b.start,
		);
	},
	all: (source, setting) =>
		recordsOf(source)
			.filter(record => isSame(record, shapeOf(setting)))
			.map(({line}) => line),
});

const list = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names);

/** `@file` and `/regex` would read other files or match other names: as a name they are quoted. */
const means = (name: string): boolean => special(name) && !/^[@/]/.test(name) && !/[ \t\v\f\r\n,"#]/.test(name);

const wordsOf = (names: string | readonly string[]): readonly HbaWord[] =>
	list(names).map(value => ({start: 0, end: 0, value, quoted: !means(value) && special(value)}));

const shapeOf = (setting: HbaSetting): HbaShape => {
	const {type, database, user, address = ''} = setting;
	if ((type === 'local') !== (address === ''))
		throw refusal(format, 'only a local record has no address', 'Give an address, or the type local.');
	for (const text of [...list(database), ...list(user), address, ...(setting.options ?? [])]) {
		if (/[\0\r\n]/.test(text)) throw refusal(format, 'a field holds a line break', 'Give another value.');
	}
	if (/[ \t\v\f\r\n,"#]/.test(address) || list(database).includes('') || list(user).includes(''))
		throw refusal(format, 'a field is empty, or an address holds blanks', 'Give another value.');
	return {type, databases: wordsOf(database), users: wordsOf(user), address};
};

const isSame = (record: HbaRecord, shape: HbaShape): boolean =>
	record.type === shape.type &&
	sameWords(record.databases, shape.databases) &&
	sameWords(record.users, shape.users) &&
	sameAddress(record.address, shape.address);

const sameWords = (a: readonly HbaWord[], b: readonly HbaWord[]): boolean =>
	a.length === b.length && a.every(one => b.some(other => sameWord(one, other)));

const methodOf = ({method, options = []}: HbaSetting): readonly string[] => {
	if (method === undefined || !/^[a-z][a-z0-9-]*$/.test(method))
		throw refusal(
			format,
			'the record has no method, or one of no possible name',
			'Give a method such as scram-sha-256.',
		);
	return [method, ...options];
};

/** Where the new record must stand at the latest. Throws 'edit.refused' where that would open what a record shuts. */
const firstToCatch = (
	source: string,
	records: readonly HbaRecord[],
	shape: HbaShape,
): {readonly start: number} | undefined => {
	const record = records.find(one => catches(one, shape) || (mayCatch(one, shape) && !catches(shape, one)));
	if (record?.method.words[0] === 'reject' && !catches(record, shape))
		throw refusal(
			format,
			`the record on line ${lineNumber(source, record.line.start)} rejects a part of what ${shape.type} would let in`,
			'Name a narrower type (hostssl), address, database or user, or change that record by hand.',
		);
	const include = includesOf(source)[0];
	const starts = [record?.line.start, include].filter(start => start !== undefined);
	return starts.length === 0 ? undefined : {start: Math.min(...starts)};
};

/** Options that PostgreSQL takes for these methods only; it refuses the whole file where one stands behind another. */
const ownOptions: readonly (readonly [RegExp, readonly string[]])[] = [
	[/^map=/, ['ident', 'peer', 'gss', 'sspi', 'cert', 'oauth']],
	[/^ldap/, ['ldap']],
	[/^(pamservice|pam_use_hostname)=/, ['pam']],
	[/^radius/, ['radius']],
	[/^(include_realm|krb_realm)=/, ['gss', 'sspi']],
	[/^(compat_realm|upn_username)=/, ['sspi']],
	[/^(issuer|scope|validator|delegate_ident_mapping)=/, ['oauth']],
];

/** The method with its options: those named, else those that stand there and that the method takes as well. */
const wordsFor = (record: HbaRecord, {options}: HbaSetting, method: readonly string[]): readonly string[] => {
	if (options !== undefined) return method;
	const takes = (option: string): boolean =>
		ownOptions.every(([pattern, methods]) => !pattern.test(option) || methods.includes(method[0] ?? ''));
	return [...method, ...record.method.words.slice(1).filter(takes)];
};

const change = (record: HbaRecord, setting: HbaSetting, wanted: readonly string[]): readonly Splice[] => {
	const method = wordsFor(record, setting, wanted);
	const same =
		record.method.words.length === method.length && method.every((word, at) => record.method.words[at] === word);
	return same ? [] : [{start: record.method.start, end: record.method.end, text: [method.map(written).join(' ')]}];
};

const written = (word: string): string => (/[ \t\v\f\r\n,"#\\]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);

const name = (value: string): string =>
	means(value) || (!special(value) && !/[ \t\v\f\r\n,"#\\]/.test(value)) ? value : `"${value.replaceAll('"', '""')}"`;

const lineOf = (setting: HbaSetting, method: readonly string[]): string =>
	[
		setting.type.padEnd(7),
		list(setting.database).map(name).join(',').padEnd(15),
		list(setting.user).map(name).join(',').padEnd(15),
		(setting.address ?? '').padEnd(23),
		method.map(written).join(' '),
	].join(' ');
