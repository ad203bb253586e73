/** A download whose checksum stands in a file of sha256sum on the host, which somebody else brought or made. */
import {basename} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {pathEdges} from '../files/path-resources.ts';
import {withEdges} from '../shared/edges.ts';
import {type DownloadSpec, downloadType} from './download.ts';

export type DownloadListedSpec = Omit<DownloadSpec, 'check'> & {
	/** A file as sha256sum writes it. */ readonly sha256File: string;
};

/** As `download`; the checksum is read when the list is there. */
export const downloadListed = (spec: DownloadListedSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		downloadType,
		withEdges(pathEdges('download', spec.to, spec.owner, {}), {
			...edges,
			needs: [
				`path:${spec.sha256File}`,
				...(spec.from.startsWith('/') ? [`path:${spec.from}` as const] : []),
				...(edges.needs ?? []),
			],
		}),
		async host => ({...spec, check: {sha256: await listed(spec, host)}}),
		{...spec, check: {sha256: `as in ${spec.sha256File}`}},
	);

const listed = async ({sha256File, from}: DownloadListedSpec, host: Reader): Promise<string> => {
	const bytes = await host.read(sha256File);
	if (bytes === undefined) throw new Blocked({because: 'until', thing: `path:${sha256File}`});
	const rows = Buffer.from(bytes)
		.toString('utf8')
		.split('\n')
		.map(line => /^([0-9a-fA-F]{64})(?:\s+\*?(.+))?$/.exec(line.trim()))
		.filter(row => row !== null);
	const row =
		rows.find(one => one[2] !== undefined && basename(one[2]) === basename(from)) ??
		(rows.length === 1 ? rows[0] : undefined);
	if (!row)
		throw new Fault(
			'download.no-checksum',
			`${sha256File} has no SHA-256 for ${basename(from)}`,
			'Bring the list that belongs to the archive, or answer with the checksum itself.',
		);
	return row[1]!.toLowerCase();
};
