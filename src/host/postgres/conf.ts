/** What a cluster's files set, in the order in which the server reads them: postgresql.conf with what it includes, then what ALTER SYSTEM wrote. */
import type {Reader} from '#model/host.ts';
import {ifTold} from '../see.ts';
import type {Cluster} from './clusters.ts';

export type PostgresLine = {readonly name: string; readonly value: string; readonly where: string};

/** Every setting in force in the files; of several lines of one name the last counts. */
export const postgresConf = async (host: Reader, cluster: Cluster): Promise<ReadonlyMap<string, PostgresLine>> => {
	const lines = await linesOf(host, `${cluster.directory}/postgresql.conf`, 0);
	const data =
		lines.findLast(({name}) => name === 'data_directory')?.value ??
		`/var/lib/postgresql/${cluster.version}/${cluster.name}`;
	// Only root and postgres may look there; what it holds the server shows as well.
	const altered = (await ifTold(() => linesOf(host, `${data}/postgresql.auto.conf`, 0))) ?? [];
	return new Map([...lines, ...altered].map(line => [line.name, line]));
};

/** The settings of one file; includes come with their own names, not followed. */
export const parsePostgresConf = (text: string, path: string): readonly PostgresLine[] =>
	text.split('\n').flatMap((line, index) => {
		const [, name = '', quoted, bare] =
			/^\s*([A-Za-z_][\w.]*)\s*(?:=\s*|\s+)(?:'((?:[^'\\]|''|\\.)*)'|([^\s#'=]+))/.exec(line) ?? [];
		if (name === '') return [];
		const value = quoted === undefined ? (bare ?? '') : quoted.replaceAll("''", "'").replace(/\\(.)/g, '$1');
		return [{name: name.toLowerCase(), value, where: `${path}:${index + 1}`}];
	});

const linesOf = async (host: Reader, path: string, depth: number): Promise<readonly PostgresLine[]> => {
	const bytes = depth > 10 ? undefined : await host.read(path);
	if (bytes === undefined) return [];
	const directory = path.slice(0, path.lastIndexOf('/'));
	const inside = (name: string): string => (name.startsWith('/') ? name : `${directory}/${name}`);
	const parts = await Promise.all(
		parsePostgresConf(Buffer.from(bytes).toString('utf8'), path).map(async line => {
			if (line.name === 'include' || line.name === 'include_if_exists')
				return linesOf(host, inside(line.value), depth + 1);
			if (line.name !== 'include_dir') return [line];
			const names = ((await host.list(inside(line.value))) ?? []).filter(
				name => name.endsWith('.conf') && !name.startsWith('.'),
			);
			return (await Promise.all(names.map(name => linesOf(host, `${inside(line.value)}/${name}`, depth + 1)))).flat();
		}),
	);
	return parts.flat();
};
