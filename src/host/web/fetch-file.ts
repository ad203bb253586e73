/** A file from elsewhere, streamed to the disk with its digests taken on the way: never whole in memory, never at its place before it is whole. */
import {createHash} from 'node:crypto';
import type {Readable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';
import {writeFault} from '../files/write-fault.ts';
import {insteadOf} from '../outgoing/way-out.ts';
import {removeName} from '../owned/change.ts';
import {newFile, readStreamAt} from '../owned/files.ts';
import {identityOf} from '../owned/pinned.ts';

export type FetchOptions = {
	/** http(s) URL or absolute local path. */
	readonly from: string;
	/** A name nobody else uses; what is there is removed first, and again when it fails. */
	readonly to: string;
	readonly limit: number;
	readonly progress: (done: number, of: number) => void;
	/** Milliseconds without a byte. */
	readonly timeout?: number;
};

/** `id` is that of the file made (`Stat.id`). */
export type Fetched = {readonly size: number; readonly sha256: string; readonly sha512: string; readonly id: string};

/** Fetches, tries again twice when the connection breaks, and syncs. Throws Fault download.status, download.too-large, download.local, http.*, file.no-space. */
export const fetchFile = async (asked: FetchOptions): Promise<Fetched> => {
	const options = {...asked, from: insteadOf(asked.from)};
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await fetchOnce(options);
		} catch (error) {
			await removeName(options.to);
			const again =
				error instanceof Fault &&
				['http.broken', 'http.timeout', 'download.short', 'download.busy'].includes(error.code);
			if (!again || attempt === 3) throw error;
			await pause(attempt * 1000);
		}
	}
};

const fetchOnce = async ({from, to, limit, progress, timeout}: FetchOptions): Promise<Fetched> => {
	const {body, length} = from.startsWith('/') ? await openLocal(from) : await openRemote(from, timeout);
	if (length !== undefined && length > limit) {
		body.destroy();
		throw tooLarge(from, limit);
	}
	const [short, long] = [createHash('sha256'), createHash('sha512')];
	const file = await newFile(to).catch(error => {
		body.destroy();
		throw writeFault(error, to);
	});
	let size = 0;
	let told = 0;
	let id = '';
	try {
		for await (const chunk of body as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > limit) throw tooLarge(from, limit);
			short.update(chunk);
			long.update(chunk);
			await file.writeFile(chunk).catch(error => {
				throw writeFault(error, to);
			});
			if (length !== undefined && performance.now() - told > 250) {
				told = performance.now();
				progress(size, length);
			}
		}
		await file.sync();
		id = identityOf(await file.stat());
	} catch (error) {
		if (error instanceof Fault || from.startsWith('/')) throw error;
		throw (await web()).httpFault(error, from);
	} finally {
		body.destroy();
		await file.close();
	}
	if (length !== undefined && size !== length)
		throw new Fault(
			'download.short',
			`${from} ended after ${size} of ${length} bytes`,
			'Run it again; if it happens again, look at the proxy in between.',
		);
	return {size, sha256: short.digest('hex'), sha512: long.digest('hex'), id};
};

/** What hangs on TLS is loaded by who goes out, not by who takes a file of this host. */
const web = () => import('./http.ts');

type Opened = {readonly body: Readable; readonly length: number | undefined};

const openRemote = async (from: string, timeout: number | undefined): Promise<Opened> => {
	const {status, body, length, url} = await (await web()).httpStream({
		url: from,
		...(timeout !== undefined && {timeout}),
	});
	if (status === 200) return {body, length};
	body.destroy();
	const hint =
		status === 404 || status === 410
			? 'Check the address and the version in it.'
			: status === 407
				? 'The proxy wants a login: answer fetching.proxy with its user and password.'
				: 'Open the address from this host to see why; then run it again.';
	throw new Fault(
		[429, 502, 503, 504].includes(status) ? 'download.busy' : 'download.status',
		`${url} answers ${status}`,
		hint,
	);
};

const openLocal = async (from: string): Promise<Opened> => {
	const found = await readStreamAt(from);
	if (found === undefined || found === 'no file')
		throw new Fault(
			'download.local',
			`${from} is ${found === undefined ? 'not there' : 'not a file'}`,
			'Put the file there, or name another place.',
		);
	return {body: found.stream, length: found.size};
};

const tooLarge = (from: string, limit: number): Fault =>
	new Fault(
		'download.too-large',
		`${from} is larger than ${Math.round(limit / 1_000_000)} MB`,
		'Check the address; if the file is right, raise its limit.',
	);
