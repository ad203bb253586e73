/** Simple binds, and what is done with a connection, with refusals as answers: a wrong password is something to know, not an error. */
import type {Client} from 'ldapts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {isKnown, reveal, Secret, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {type LdapAccount, type LdapServer, shared} from './connection.ts';

export type {LdapAccount, LdapServer} from './connection.ts';

export type LdapAnswer<T> = {readonly ok: true; readonly value: T} | LdapRefusal;
/** `code` is LDAP's own (49 wrong password, 32 no such entry), or the system's (ECONNREFUSED, ENOENT). */
export type LdapRefusal = {readonly ok: false; readonly code: number | string; readonly why: string};

/** Binds and does something with the connection. A refusal of the bind is an answer; what `use` throws becomes one too. */
export const withLdap = async <T>(
	server: LdapServer,
	use: (client: Client) => Promise<T>,
	as: LdapAccount = {dn: server.bindDn, password: server.password},
	bind: 'may be there' | 'now' = 'may be there',
): Promise<LdapAnswer<T>> => {
	if (as !== 'external' && !isKnown(as.password))
		return {ok: false, code: 'no-password', why: `the password of ${as.dn} is not known yet`};
	const connection = shared(server, as, bind);
	try {
		return {ok: true, value: await use(await connection.client)};
	} catch (error) {
		return refusal(error);
	} finally {
		connection.release();
	}
};

/** Does a bind with this name and password work? An empty password is an anonymous bind, and proves nothing. */
export const bindWorks = async (server: LdapServer, dn: string, password: Text): Promise<LdapAnswer<true>> => {
	if (isKnown(password) && reveal(password) === '')
		return {ok: false, code: 'no-password', why: 'the password is empty'};
	return withLdap(server, async () => true as const, {dn, password}, 'now');
};

/** What a journal may hold of a server; the password goes to the stash. */
export const ldapRecord = (server: LdapServer): Json =>
	server.kind === 'local'
		? {kind: 'local', suffix: server.suffix, bindDn: server.bindDn}
		: {
				kind: 'remote',
				uri: server.uri,
				bindDn: server.bindDn,
				mayChange: server.mayChange,
				startTls: server.startTls ?? false,
				...(server.ca !== undefined && {ca: server.ca}),
			};

/** A server from a journal and the stashed password. */
export const ldapFrom = (record: Json, password: Uint8Array | undefined): LdapServer => {
	const server = record as unknown as LdapServer;
	return {
		...server,
		password: [new Secret(`the password of ${server.bindDn}`, Buffer.from(password ?? '').toString('utf8'))],
	};
};

export const ldapName = (server: LdapServer): string =>
	server.kind === 'local' ? 'the directory of this host' : server.uri;

/** An existing directory is only read unless the operator allowed more. Throws Fault 'ldap.read-only'. */
export const refuseLdapUnlessAllowed = (server: LdapServer, what: string): void => {
	if (server.kind === 'remote' && !server.mayChange)
		throw new Fault(
			'ldap.read-only',
			`${what} is not as wanted on ${server.uri}, which setup may only read`,
			'Have it changed there by whoever looks after that directory, or answer that setup may change it.',
		);
};

const refusal = (error: unknown): LdapRefusal => {
	if (error instanceof Fault || error instanceof Blocked) throw error;
	const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
	const code =
		typeof first === 'object' &&
		first !== null &&
		'code' in first &&
		(typeof first.code === 'number' || typeof first.code === 'string')
			? first.code
			: '';
	const words = lastLines(first instanceof Error ? first.message : String(first), 1)[0] ?? '';
	return {
		ok: false,
		code,
		why:
			code === 49
				? 'the name or the password is wrong'
				: words.replace(/ Code: 0x[0-9a-f]+$/i, '') || `LDAP error ${code}`,
	};
};
