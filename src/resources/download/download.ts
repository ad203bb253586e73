/** One file from elsewhere, verified before it stands at its place: by checksum, or by a signature of a key named in the answers. */
import {basename, dirname, join} from 'node:path';
import {fileDigest, quickDigest} from '#host/files/digest.ts';
import {sha256} from '#host/files/stash.ts';
import {type Fetched, fetchFile} from '#host/web/fetch-file.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource, type Undone} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {newOwnership, type Ownership, ownershipChanges, ownershipOf, pathEdges} from '../files/path-resources.ts';
import {clear} from '../shared/clear.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {verifySignature} from './signature.ts';

export type DownloadCheck =
	| {readonly sha256: string}
	| {readonly sha512: string}
	/** Both are a URL or a path; `fingerprint` is the primary key's. */
	| {readonly signature: string; readonly key: string; readonly fingerprint: string};

export type DownloadSpec = {
	/** https URL or absolute local path. */
	readonly from: string;
	readonly to: string;
	readonly check: DownloadCheck;
	/** Default 0o644. */
	readonly mode?: number;
	/** Default root:root. */
	readonly owner?: string;
	/** Bytes; default 1 GiB. */
	readonly limit?: number;
};

/** What was verified, and how it looked then. */
type Stamp = {readonly quick: string; readonly sha256: string; readonly by: string};

export type DownloadState =
	| 'absent'
	| (Ownership & {readonly digest: string; readonly good: boolean; readonly bytes: Uint8Array | undefined});

/** A verified file. Needs its directory, and gpg for a signature. */
export const download = (spec: DownloadSpec, edges: Partial<Edges> = {}): Resource => {
	const own = pathEdges('download', spec.to, spec.owner, edges);
	const sources = 'signature' in spec.check ? [spec.from, spec.check.signature, spec.check.key] : [spec.from];
	const needs: readonly Thing[] = [
		...sources.filter(one => one.startsWith('/')).map(one => `path:${one}` as const),
		...('signature' in spec.check ? ['package:gpg' as const] : []),
	];
	return resource(downloadType, {...own, needs: [...new Set([...(own.needs ?? []), ...needs])]}, spec);
};

export const downloadType: ResourceType<DownloadSpec, DownloadState> = {
	name: 'download',
	async inspect(spec, host) {
		const stat = await host.stat(spec.to);
		if (stat === undefined) return 'absent';
		if (stat.kind !== 'file')
			throw new Fault('file.not-regular', `${spec.to} is not a regular file`, 'Move it away, or name another path.');
		const {digest, good} = await judge(spec, host);
		const small = stat.size <= 64 * 1024 * 1024;
		return {
			...(await ownershipOf(host, stat, ownerOf(spec))),
			digest,
			good,
			bytes: good || !small ? undefined : await host.read(spec.to),
		};
	},
	diff(spec, state) {
		const wanted = {mode: spec.mode ?? 0o644, owner: ownerOf(spec)};
		if (state === 'absent')
			return [
				{key: 'file', what: 'file', from: null, to: `${spec.from}, ${wordsFor(spec.check)}`},
				...newOwnership(wanted),
			];
		return [
			...(state.good
				? []
				: [
						{
							key: 'file',
							what: 'file',
							from: `another content (sha256 ${state.digest})`,
							to: `${spec.from}, ${wordsFor(spec.check)}`,
						},
					]),
			...ownershipChanges(wanted, state),
		];
	},
	fetches: ({from, check}) =>
		[from, ...('signature' in check ? [check.signature, check.key] : [])]
			.filter(one => !one.startsWith('/'))
			.map(one => ({kind: 'file', from: one})),
	undoOf(spec, state) {
		if (state === 'absent') return {can: true, record: {to: spec.to, ...recordOf(spec.check), was: null}};
		const was = {mode: state.mode, owner: `${state.uid}:${state.gid}`};
		if (state.good) return {can: true, record: {to: spec.to, ...recordOf(spec.check), was, only: 'ownership'}};
		if (state.bytes === undefined) return {can: false, why: `the file that was at ${spec.to} is too large to be kept`};
		return {can: true, record: {to: spec.to, ...recordOf(spec.check), was}, keep: [state.bytes]};
	},
	async apply(spec, state, changes, host) {
		const attributes = {mode: spec.mode ?? 0o644, owner: ownerOf(spec)};
		if (!changes.some(({key}) => key === 'file'))
			return host.own(spec.to, {...attributes, was: state === 'absent' ? undefined : state.id});
		const part = partOf(spec.to);
		const fetched = await bring(spec, spec.from, part, host);
		try {
			await verify(spec, part, fetched, host);
			await host.own(part, {...attributes, was: fetched.id});
			await writeStamp(host, stampOf(spec.to), {quick: '', sha256: fetched.sha256, by: byOf(spec.check)});
			await host.rename(part, spec.to, {was: fetched.id});
			// A rename moves ctime, so the quick digest can only be taken where the file stays.
			await writeStamp(host, stampOf(spec.to), {
				quick: await quickOf(spec.to, host),
				sha256: fetched.sha256,
				by: byOf(spec.check),
			});
		} catch (error) {
			await clear(host, part);
			throw error;
		}
	},
	undo: (record, host, {kept}) => undoDownload(record as DownloadRecord, host, kept),
};

/** The sha256 of a file that `download` put there, without reading it again where nothing moved; of any other file by its bytes. undefined when there is none. */
export const verifiedDigest = async (host: Reader, path: string): Promise<string | undefined> => {
	const stamp = await readStamp<Stamp>(host, stampOf(path));
	return stamp && stamp.quick === (await quickOf(path, host)) ? stamp.sha256 : fileDigest(host, path);
};

type DownloadRecord = {
	readonly to: string;
	readonly digest: string | null;
	readonly was: {readonly mode: number; readonly owner: string} | null;
	readonly only?: string;
};

const undoDownload = async (
	{to, digest, was, only}: DownloadRecord,
	host: Host,
	[old]: readonly Uint8Array[],
): Promise<Undone> => {
	await clear(host, partOf(to));
	const id = (await host.stat(to))?.id;
	const now = await fileDigest(host, to);
	if (now === undefined) {
		await removeStamp(host, stampOf(to));
		return was === null ? {outcome: 'already'} : {outcome: 'conflict', why: `${to} was removed since`};
	}
	const ours =
		[digest, (await readStamp<Stamp>(host, stampOf(to)))?.sha256].includes(now) ||
		(digest !== null && (await fileDigest(host, to, 'sha512')) === digest);
	if (only === 'ownership' && was !== null) {
		await host.own(to, {...was, was: id});
		return {outcome: 'undone'};
	}
	if (!ours)
		return old !== undefined && sha256(old) === now
			? {outcome: 'already'}
			: {outcome: 'conflict', why: `${to} was changed since`};
	if (was === null) await host.remove(to, {was: id});
	else if (old === undefined) return {outcome: 'conflict', why: `the previous ${to} is not in the stash any more`};
	else await host.replace(to, old, {was: now, id, mode: was.mode, owner: was.owner});
	await removeStamp(host, stampOf(to));
	return {outcome: 'undone'};
};

const bring = async (spec: DownloadSpec, from: string, to: string, host: Host): Promise<Fetched> => {
	let fetched: Fetched | undefined;
	await host.act(`fetch ${from} to ${to}`, async () => {
		fetched = await fetchFile({
			from,
			to,
			limit: spec.limit ?? 1024 ** 3,
			progress: (done, of) => host.progress(done, of),
		});
	});
	if (fetched === undefined) throw new TypeError('nothing was fetched');
	return fetched;
};

const verify = async ({check, from, to}: DownloadSpec, part: string, fetched: Fetched, host: Host): Promise<void> => {
	if ('signature' in check) {
		const home = join(dirname(to), `.${basename(to)}.host-setup.gnupg~`);
		await clear(host, home);
		await host.mkdir(home, {mode: 0o700, owner: 'root:root'});
		try {
			const [signature, key] = [join(home, 'signature'), join(home, 'key')];
			const spec = {from, to, check, limit: 10_000_000};
			await bring(spec, check.signature, signature, host);
			await bring(spec, check.key, key, host);
			await verifySignature(host, home, {file: part, signature, key}, check.fingerprint);
		} finally {
			await clear(host, home);
		}
		return;
	}
	const [name, wanted, found] =
		'sha256' in check ? ['sha256', check.sha256, fetched.sha256] : ['sha512', check.sha512, fetched.sha512];
	if (wanted.toLowerCase() !== found)
		throw new Fault(
			'download.checksum',
			`${from} is not the file that was asked for: its ${name} is ${found}, not ${wanted.toLowerCase()}`,
			"Nothing was installed. Compare both with the one on the project's own site; a proxy may have answered with a page of its own.",
		);
};

/** The bytes are read only when the file is not the one of the stamp any more. */
const judge = async (spec: DownloadSpec, host: Reader): Promise<{readonly digest: string; readonly good: boolean}> => {
	const stamp = await readStamp<Stamp>(host, stampOf(spec.to));
	const digest = (await verifiedDigest(host, spec.to)) ?? '';
	if ('sha256' in spec.check) return {digest, good: digest === spec.check.sha256.toLowerCase()};
	if (stamp?.by === byOf(spec.check) && stamp.sha256 === digest) return {digest, good: true};
	return {
		digest,
		good: 'sha512' in spec.check && (await fileDigest(host, spec.to, 'sha512')) === spec.check.sha512.toLowerCase(),
	};
};

const byOf = (check: DownloadCheck): string =>
	'sha256' in check
		? `sha256:${check.sha256.toLowerCase()}`
		: 'sha512' in check
			? `sha512:${check.sha512.toLowerCase()}`
			: `key:${check.fingerprint.replace(/\s+/g, '').toUpperCase()}`;

const recordOf = (check: DownloadCheck): {readonly digest: string | null} => ({
	digest: 'sha256' in check ? check.sha256.toLowerCase() : 'sha512' in check ? check.sha512.toLowerCase() : null,
});

const wordsFor = (check: DownloadCheck): string =>
	'sha256' in check
		? `sha256 ${check.sha256}`
		: 'sha512' in check
			? `sha512 ${check.sha512.slice(0, 16)}…`
			: `signed by ${check.fingerprint}`;

const ownerOf = ({owner}: DownloadSpec): string => owner ?? 'root:root';
const stampOf = (to: string): string => `download:${to}`;
const partOf = (to: string): string => join(dirname(to), `.${basename(to)}.host-setup.part~`);
const quickOf = (path: string, host: Reader): Promise<string> => quickDigest(host, dirname(path), [basename(path)]);
