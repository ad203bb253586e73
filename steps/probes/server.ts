/** Does a server answer at all, and is its certificate one that the install will trust? */
import {readFile} from 'node:fs/promises';
import {connect, isIP, type Socket} from 'node:net';
import {connect as secure, type TLSSocket} from 'node:tls';
import type {Probe, Probed} from '#model/step.ts';
import {connectionWords, failed, inTime, ok, warn} from './in-time.ts';

export type ServerProbe = {
	readonly id: string;
	readonly about: readonly string[];
	readonly host: string;
	readonly port: number;
	/** 'ldap': after StartTLS. */
	readonly tls?: 'at once' | 'ldap';
	/** A PEM file of the authority. */
	readonly ca?: string | undefined;
};

/** Name found, port open, certificate trusted, fitting and not about to end. */
export const serverAnswers = ({id, about, host, port, tls, ca}: ServerProbe): Probe => ({
	id,
	about,
	title: `${host}:${port} answers`,
	run: reader =>
		inTime(reader, async signal => {
			const started = performance.now();
			const name = `${host}:${port}`;
			let outer = connect({host, port});
			// Node dies of a socket that is destroyed under its TLS: only the outermost is.
			signal.addEventListener('abort', () => outer.destroy(), {once: true});
			try {
				const socket = await opened(outer, 'connect');
				const took = Math.max(1, Math.round(performance.now() - started));
				if (tls === undefined) return ok(`${name} answers in ${took} ms`);
				if (tls === 'ldap') await startTls(socket, signal);
				const options = {
					socket,
					rejectUnauthorized: false,
					...(isIP(host) === 0 && {servername: host}),
					...(ca !== undefined && {ca: await readFile(ca)}),
				};
				const secured = secure(options);
				outer = secured;
				return judged(await opened(secured, 'secureConnect'), `${name} answers in ${took} ms`);
			} catch (error) {
				const {code = '', message} = error as NodeJS.ErrnoException;
				return failed(code === 'ENOENT' ? `${ca} is not there` : connectionWords(code, message, name));
			}
		}),
});

/** Where an LDAP URI leads. */
export const serverOf = (uri: string, startTls: boolean): Pick<ServerProbe, 'host' | 'port' | 'tls'> => {
	const {protocol, hostname, port} = new URL(uri);
	const secured = protocol === 'ldaps:';
	return {
		host: hostname.replace(/^\[|\]$/g, ''),
		port: port === '' ? (secured ? 636 : 389) : Number(port),
		...(secured ? {tls: 'at once'} : startTls ? {tls: 'ldap'} : {}),
	};
};

/** The socket once it is open. */
const opened = async <S extends Socket>(socket: S, event: string): Promise<S> => {
	await new Promise<void>((resolve, reject) => {
		socket
			.once(event, resolve)
			.once('error', error => reject(error instanceof AggregateError ? error.errors[0] : error));
		socket.once('close', () => reject(new Error('the server closed the connection')));
	});
	socket.on('error', () => {
		// It is about to be destroyed anyway.
	});
	return socket;
};

const judged = (socket: TLSSocket, line: string): Probed => {
	const ends = new Date(socket.getPeerCertificate().valid_to);
	const until = Number.isNaN(ends.getTime()) ? '' : `, TLS until ${ends.toISOString().slice(0, 10)}`;
	const fault = socket.authorizationError;
	if (fault)
		return failed(
			`${line}${until}, but its certificate is not trusted: ${words[String(fault)] ?? String(fault instanceof Error ? fault.message : fault)}`,
		);
	const days = (ends.getTime() - Date.now()) / 86_400_000;
	return days < 21 ? warn(`${line}${until}: ${Math.floor(days)} days left`) : ok(`${line}${until}`);
};

const words: Readonly<Record<string, string>> = {
	CERT_HAS_EXPIRED: 'it has expired',
	CERT_NOT_YET_VALID: 'it is not valid yet, or the clock here is wrong',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
	SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
	ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
};

/** RFC 4511, 4.14: asks for TLS on a connection that began without. */
const startTls = async (socket: Socket, signal: AbortSignal): Promise<void> => {
	const name = Buffer.from('1.3.6.1.4.1.1466.20037');
	socket.write(
		Buffer.concat([
			Buffer.from([0x30, name.length + 7, 0x02, 0x01, 0x01, 0x77, name.length + 2, 0x80, name.length]),
			name,
		]),
	);
	const answer = await new Promise<Buffer>((resolve, reject) => {
		socket.once('data', resolve);
		socket.once('close', () => reject(new Error('the server closed the connection')));
		signal.addEventListener('abort', () => reject(new Error('no answer to StartTLS')), {once: true});
	});
	// messageID, then ExtendedResponse with resultCode success.
	if (!answer.includes(Buffer.from([0x0a, 0x01, 0x00]))) throw new Error('the server refuses StartTLS');
};
