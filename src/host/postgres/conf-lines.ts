/** The settings of a postgresql.conf with the files it includes, each at the place of its line: the last one of a name counts. */
import {lineNumber} from '#edit/lines.ts';
import {confEntriesOf} from '#edit/postgres/postgresql-conf-read.ts';
import type {Reader} from '#model/host.ts';
import {type Included, noneIncluded, readIncluded} from '../files/include-files.ts';

export type PostgresLine = {
	readonly name: string;
	readonly value: string;
	readonly where: string;
	readonly path: string;
};

/** All of them in the order in which the server reads them; none where there is no such file. */
export const confLines = (host: Reader, path: string): Promise<readonly PostgresLine[]> =>
	linesIn(host, path, {seen: noneIncluded(), depth: 0});

/** `by` is the file that names it. */
type Place = {readonly seen: Included; readonly depth: number; readonly by?: string};

const linesIn = async (host: Reader, path: string, {seen, depth, by}: Place): Promise<readonly PostgresLine[]> => {
	const text = depth > 10 ? undefined : await readIncluded(host, path, seen, by);
	if (text === undefined) return [];
	const below = {seen, depth: depth + 1, by: path};
	const directory = path.slice(0, path.lastIndexOf('/'));
	const inside = (name: string): string => (name.startsWith('/') ? name : `${directory}/${name}`);
	const parts = await Promise.all(
		parsePostgresConf(text, path).map(async line => {
			if (line.name === 'include' || line.name === 'include_if_exists') return linesIn(host, inside(line.value), below);
			if (line.name !== 'include_dir') return [line];
			const names = ((await host.list(inside(line.value))) ?? []).filter(
				name => name.endsWith('.conf') && !name.startsWith('.'),
			);
			const files = [...names].sort().map(name => `${inside(line.value)}/${name}`);
			return (await Promise.all(files.map(one => linesIn(host, one, below)))).flat();
		}),
	);
	return parts.flat();
};

/** The settings of one file; includes come with their own names, not followed. A line that is none is passed over. */
export const parsePostgresConf = (text: string, path: string): readonly PostgresLine[] =>
	confEntriesOf(text, () => undefined).map(({key, plain, line}) => ({
		name: key.toLowerCase(),
		value: plain,
		where: `${path}:${lineNumber(text, line.start)}`,
		path,
	}));
