/** Whether two files are a certificate and its key: what a probe, a plan and a proof ask before a server has to. */
import {createPrivateKey, X509Certificate} from 'node:crypto';
import {isIP} from 'node:net';
import type {Reader} from '#model/host.ts';

export type PairPaths = {readonly certificate: string; readonly key: string};

export type Pair =
	| {readonly is: 'missing'; readonly path: string}
	/** Not PEM, or a key with a passphrase. */
	| {readonly is: 'unreadable'; readonly of: 'certificate' | 'key'; readonly path: string}
	/** The key of another certificate. */
	| {readonly is: 'other'}
	| {readonly is: 'pair'; readonly certificate: X509Certificate; readonly from: Date; readonly until: Date};

/** Throws Blocked for what may not be read. */
export const readPair = async ({certificate, key}: PairPaths, host: Reader): Promise<Pair> => {
	const [pem, secret] = [await host.read(certificate), await host.read(key)];
	if (pem === undefined) return {is: 'missing', path: certificate};
	if (secret === undefined) return {is: 'missing', path: key};
	const read = parsed(() => new X509Certificate(pem));
	const own = parsed(() => createPrivateKey(Buffer.from(secret)));
	if (!read) return {is: 'unreadable', of: 'certificate', path: certificate};
	if (!own) return {is: 'unreadable', of: 'key', path: key};
	if (!read.checkPrivateKey(own)) return {is: 'other'};
	return {is: 'pair', certificate: read, from: new Date(read.validFrom), until: new Date(read.validTo)};
};

/** Those of the names and addresses that it is not for. */
export const notFor = (certificate: X509Certificate, names: readonly string[]): readonly string[] =>
	names.filter(name => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) === undefined);

/** 2026-11-29, as a person writes it. */
export const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** The parser's own words may quote what it read. */
const parsed = <T>(read: () => T): T | undefined => {
	try {
		return read();
	} catch {
		return undefined;
	}
};
