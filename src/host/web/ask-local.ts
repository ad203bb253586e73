/** One HTTP question to a server of this host, by address, whatever name and certificate it has: what a check wants to see is the answer itself. */
import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';
import type {TLSSocket} from 'node:tls';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';

export type LocalQuestion = {
	readonly host: string;
	readonly port: number;
	readonly tls: boolean;
	/** The Host header, and the name asked for in TLS. null: no Host header, which a web server refuses by itself, so that no application behind it is troubled. */
	readonly name?: string | null;
	readonly path?: string;
	/** The signatures that are taken, as OpenSSL names them: of a server with several certificates that decides which one it shows. */
	readonly sigalgs?: string;
	/** Milliseconds in all; default 2 s. */
	readonly timeout?: number;
};

export type LocalAnswer = {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** Up to 64 kB. */
	readonly body: string;
	/** What it presents, the certificate itself first; empty without TLS. */
	readonly certificates: readonly Buffer[];
};

/** Follows nothing and checks no certificate. Throws Blocked: no answer in time, nobody there, nothing that is HTTP. */
export const askLocal = async (question: LocalQuestion): Promise<LocalAnswer> => {
	const {host, port, tls, name, path = '/', sigalgs, timeout = 2000} = question;
	refuseWithoutLoopback(host);
	const {request} = (tls ? await import('node:https') : await import('node:http')).default;
	const place = `${host}:${port}`;
	return new Promise((resolve, reject) => {
		const options = {
			host,
			port,
			path,
			agent: false,
			setHost: false,
			headers: {...(name !== null && {Host: name ?? 'localhost'}), Connection: 'close'},
			rejectUnauthorized: false,
			...(sigalgs !== undefined && {sigalgs}),
		};
		const asked = request({
			...options,
			...(tls && typeof name === 'string' && !/^[\d.:]+$/.test(name) && {servername: name}),
		});
		const over = after(timeout, () => {
			asked.destroy();
			reject(new Blocked({because: 'timeout', need: `${place} gave no answer within ${timeout / 1000} s`}));
		});
		asked
			.on('response', message => {
				const certificates = tls ? chainOf(message.socket as TLSSocket) : [];
				void bodyOf(message)
					.then(body => resolve({status: message.statusCode ?? 0, headers: message.headers, body, certificates}))
					.finally(() => {
						over();
						asked.destroy();
					});
			})
			.on('error', error => {
				over();
				const code = (error as NodeJS.ErrnoException).code ?? error.message;
				reject(
					new Blocked({
						because: 'unreadable',
						need:
							code === 'ECONNREFUSED'
								? `nobody takes connections on ${place}`
								: `${place} gave no HTTP answer (${code})`,
					}),
				);
			})
			.end();
	});
};

const bodyOf = async (message: IncomingMessage): Promise<string> => {
	const parts: Buffer[] = [];
	let size = 0;
	try {
		for await (const part of message) {
			parts.push(part as Buffer);
			size += (part as Buffer).length;
			if (size > 65_536) break;
		}
	} catch {
		// Cut off: what came is what there is.
	}
	return Buffer.concat(parts).toString('utf8');
};

const chainOf = (socket: TLSSocket): readonly Buffer[] => {
	const chain: Buffer[] = [];
	for (
		let one = socket.getPeerCertificate(true);
		one?.raw && !chain.some(known => known.equals(one.raw));
		one = one.issuerCertificate
	)
		chain.push(one.raw);
	return chain;
};
