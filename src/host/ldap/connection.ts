/**
 * Connections to directories. A local slapd is reached through its Unix socket, so that nothing depends on where it listens and no
 * password crosses a network. One connection per account serves everybody who asks at the same time.
 */
import {readFile} from 'node:fs/promises';
import {connect, type Socket} from 'node:net';
import type {Client} from 'ldapts';
import {reveal, type Text} from '#model/secret.ts';
import {bounded, soonSecured} from '../bounded-socket.ts';
import {sha256} from '../files/stash.ts';
import {createReader} from '../reader.ts';
import {refuseStrangers} from '../system/who-answers.ts';

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
			/** Milliseconds to wait, for connecting and for an answer. Default 10 s and 30 s. */
			readonly patience?: number;
	  };

/** How to bind: with the server's own account, as another, or as root of this host (EXTERNAL). */
export type LdapAccount = {readonly dn: string; readonly password: Text} | 'external';

const ldapiSocket = '/var/run/slapd/ldapi';

type Shared = {readonly client: Promise<Client>; bound: boolean; closed: boolean; users: number};
const open = new Map<string, Shared>();
const idle = 20;

/** A proof of a password wants a bind of its own time: one that is still under way will do, one that is over may be a password ago. */
export const shared = (
	server: LdapServer,
	as: LdapAccount,
	bind: 'may be there' | 'now',
): Shared & {release(): void} => {
	const key = sha256(
		JSON.stringify([
			server.kind === 'local' ? 'local' : [server.uri, server.startTls, server.ca],
			as === 'external' ? as : [as.dn, reveal(as.password)],
		]),
	);
	const there = open.get(key);
	const one = there && !(bind === 'now' && there.bound) ? there : begun(server, as);
	open.set(key, one);
	one.users += 1;
	const forget = (): void => {
		if (open.get(key) === one) open.delete(key);
	};
	one.client.catch(forget);
	const close = (): void => {
		if (one.users > 0 || one.closed) return;
		one.closed = true;
		forget();
		one.client
			.then(client => client.unbind())
			.catch(() => {
				// It was refused, or the server has closed it already.
			});
	};
	return {
		...one,
		release: () => {
			one.users -= 1;
			if (one.users === 0) setTimeout(close, idle);
		},
	};
};

const begun = (server: LdapServer, as: LdapAccount): Shared => {
	const one: Shared = {client: connected(server, as), bound: false, closed: false, users: 0};
	one.client.then(
		() => {
			one.bound = true;
		},
		() => {
			// Whoever waits for it is told.
		},
	);
	return one;
};

/** Of all that a directory says on one connection. */
const largest = 32 * 1024 * 1024;

/** A directory may stand on this host all the same, on a port that anybody can take while it is down. */
const refuseStrangersAt = async (uri: string): Promise<void> => {
	const {hostname, port, protocol} = new URL(uri);
	const place = {
		host: hostname.replace(/^\[|\]$/g, ''),
		port: Number(port) || (protocol === 'ldaps:' ? 636 : 389),
	};
	// What only root may listen on, no stranger can.
	if (place.port >= 1024) await refuseStrangers(createReader(), place, ['openldap', 'ldap', 'dirsrv']);
};

const connected = async (server: LdapServer, as: LdapAccount): Promise<Client> => {
	const [{Client}, {default: tls}] = await Promise.all([import('ldapts'), import('node:tls')]);
	if (server.kind === 'remote') await refuseStrangersAt(server.uri);
	const patience = (server.kind === 'remote' && server.patience) || 10_000;
	const secure =
		server.kind === 'remote' ? (server.ca === undefined ? {} : {ca: await readFile(server.ca)}) : undefined;
	const client =
		server.kind === 'local'
			? new Client({
					url: 'ldap://localhost',
					connectTimeout: 10_000,
					timeout: 30_000,
					createConnection: (): Socket => connect({path: ldapiSocket}),
				})
			: new Client({
					url: server.uri,
					connectTimeout: patience,
					timeout: server.patience ?? 30_000,
					createConnection: ((port: number, name: string) => bounded(connect(port, name), largest)) as typeof connect,
					createSecureConnection: ((...where: Parameters<typeof tls.connect>) =>
						soonSecured(bounded(tls.connect(...where), largest), patience)) as typeof tls.connect,
					...(server.uri.startsWith('ldaps:') && {tlsOptions: secure ?? {}}),
				});
	try {
		if (server.kind === 'remote' && server.startTls)
			await client.startTLS({...secure, host: new URL(server.uri).hostname});
		await (as === 'external' ? client.bind('EXTERNAL') : client.bind(as.dn, reveal(as.password)));
		return client;
	} catch (error) {
		await client.unbind().catch(() => {});
		throw error;
	}
};
