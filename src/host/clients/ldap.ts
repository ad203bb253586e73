/**
 * Simple binds, entries and their changes, through ldapts. A local slapd is reached through its Unix socket, so that nothing
 * depends on where it listens and no password crosses a network. One connection per account serves everybody who asks at the same time.
 */
import {readFile} from 'node:fs/promises';
import {connect, type Socket} from 'node:net';
import type {Client} from 'ldapts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {isKnown, reveal, Secret, type Text} from '#model/secret.ts';
import {lastLines} from '../run.ts';
import {sha256} from '../stash.ts';

export type LdapServer =
	/** slapd on this host, over ldapi. `suffix` says which of its databases. */
	| {readonly kind: 'local'; readonly suffix: string; readonly bindDn: string; readonly password: Text}
	/** A directory that runs already: read only, unless an answer says that we may change it. `base`: the entry that is there already. */
	| {
			readonly kind: 'remote';
			readonly uri: string;
			readonly bindDn: string;
			readonly password: Text;
			readonly startTls?: boolean;
			readonly ca?: string;
			readonly base?: string;
			readonly mayChange: boolean;
	  };

/** How to bind: with the server's own account, as another, or as root of this host (EXTERNAL). */
export type LdapAccount = {readonly dn: string; readonly password: Text} | 'external';

export type LdapAnswer<T> = {readonly ok: true; readonly value: T} | LdapRefusal;
/** `code` is LDAP's own (49 wrong password, 32 no such entry), or the system's (ECONNREFUSED, ENOENT). */
export type LdapRefusal = {readonly ok: false; readonly code: number | string; readonly why: string};

const ldapiSocket = '/var/run/slapd/ldapi';

/** Binds and does something with the connection. A refusal of the bind is an answer; what `use` throws becomes one too. */
export const withLdap = async <T>(
	server: LdapServer,
	use: (client: Client) => Promise<T>,
	as: LdapAccount = {dn: server.bindDn, password: server.password},
): Promise<LdapAnswer<T>> => {
	if (as !== 'external' && !isKnown(as.password)) return {ok: false, code: 'no-password', why: `the password of ${as.dn} is not known yet`};
	const connection = await shared(server, as);
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
	if (isKnown(password) && reveal(password) === '') return {ok: false, code: 'no-password', why: 'the password is empty'};
	return withLdap(server, async () => true as const, {dn, password});
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
	return {...server, password: [new Secret(`the password of ${server.bindDn}`, Buffer.from(password ?? '').toString('utf8'))]};
};

export const ldapName = (server: LdapServer): string => (server.kind === 'local' ? 'the directory of this host' : server.uri);

/** An existing directory is only read unless the operator allowed more. Throws Fault 'ldap.read-only'. */
export const refuseLdapUnlessAllowed = (server: LdapServer, what: string): void => {
	if (server.kind === 'remote' && !server.mayChange)
		throw new Fault(
			'ldap.read-only',
			`${what} is not as wanted on ${server.uri}, which setup may only read`,
			'Have it changed there by whoever looks after that directory, or answer that setup may change it.',
		);
};

type Shared = {readonly client: Promise<Client>; users: number; readonly release: () => void};
const open = new Map<string, Shared>();
const idle = 20;

const shared = async (server: LdapServer, as: LdapAccount): Promise<Shared> => {
	const key = sha256(JSON.stringify([ldapRecord(server), as === 'external' ? as : [as.dn, reveal(as.password)]]));
	const known = open.get(key);
	if (known) {
		known.users += 1;
		return known;
	}
	const opened: Shared = {
		client: connected(server, as),
		users: 1,
		release: () => {
			opened.users -= 1;
			if (opened.users === 0) setTimeout(() => opened.users === 0 && close(key, opened), idle);
		},
	};
	open.set(key, opened);
	opened.client.catch(() => open.delete(key));
	return opened;
};

const close = (key: string, {client}: Shared): void => {
	open.delete(key);
	client
		.then(one => one.unbind())
		.catch(() => {
			// It was refused, or the server has closed it already.
		});
};

const connected = async (server: LdapServer, as: LdapAccount): Promise<Client> => {
	const {Client} = await import('ldapts');
	const secure = server.kind === 'remote' ? (server.ca === undefined ? {} : {ca: await readFile(server.ca)}) : undefined;
	const client =
		server.kind === 'local'
			? new Client({url: 'ldap://localhost', connectTimeout: 10_000, timeout: 30_000, createConnection: (): Socket => connect({path: ldapiSocket})})
			: new Client({url: server.uri, connectTimeout: 10_000, timeout: 30_000, ...(server.uri.startsWith('ldaps:') && {tlsOptions: secure ?? {}})});
	try {
		if (server.kind === 'remote' && server.startTls) await client.startTLS({...secure, host: new URL(server.uri).hostname});
		await (as === 'external' ? client.bind('EXTERNAL') : client.bind(as.dn, reveal(as.password)));
		return client;
	} catch (error) {
		await client.unbind().catch(() => {});
		throw error;
	}
};

const refusal = (error: unknown): LdapRefusal => {
	if (error instanceof Fault) throw error;
	const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
	const code =
		typeof first === 'object' && first !== null && 'code' in first && (typeof first.code === 'number' || typeof first.code === 'string') ? first.code : '';
	const words = lastLines(first instanceof Error ? first.message : String(first), 1)[0] ?? '';
	return {ok: false, code, why: code === 49 ? 'the name or the password is wrong' : words.replace(/ Code: 0x[0-9a-f]+$/i, '') || `LDAP error ${code}`};
};
