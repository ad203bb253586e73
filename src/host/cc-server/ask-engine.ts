/** An engine elsewhere, asked as CC-Server asks it: over TLS, with the client's certificate that its config.toml names, and a look at the engine's own. */
import type {TLSSocket} from 'node:tls';
import {after} from '../system/patience.ts';

export type EngineQuestion = {
	readonly host: string;
	readonly port: number;
	readonly ca: Uint8Array;
	readonly certificate: Uint8Array;
	readonly key: Uint8Array;
	readonly checkName: boolean;
};

/** `why`: undefined where it answers and is who it should be. `ends`: of its certificate, in milliseconds. */
export type EngineAnswer = {readonly why: string | undefined; readonly ends: number | undefined};

const patience = 3000;

/** Never throws. */
export const askEngine = async ({
	host,
	port,
	ca,
	certificate,
	key,
	checkName,
}: EngineQuestion): Promise<EngineAnswer> => {
	const {request} = (await import('node:https')).default;
	return new Promise(resolve => {
		let ends: number | undefined;
		const end = (why: string | undefined): void => {
			over();
			asked.destroy();
			resolve({why, ends});
		};
		const options = {
			host,
			port,
			path: '/_ping',
			agent: false as const,
			ca: Buffer.from(ca),
			cert: Buffer.from(certificate),
			key: Buffer.from(key),
			minVersion: 'TLSv1.2' as const,
			// Looked at below: one that has ended tells when.
			rejectUnauthorized: false,
			...(!checkName && {checkServerIdentity: () => undefined}),
		};
		const asked = request(options);
		const over = after(patience, () => end(`no answer within ${patience / 1000} s`));
		asked
			.on('socket', plain => {
				const socket = plain as TLSSocket;
				socket.on('secureConnect', () => {
					const until = Date.parse(socket.getPeerCertificate().valid_to);
					if (Number.isFinite(until)) ends = until;
					if (!socket.authorized) end(inWords(String(socket.authorizationError)));
				});
			})
			.on('response', message =>
				end(message.statusCode === 200 ? undefined : `it answers ${message.statusCode}, and is no engine`),
			)
			.on('error', error => end(inWords((error as NodeJS.ErrnoException).code ?? error.message)))
			.end();
	});
};

const inWords = (code: string): string =>
	words[code] ?? (/ALERT|SSL/.test(code) ? `it refuses our certificate (${code})` : code);

const words: Readonly<Record<string, string>> = {
	CERT_HAS_EXPIRED: 'its certificate has ended',
	CERT_NOT_YET_VALID: 'its certificate is not valid yet',
	ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
	'Error [ERR_TLS_CERT_ALTNAME_INVALID]': 'its certificate is for another name',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is of another authority',
	SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of another authority',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of another authority',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of another authority',
	ECONNREFUSED: 'nobody takes connections there',
	EHOSTUNREACH: 'no way leads there',
	ENETUNREACH: 'no way leads there',
	ENOTFOUND: 'its name is not known',
	ECONNRESET: 'it closed the connection, as an engine does that does not know our certificate',
};
