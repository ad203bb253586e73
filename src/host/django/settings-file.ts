/** What a settings file says in plain words. It is loaded only where there is a Django: it brings a parser of Python along. */
import {lineNumber} from '#edit/lines.ts';
import {assignmentsOf} from '#edit/python/assignments.ts';
import type {PyRead} from '#edit/python/literals.ts';
import {literalOf, type PySource, readPython} from '#edit/python/read.ts';
import {takenOverBehind} from '#edit/python/takes-over.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import {type OwnLogin, ownLoginOf} from './own-login.ts';

type Found = {readonly value: Json; readonly where: string};
export type Written = Partial<Record<'DEBUG' | 'ALLOWED_HOSTS' | 'SECRET_KEY' | 'ENGINE', Found>> & {
	readonly login?: OwnLogin;
};

/** Those that are given once, as a literal, without a condition; the others are for Python to say. */
export const settingsIn = (source: string, file: string, language: 2 | 3): Written => {
	const python = parsed(source, file, language);
	const all = assignmentsOf(python);
	const one = (name: string): {readonly read: PyRead; readonly where: string} | undefined => {
		const about = all.filter(({path}) => path[0] === name);
		const last = about.at(-1);
		// A name that is taken from elsewhere, or changed afterwards, is not what the line says.
		if (
			last?.value === undefined ||
			last.path.length > 1 ||
			last.conditional ||
			takenOverBehind(python, last.statement.start)
		)
			return undefined;
		const read = literalOf(python, last.value);
		return read && {read, where: `${file}:${lineNumber(source, last.statement.start)}`};
	};
	const plain = (name: string): Found | undefined => {
		const found = one(name);
		const value = found && jsonOf(found.read);
		return found && value !== undefined ? {value, where: found.where} : undefined;
	};
	const databases = one('DATABASES') ?? undefined;
	const database = databases && at(databases.read, 'default');
	const engine = database && engineOf(database);
	const login = ownLoginOf(database, file);
	const [debug, hosts, key] = [plain('DEBUG'), plain('ALLOWED_HOSTS'), plain('SECRET_KEY')];
	return {
		...(debug && {DEBUG: debug}),
		...(hosts && {ALLOWED_HOSTS: hosts}),
		...(key && {SECRET_KEY: key}),
		...(engine !== undefined && databases && {ENGINE: {value: engine, where: databases.where}}),
		...(login && {login}),
	};
};

const parsed = (source: string, file: string, language: 2 | 3): PySource => {
	try {
		return readPython(source, language);
	} catch (error) {
		if (error instanceof Fault) throw new Blocked({because: 'unreadable', need: `${file}: ${error.sentence}`});
		throw error;
	}
};

const engineOf = (database: PyRead): string | undefined => {
	const engine = at(database, 'ENGINE');
	return engine && 'text' in engine ? engine.text : undefined;
};

const at = (read: PyRead, key: string): PyRead | undefined =>
	'dict' in read ? read.dict.findLast(([name]) => name === key)?.[1] : undefined;

const jsonOf = (read: PyRead): Json | undefined => {
	if ('text' in read) return read.text;
	if ('bool' in read) return read.bool;
	if ('number' in read) return read.number;
	const list = 'list' in read ? read.list : 'tuple' in read ? read.tuple : undefined;
	const values = list?.map(jsonOf);
	return values?.every(value => value !== undefined) ? values : undefined;
};
