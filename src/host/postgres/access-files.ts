/**
 * The records by which a cluster lets people in, from the files that the server itself names: `hba_file` may lead anywhere, a record may stand in a file that
 * another includes, and behind a map the names of pg_ident.conf decide who becomes whom.
 */

import {linesOf} from '#edit/lines.ts';
import {type HbaRecord, recordsOf} from '#edit/postgres/pg-hba-read.ts';
import type {Reader} from '#model/host.ts';
import {type Included, noneIncluded, readIncluded} from '../files/include-files.ts';
import {ifTold} from '../see.ts';
import type {Cluster} from './clusters.ts';
import {postgresConf} from './conf.ts';
import {postgresHealth} from './health.ts';

/** `where` is `path:line`. */
export type PlacedRecord = HbaRecord & {readonly where: string; readonly path: string};

/** A line of pg_ident.conf: who of the system (`/` before a pattern) may become which role under that map. */
export type IdentLine = {readonly map: string; readonly system: string; readonly role: string; readonly where: string};

export type AccessFiles = {
	readonly hba: string;
	readonly records: readonly PlacedRecord[];
	readonly idents: readonly IdentLine[];
	/** Every file that was read. */
	readonly files: readonly string[];
};

/** As they are on disk now. Throws Fault 'edit.parse' for a record that is none, Blocked where they cannot be read. */
export const accessFiles = async (host: Reader, cluster: Cluster): Promise<AccessFiles> => {
	const [hba, ident] = await Promise.all(
		(['hba_file', 'ident_file'] as const).map(name => placeOf(host, cluster, name)),
	);
	const seen = noneIncluded();
	const conf = `${cluster.directory}/postgresql.conf`;
	const found = await recordsIn(host, hba!, {seen, depth: 0, by: conf});
	const text = (await ifTold(() => readIncluded(host, ident!, seen, conf))) ?? '';
	return {hba: hba!, records: found.records, idents: identLines(text, ident!), files: [...found.files, ident!]};
};

const usual = {hba_file: 'pg_hba.conf', ident_file: 'pg_ident.conf'} as const;

/** What the server says, for a command line overrules the file; else what the file says. */
const placeOf = async (host: Reader, cluster: Cluster, name: keyof typeof usual): Promise<string> => {
	const now = (await ifTold(() => host.fact(postgresHealth(cluster))))?.settings.get(name)?.value;
	if (now?.startsWith('/')) return now;
	const written = (await postgresConf(host, cluster)).get(name)?.value;
	return written?.startsWith('/') ? written : `${cluster.directory}/${usual[name]}`;
};

/** `by` is the file that names it. */
type Place = {readonly seen: Included; readonly depth: number; readonly by: string};

type Found = {readonly records: readonly PlacedRecord[]; readonly files: readonly string[]};

/** Each include at its place: PostgreSQL 16 and later read them, and what stands first decides. */
const recordsIn = async (host: Reader, path: string, {seen, depth, by}: Place): Promise<Found> => {
	const text = (await readIncluded(host, path, seen, by)) ?? '';
	const own = recordsOf(text).map(record => ({
		at: record.line.start,
		found: {
			records: [{...record, path, where: `${path}:${text.slice(0, record.line.start).split('\n').length}`}],
			files: [] as readonly string[],
		},
	}));
	const includes = depth > 9 ? [] : linesOf(text).flatMap(({start, text: line}) => includeIn(line, start));
	const brought = await Promise.all(
		includes.map(async ({at, target, directory}) => {
			const full = target.startsWith('/') ? target : `${path.slice(0, path.lastIndexOf('/'))}/${target}`;
			const paths = directory
				? ((await host.list(full)) ?? []).filter(name => /^[^.].*\.conf$/.test(name)).map(name => `${full}/${name}`)
				: [full];
			const all = await Promise.all(paths.map(one => recordsIn(host, one, {seen, depth: depth + 1, by: path})));
			return {at, found: {records: all.flatMap(({records}) => records), files: all.flatMap(({files}) => files)}};
		}),
	);
	const inOrder = [...own, ...brought].sort((a, b) => a.at - b.at).map(({found}) => found);
	return {records: inOrder.flatMap(({records}) => records), files: [path, ...inOrder.flatMap(({files}) => files)]};
};

const includeIn = (line: string, at: number) => {
	const [, what, quoted, plain] =
		/^[ \t]*(include|include_if_exists|include_dir)[ \t]+(?:"([^"]+)"|([^ \t#]+))/.exec(line) ?? [];
	return what === undefined ? [] : [{at, target: quoted ?? plain ?? '', directory: what === 'include_dir'}];
};

/** The maps of a pg_ident.conf. */
const identLines = (text: string, path: string): readonly IdentLine[] =>
	text.split('\n').flatMap((line, at) => {
		const [map, system, role] = [...line.replace(/^\s*#.*$/, '').matchAll(/"([^"]*)"|([^\s#]+)/g)].map(
			([, quoted, plain]) => quoted ?? plain ?? '',
		);
		return map === undefined || system === undefined || role === undefined
			? []
			: [{map, system, role, where: `${path}:${at + 1}`}];
	});
