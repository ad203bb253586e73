/** Which certificate the servers of this host present that were told to present this one: by a handshake with each, for its name. */
import {X509Certificate} from 'node:crypto';
import type {Served} from '#host/certificates/certificates.ts';
import {shortName} from '#host/certificates/chain.ts';
import {ifTold} from '#host/see.ts';
import type {Listener} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {smtpCertificate} from '#host/web/smtp-certificate.ts';
import type {Seen} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {notListening, reachable, seen} from './seeing.ts';

export type Shows = {readonly seen: Seen; readonly other?: string; readonly unit?: string | undefined};

/** What the server presents. A file that nobody serves has no process that could show another. Throws Blocked. */
export const presented = async (
	leaf: X509Certificate,
	served: readonly Served[],
	sockets: readonly Listener[],
	root: string,
): Promise<Shows> => {
	if (served.length === 0)
		return {seen: seen('no server is told to present it', 'the configurations of nginx, Apache and Postfix')};
	// One of them may have been reloaded, and another not.
	const doors = new Map(
		served.map(one => [`${one.by} ${one.listen?.address} ${one.listen?.port} ${nameFor(one)}`, one] as const),
	);
	const asked = [...doors.values()].slice(0, most).map(one => presentedBy(leaf, one, sockets, root));
	const told = (await Promise.allSettled(asked)).flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
	return told.find(({other}) => other !== undefined) ?? asked[0]!;
};

/** Handshakes for one certificate. */
const most = 6;

const nameFor = ({names}: Served): string | undefined => names.find(word => !word.startsWith('*'));

const presentedBy = async (
	leaf: X509Certificate,
	one: Served,
	sockets: readonly Listener[],
	root: string,
): Promise<Shows> => {
	const {port, address} = one.listen ?? {port: 25, address: undefined};
	const host = root === '/' ? reachable(sockets, port, address) : undefined;
	if (host === undefined) throw new Blocked(notListening(port, root));
	const name = nameFor(one);
	const first = one.by === 'postfix' ? await smtpCertificate(host, port) : await httpsCertificate(host, port, name);
	const raw =
		one.by === 'postfix' ? first : await ofItsKind(leaf, first, sigalgs => httpsCertificate(host, port, name, sigalgs));
	const where = `TLS handshake with ${host}:${port}${name === undefined ? '' : ` for ${name}`}`;
	if (raw.equals(leaf.raw)) return {seen: seen('the one in the file', where)};
	const shown = new X509Certificate(raw);
	const other = `another one: ${shortName(shown.subject)}, until ${shown.validToDate.toISOString().slice(0, 10)} (${one.unit})`;
	return {seen: seen(other, where), other, unit: one.unit};
};

/** A server may have a certificate for each kind of key, and shows the one that it likes best: then it is asked again by somebody who takes only this kind. */
const ofItsKind = async (
	leaf: X509Certificate,
	first: Buffer,
	ask: (sigalgs: string) => Promise<Buffer>,
): Promise<Buffer> => {
	const kind = leaf.publicKey.asymmetricKeyType ?? '';
	const sigalgs = signatures[kind];
	if (sigalgs === undefined || new X509Certificate(first).publicKey.asymmetricKeyType === kind) return first;
	return (await ifTold(() => ask(sigalgs))) ?? first;
};

const signatures: Readonly<Record<string, string>> = {
	rsa: 'RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512',
	ec: 'ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512',
};

const httpsCertificate = async (
	host: string,
	port: number,
	name: string | undefined,
	sigalgs?: string,
): Promise<Buffer> => {
	const {certificates: raw} = await askLocal({
		host,
		port,
		tls: true,
		path: '/',
		...(name !== undefined && {name}),
		...(sigalgs !== undefined && {sigalgs}),
	});
	if (raw[0] === undefined) throw new Blocked({because: 'unreadable', need: `${host}:${port} presents no certificate`});
	return raw[0];
};
