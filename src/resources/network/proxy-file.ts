/**
 * The proxy of this host as a file of variables for services that fetch by themselves: dockerd that pulls an image, certbot's timer. A unit's own Environment
 * is shown to everybody; a file is root's.
 */

import {daemonVariables} from '#host/outgoing/daemon-variables.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {type FileRecord, type FileSpec, type FileState, fileType, undoFile} from '../files/file.ts';
import {withEdges} from '../shared/edges.ts';

export type ProxyFileSpec = {readonly path: string};
export type ProxyFileState = {
	/** Undefined where this host has no proxy. */
	readonly wanted: Text | undefined;
	readonly file: FileState;
};

/** There with a proxy, and gone without one. Provides `done:proxy-file`. */
export const proxyFile = (spec: ProxyFileSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		proxyFileType,
		withEdges(
			{
				id: `proxy-file:${spec.path}`,
				provides: ['done:proxy-file'],
				locks: [`path:${spec.path}`],
				title: 'the proxy, for services that fetch by themselves',
			},
			edges,
		),
		spec,
	);

export const proxyFileType: ResourceType<ProxyFileSpec, ProxyFileState> = {
	name: 'proxy-file',
	async inspect({path}, host: Reader) {
		const wanted = await daemonVariables(host);
		return {wanted, file: await fileType.inspect(asFile(path, wanted ?? []), host)};
	},
	diff({path}, state) {
		if (state === 'absent') return [];
		const {wanted, file} = state;
		if (wanted !== undefined) return fileType.diff(asFile(path, wanted), file);
		return file === 'absent' ? [] : [{what: path, from: 'a proxy', to: null}];
	},
	holds: ({path}) => [{thing: `file:${path}`}],
	undoOf: ({path}, {wanted, file}) =>
		// What is taken away was ours, and its undo is that of the run that wrote it.
		wanted === undefined ? {can: true, record: null} : fileType.undoOf(asFile(path, wanted), file),
	async apply({path}, {wanted, file}, changes, host) {
		if (wanted !== undefined) return fileType.apply(asFile(path, wanted), file, changes, host);
		if (file !== 'absent') await host.remove(path, {was: file.id});
	},
	undo: async (record, host, {kept}) =>
		record === null ? {outcome: 'already'} : undoFile(record as FileRecord, host, kept),
};

const asFile = (path: string, text: Text): FileSpec => ({
	path,
	text,
	mode: 0o600,
	owner: 'root:root',
	secretFile: true,
});
