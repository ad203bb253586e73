/**
 * An index of Python packages in front of the real one, which keeps every file that pip takes through it: what an environment needs to be made again, the
 * packages with which others are built included, is known by nobody beforehand, and by pip itself only while it installs.
 */
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {makeOwnDirectory} from '#host/files/own-file.ts';
import {goOutBy, outgoing} from '#host/outgoing/way-out.ts';
import {moveName, removeName} from '#host/owned/change.ts';
import {readStreamAt} from '#host/owned/files.ts';
import {fetchFile} from '#host/web/fetch-file.ts';
import {httpStream} from '#host/web/http.ts';
import {Fault} from '#model/fault.ts';
import {type Link, linksOf, pageOf} from './index-page.ts';

export type Recorder = {
	/** For pip's `--index-url`. */
	readonly url: string;
	close(): Promise<void>;
};

/** Serves `upstream` (PEP 503) on this host alone, and keeps what is taken in `directory`, which is there. */
export const recordIndex = async ({
	upstream,
	directory,
}: {
	readonly upstream: string;
	readonly directory: string;
}): Promise<Recorder> => {
	const links: Link[] = [];
	const kept = new Map<string, Promise<void>>();
	const keep = (link: Link): Promise<void> => {
		const before = kept.get(link.name);
		if (before !== undefined) return before;
		const now = fetchPackage(link, directory);
		kept.set(link.name, now);
		// What failed is fetched anew when it is asked for again.
		now.catch(() => kept.delete(link.name));
		return now;
	};
	const answer = async (path: string, response: ServerResponse): Promise<void> => {
		const [, project] = /^\/simple\/([A-Za-z0-9._-]+)\/?$/.exec(path) ?? [];
		if (project !== undefined) return answerPage(upstream, project, links, response);
		const [, number] = /^\/files\/(\d+)\/[^/]+$/.exec(path) ?? [];
		const link = links[Number(number)];
		if (link === undefined) return end(response, 404);
		await keep(link);
		const found = await readStreamAt(join(directory, link.name));
		if (found === undefined || found === 'no file') return end(response, 404);
		response.writeHead(200, {'content-type': 'application/octet-stream', 'content-length': found.size});
		found.stream.pipe(response);
	};
	const server = createServer((request, response) => {
		answer(request.url ?? '', response).catch(error => {
			if (!response.headersSent) end(response, 502, error instanceof Fault ? error.sentence : String(error));
			else response.destroy();
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`,
		close: () =>
			new Promise(resolve => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
};

/** From here on pip takes its packages through it, from `index` or the one that the answers name. Gives what ends it. */
export const takeThrough = async ({
	directory,
	index,
}: {
	readonly directory: string;
	readonly index: string | undefined;
}): Promise<() => Promise<void>> => {
	await makeOwnDirectory(directory, 0o700);
	const way = outgoing();
	const {url, close} = await recordIndex({upstream: index ?? way.pip ?? 'https://pypi.org/simple', directory});
	goOutBy({...way, pip: url});
	return close;
};

const answerPage = async (
	upstream: string,
	project: string,
	links: Link[],
	response: ServerResponse,
): Promise<void> => {
	const {status, body, url} = await httpStream({
		url: `${upstream.replace(/\/+$/, '')}/${project}/`,
		headers: {accept: 'text/html'},
		deadline: 300_000,
	});
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of body as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		size += chunk.length;
		if (size > largestPage)
			throw new Fault(
				'download.too-large',
				`${url} is larger than ${largestPage / 1e6} MB`,
				'Check the address of the index.',
			);
	}
	if (status !== 200) return end(response, status === 404 || status === 410 ? 404 : 502, `${url} answers ${status}`);
	const found = linksOf(Buffer.concat(chunks).toString('utf8'), url);
	const first = links.length;
	links.push(...found);
	response.writeHead(200, {'content-type': 'text/html'});
	response.end(pageOf(found, first));
};

/** In bytes; the largest of PyPI have some 10 MB. */
const largestPage = 64_000_000;

/** In bytes: PyPI's own bound for a file is far below. */
const largestPackage = 8 * 1024 ** 3;

const fetchPackage = async ({url, name, sha256}: Link, directory: string): Promise<void> => {
	const draft = join(directory, `.${name}.part~`);
	const fetched = await fetchFile({from: url, to: draft, limit: largestPackage, progress: () => undefined});
	if (sha256 !== undefined && sha256 !== fetched.sha256) {
		await removeName(draft);
		throw new Fault(
			'download.checksum',
			`${url} is not the file that its index names: its sha256 is ${fetched.sha256}, not ${sha256}`,
			'Try again; or ask who runs the index.',
		);
	}
	await moveName(draft, join(directory, name), fetched.id);
};

const end = (response: ServerResponse, status: number, words = ''): void => {
	response.writeHead(status, {'content-type': 'text/plain'});
	response.end(`${words}\n`);
};
