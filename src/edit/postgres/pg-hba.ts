/** pg_hba.conf: the first record that matches a connection decides, so a new one must come before whatever would catch it, and nothing that is there may lose its effect. */
import {type Editor, refusal, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {insertLines} from '../lines.ts';
import {catches, type HbaRecord, type HbaWord, recordsOf, sameAddress, sameWord, special} from './pg-hba-read.ts';

export type HbaType = 'local' | 'host' | 'hostssl' | 'hostnossl' | 'hostgssenc' | 'hostnogssenc';

/**
 * `all`, `sameuser`, `samerole`, `replication` and `+role` keep their meaning; any other name is a name, quoted where it must be.
 * `options` stand behind the method. `present: false` takes the record out, whatever its method is.
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
		const before = records.find(record => catches(record, shape));
		if (before && ours[0] === before) return change(before, method);
		const gone = ours.map(({line}) => ({...line, text: []}));
		const at =
			before?.line.start ??
			records.findLast(({type}) => (type === 'local') === (setting.type === 'local'))?.line.end ??
			source.length;
		return [...gone, insertLines(source, at, [[lineOf(setting, method)]])].sort((a, b) => a.start - b.start);
	},
	all: (source, setting) =>
		recordsOf(source)
			.filter(record => isSame(record, shapeOf(setting)))
			.map(({line}) => line),
});

type Shape = Pick<HbaRecord, 'type' | 'databases' | 'users' | 'address'>;

const list = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names);

/** `@file` and `/regex` would read other files or match other names: as a name they are quoted. */
const means = (name: string): boolean => special(name) && !/^[@/]/.test(name) && !/[\s,"#]/.test(name);

const wordsOf = (names: string | readonly string[]): readonly HbaWord[] =>
	list(names).map(value => ({start: 0, end: 0, value, quoted: !means(value) && special(value)}));

const shapeOf = (setting: HbaSetting): Shape => {
	const {type, database, user, address = ''} = setting;
	if ((type === 'local') !== (address === ''))
		throw refusal(format, 'only a local record has no address', 'Give an address, or the type local.');
	for (const text of [...list(database), ...list(user), address, ...(setting.options ?? [])]) {
		if (/[\0\r\n]/.test(text)) throw refusal(format, 'a field holds a line break', 'Give another value.');
	}
	if (/[\s,"#]/.test(address) || list(database).includes('') || list(user).includes(''))
		throw refusal(format, 'a field is empty, or an address holds blanks', 'Give another value.');
	return {type, databases: wordsOf(database), users: wordsOf(user), address};
};

const isSame = (record: HbaRecord, shape: Shape): boolean =>
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

const change = (record: HbaRecord, method: readonly string[]): readonly Splice[] => {
	const same =
		record.method.words.length === method.length && method.every((word, at) => record.method.words[at] === word);
	return same ? [] : [{start: record.method.start, end: record.method.end, text: [method.map(written).join(' ')]}];
};

const written = (word: string): string => (/[\s,"#\\]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);

const name = (value: string): string =>
	means(value) || (!special(value) && !/[\s,"#\\]/.test(value)) ? value : `"${value.replaceAll('"', '""')}"`;

const lineOf = (setting: HbaSetting, method: readonly string[]): string =>
	[
		setting.type.padEnd(7),
		list(setting.database).map(name).join(',').padEnd(15),
		list(setting.user).map(name).join(',').padEnd(15),
		(setting.address ?? '').padEnd(23),
		method.map(written).join(' '),
	].join(' ');
