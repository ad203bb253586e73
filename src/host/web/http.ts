/**
 * HTTP from inside the process: a bare host has no curl, and apt-helper says neither status nor cause. Proxies come from the answers or the
 * environment (../outgoing/); the host's own certificate store is trusted beside Node's, whatever flags Node was started with.
 */
import {readFileSync} from 'node:fs';
import http, {type IncomingMessage} from 'node:http';
import https from 'node:https';
import {isIP} from 'node:net';
import {getCACertificates} from 'node:tls';
import {Fault} from '#model/fault.ts';
import {reveal, type Secret, type Text} from '#model/secret.ts';
import {fetchVariables} from '../outgoing/way-out.ts';
import type {CookieJar} from './cookies.ts';

export type HttpOptions = {
	readonly url: string;
	readonly method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Text;
	/** HTTP Basic. With it no redirect is followed: it would be told elsewhere. */
	readonly login?: {readonly user: string; readonly password: Text | Secret};
	/** Where to connect instead of the URL's host, `http://127.0.0.1:80`; the Host header stays the URL's. No proxy then. */
	readonly address?: string;
	/** Milliseconds without a byte. Default 30 s. */
	readonly timeout?: number;
	/** Milliseconds for all of it, redirects and the body included, however slowly it drips. Default 2 min for a question, 4 hours for a stream. */
	readonly deadline?: number;
	/** Default 10. */
	readonly redirects?: number;
	readonly jar?: CookieJar;
	/** A certificate in PEM that is trusted besides: a proof asks the server whose own certificate it knows. */
	readonly trust?: string;
};

export type HttpAnswer = {
	readonly status: number;
	readonly headers: http.IncomingHttpHeaders;
	readonly body: string;
	readonly url: string;
};

/** Asks and gives the answer, whatever its status; the body as text up to 2 MB. Throws Fault http.dns, http.tls, http.refused, http.timeout, http.broken. */
export const httpAsk = async (options: HttpOptions): Promise<HttpAnswer> => {
	const signal = AbortSignal.timeout(options.deadline ?? 120_000);
	const {message, url} = await open(options, signal);
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of message) {
			chunks.push(chunk as Buffer);
			size += (chunk as Buffer).length;
			if (size > largestBody) break;
		}
	} catch (error) {
		throw httpFault(error, url);
	}
	// A body without a length that is cut off looks whole.
	if (signal.aborted && size <= largestBody) throw httpFault(signal.reason, url);
	return {status: message.statusCode ?? 0, headers: message.headers, body: Buffer.concat(chunks).toString('utf8'), url};
};

const largestBody = 2_000_000;

/** The body as a stream of bytes, redirects followed. The caller reads it to its end or destroys it; a broken connection throws there: see httpFault. */
export const httpStream = async (
	options: HttpOptions,
): Promise<{
	readonly status: number;
	readonly length: number | undefined;
	readonly body: IncomingMessage;
	readonly url: string;
}> => {
	const {message, url} = await open(options, AbortSignal.timeout(options.deadline ?? 4 * 3_600_000));
	const length = Number(message.headers['content-length']);
	return {status: message.statusCode ?? 0, length: Number.isFinite(length) ? length : undefined, body: message, url};
};

/** What went wrong on the way, for the operator. */
export const httpFault = (error: unknown, url: string): unknown => {
	if (error instanceof Fault) return error;
	// The deadline for the whole has a number of its own, from the DOM.
	const code = String((error as NodeJS.ErrnoException).code ?? '').replace(/^23$/, 'ABORT_ERR');
	const {host} = new URL(url);
	const cause = {cause: error, details: [error instanceof Error ? error.message : String(error)]};
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
		return new Fault(
			'http.dns',
			`${host} has no address here`,
			'Check the name and the name service (getent hosts NAME); behind a proxy, answer fetching.proxy.',
			cause,
		);
	if (/CERT|SSL|TLS|ISSUER|SELF_SIGNED|EPROTO/.test(code))
		return new Fault(
			'http.tls',
			`${host} did not show a certificate this host trusts`,
			'If a proxy with its own authority is in between, put its certificate into /usr/local/share/ca-certificates and run update-ca-certificates. See that the clock is right.',
			cause,
		);
	if (code === 'ECONNREFUSED')
		return new Fault(
			'http.refused',
			`nothing answers at ${host}`,
			'See whether the server runs and listens there, and whether a firewall is in between.',
			cause,
		);
	if (code === 'ETIMEDOUT' || code === 'ABORT_ERR' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
		return new Fault(
			'http.timeout',
			`${host} did not answer in time`,
			'Check the network and the proxy (fetching.proxy in the answers), then run it again.',
			cause,
		);
	return new Fault(
		'http.broken',
		`the connection to ${host} broke${code === '' ? '' : ` (${code})`}`,
		'Run it again; if it happens again, look at the network and the proxy.',
		cause,
	);
};

const open = async (
	options: HttpOptions,
	signal: AbortSignal,
): Promise<{readonly message: IncomingMessage; readonly url: string}> => {
	let {url, method = 'GET', body} = options;
	for (let hops = options.login ? 0 : (options.redirects ?? 10); ; hops -= 1) {
		const message = await send({...options, url, method}, body, signal).catch(error => {
			throw httpFault(error, url);
		});
		options.jar?.keep(message.headers['set-cookie'] ?? []);
		const {location} = message.headers;
		if (hops <= 0 || location === undefined || ![301, 302, 303, 307, 308].includes(message.statusCode ?? 0))
			return {message, url};
		// Its body is nobody's business, and may have no end.
		message.destroy();
		const next = new URL(location, url);
		if (
			!/^https?:$/.test(next.protocol) ||
			(url.startsWith('https:') && next.protocol === 'http:' && options.address === undefined)
		)
			throw new Fault(
				'http.redirect',
				`${url} leads to ${next.href}, which is not safe to follow`,
				'Name the final https address in the answers.',
			);
		url = next.href;
		if ((message.statusCode ?? 0) < 307) {
			method = 'GET';
			body = undefined;
		}
	}
};

const send = (
	{url, method, headers = {}, address, timeout = 30_000, jar, trust, login}: HttpOptions,
	body: Text | undefined,
	signal: AbortSignal,
): Promise<IncomingMessage> =>
	new Promise((resolve, reject) => {
		const [wanted, to] = [new URL(url), new URL(address ?? url)];
		const secure = to.protocol === 'https:';
		const bytes = body === undefined ? undefined : Buffer.from(reveal(body));
		const cookie = jar?.header();
		const request = (secure ? https : http).request(
			{
				host: to.hostname.replace(/^\[|\]$/g, ''),
				port: to.port === '' ? (secure ? 443 : 80) : Number(to.port),
				path: `${wanted.pathname}${wanted.search}`,
				method,
				headers: {
					host: wanted.host,
					'user-agent': 'host-setup',
					accept: '*/*',
					...(bytes && {'content-length': String(bytes.length)}),
					...(cookie && {cookie}),
					...headers,
				},
				agent: secure && trust !== undefined ? trusting(trust) : agentFor(secure, address === undefined),
				...(wanted.username !== '' && {
					auth: `${decodeURIComponent(wanted.username)}:${decodeURIComponent(wanted.password)}`,
				}),
				...(login && {auth: `${login.user}:${reveal(login.password)}`}),
				...(secure && isIP(wanted.hostname.replace(/^\[|\]$/g, '')) === 0 && {servername: wanted.hostname}),
				timeout,
				signal,
			},
			resolve,
		);
		request.on('timeout', () =>
			request.destroy(Object.assign(new Error(`no byte for ${timeout / 1000} s`), {code: 'ETIMEDOUT'})),
		);
		request.on('error', reject);
		request.end(bytes);
	});

const agents = new Map<string, http.Agent>();

/** One agent for each way, made when first used: reading the certificates takes 60 ms. */
const agentFor = (secure: boolean, proxied: boolean): http.Agent => {
	const way = proxied ? fetchVariables() : {};
	const key = JSON.stringify([secure, proxied, way]);
	const known = agents.get(key);
	if (known) return known;
	const options = proxied ? {proxyEnv: {...process.env, ...way}} : {};
	const agent = secure ? new https.Agent({...options, ca: authorities()}) : new http.Agent(options);
	agents.set(key, agent);
	return agent;
};

/** An agent's own authorities go before those of a request: what one question trusts has an agent of its own. */
const trusting = (certificate: string): http.Agent =>
	new https.Agent({ca: [...authorities(), certificate], allowPartialTrustChain: true});

const authorities = (): string[] => [
	...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...named(process.env['SSL_CERT_FILE'])]),
];

const named = (file: string | undefined): readonly string[] => {
	try {
		return file === undefined
			? []
			: (readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []);
	} catch {
		return [];
	}
};
