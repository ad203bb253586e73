/**
 * The services that this host is told to run, as systemd reads them: from every directory of units, a template by its instances, each with its drop-ins. A
 * service stands in /usr/lib as well as in /etc, and what decides may stand in a file beside it.
 */
import {systemdDialect} from '#edit/sections/ini.ts';
import type {Fact, Reader} from '#model/host.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {isInContainersGroup, processTable, serviceOf} from '../system/process-table.ts';
import {ownUnits, pullingLinks, unitDirectories} from './unit-places.ts';

/** Of its [Service] section. `where` is `path:line`. */
export type ServiceLine = {readonly key: string; readonly value: string; readonly where: string};

export type WrittenService = {
	/** `site.service`, `site@blue.service`. */
	readonly name: string;
	/** In the order in which systemd takes them; an empty assignment has taken those of its key before it away. */
	readonly lines: readonly ServiceLine[];
	/** Its file and its drop-ins. */
	readonly files: readonly string[];
};

/**
 * Those in /etc/systemd/system, those that something there pulls in, and those that run. A masked one is none, and one that cannot be read (a link that
 * leads out, a loop) is left out: it never takes the others with it.
 */
export const writtenServices: Fact<readonly WrittenService[]> = {
	id: 'written-services',
	async read(host) {
		const names = new Set([...(await namesIn(host)), ...(await namesRunning(host))]);
		const found = await Promise.all([...names].sort().map(name => ifTold(() => serviceAt(host, name))));
		return found.filter(one => one !== undefined);
	},
};

/** The line that counts. */
export const serviceLine = ({lines}: Pick<WrittenService, 'lines'>, key: string): ServiceLine | undefined =>
	lines.findLast(one => one.key === key);

const namesIn = async (host: Reader): Promise<readonly string[]> => {
	const names = (await host.list(ownUnits)) ?? [];
	const pulled = (await pullingLinks(host)).map(({name}) => name);
	return [...names, ...pulled].filter(name => /(?<!@)\.service$/.test(name));
};

const namesRunning = async (host: Reader): Promise<readonly string[]> => {
	if (host.root !== '/') return [];
	const table = await host.fact(processTable);
	return [...table.values()].flatMap(one =>
		isOfSystem(one.cgroup) && !isInContainersGroup(one) ? (serviceOf(one) ?? []) : [],
	);
};

/** Not of a user's own manager. */
const isOfSystem = (cgroup: string): boolean => !cgroup.includes('/user.slice/');

const serviceAt = async (host: Reader, name: string): Promise<WrittenService | undefined> => {
	const names = [name, ...templateOf(name)];
	const fragment = await firstOf(host, names);
	if (fragment === undefined || fragment.text.trim() === '') return undefined;
	const dropIns = await dropInsOf(host, names);
	const files = [fragment, ...dropIns];
	return {name, lines: taken(files.flatMap(file => linesIn(file, name))), files: files.map(({path}) => path)};
};

type UnitFile = {readonly path: string; readonly text: string};

const templateOf = (name: string): readonly string[] => {
	const [, template] = /^([^@]+@)[^@]+\.service$/.exec(name) ?? [];
	return template === undefined ? [] : [`${template}.service`];
};

/** A name of its own in any directory comes before its template in all. A link to /dev/null masks it. */
const firstOf = async (host: Reader, names: readonly string[]): Promise<UnitFile | undefined> => {
	for (const name of names)
		for (const directory of unitDirectories) {
			const path = `${directory}/${name}`;
			const stat = await host.stat(path);
			if (stat === undefined) continue;
			if (stat.target === '/dev/null') return undefined;
			return {path, text: (await textOf(host, path)) ?? ''};
		}
	return undefined;
};

/** By name over all directories; of two with one name that in the directory looked into first counts. */
const dropInsOf = async (host: Reader, names: readonly string[]): Promise<readonly UnitFile[]> => {
	const paths = new Map<string, string>();
	for (const directory of unitDirectories)
		for (const name of names)
			for (const file of (await host.list(`${directory}/${name}.d`)) ?? [])
				if (file.endsWith('.conf') && !paths.has(file)) paths.set(file, `${directory}/${name}.d/${file}`);
	const sorted = [...paths].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
	const read = await Promise.all(
		sorted.map(async path => ({path, text: (await ifTold(() => textOf(host, path))) ?? ''})),
	);
	return read;
};

const linesIn = ({path, text}: UnitFile, name: string): readonly ServiceLine[] =>
	(sectionLines(systemdDialect, text).get('Service') ?? []).map(({key, value, line}) => ({
		key,
		value: expanded(value, name),
		where: `${path}:${line}`,
	}));

const taken = (lines: readonly ServiceLine[]): readonly ServiceLine[] =>
	lines.filter(
		({key, value}, at) => value !== '' && !lines.slice(at + 1).some(later => later.key === key && later.value === ''),
	);

/** The specifiers that its name gives; others stay as they are written. */
const expanded = (value: string, name: string): string => {
	const plain = name.replace(/\.service$/, '');
	const [prefix = plain, instance = ''] = plain.includes('@')
		? [plain.slice(0, plain.indexOf('@')), plain.slice(plain.indexOf('@') + 1)]
		: [plain, ''];
	const of: Readonly<Record<string, string>> = {
		'%': '%%',
		i: instance,
		I: unescaped(instance),
		n: name,
		N: plain,
		p: prefix,
		P: unescaped(prefix),
	};
	return value.replace(/%([%iInNpP])/g, (_all, letter: string) => of[letter] ?? '');
};

const unescaped = (text: string): string =>
	text
		.replaceAll('-', '/')
		.replace(/\\x([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
