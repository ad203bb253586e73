/**
 * How the application itself logs in to its PostgreSQL, where its settings say so in plain words and that server is on this host: then what Django wrote
 * there is asked in the same way, with the same rights, and no Python is started for it (half a second of a look).
 */
import {entriesOf} from '#edit/line-formats/hosts.ts';
import type {PyRead} from '#edit/python/literals.ts';
import type {Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {textOf} from '../files/text-of.ts';
import type {PostgresServer} from '../postgres/client.ts';
import type {DjangoProject} from './project.ts';

/** As the settings write it. */
export type OwnLogin = {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: Secret;
	readonly database: string;
};

/** Keys of DATABASES['default'] that change nothing of where and how Django connects. */
const harmless = new Set(['CONN_MAX_AGE', 'CONN_HEALTH_CHECKS', 'ATOMIC_REQUESTS', 'AUTOCOMMIT', 'TEST']);

/** Out of DATABASES['default']; undefined where anything of it is not plain, or is more than a login over TCP. */
export const ownLoginOf = (database: PyRead | undefined, file: string): OwnLogin | undefined => {
	if (database === undefined || !('dict' in database)) return undefined;
	const values = new Map(database.dict);
	const plain = (key: string): string | undefined => {
		const value = values.get(key);
		if (value === undefined) return '';
		if ('text' in value) return value.text;
		return 'number' in value ? String(value.number) : undefined;
	};
	const [engine, name, user, password, host, port] = ['ENGINE', 'NAME', 'USER', 'PASSWORD', 'HOST', 'PORT'].map(plain);
	const known = [...values.keys()].every(key => key !== undefined && (harmless.has(key) || login.has(key)));
	if (
		!known ||
		values.size !== database.dict.length ||
		!/^django\.db\.backends\.postgresql(_psycopg2)?$/.test(engine ?? '')
	)
		return undefined;
	if (!name || !user || !password || !host || !/^\d*$/.test(port ?? '-')) return undefined;
	return {
		host,
		port: Number(port) || 5432,
		user,
		password: new Secret(`the database's password in ${file}`, password),
		database: name,
	};
};

const login = new Set(['ENGINE', 'NAME', 'USER', 'PASSWORD', 'HOST', 'PORT']);

/** For a project that is looked at; undefined where the server is not at an address of the loopback that only this host's own files name. */
export const ownDatabase = async (
	host: Reader,
	to: OwnLogin | undefined,
): Promise<NonNullable<DjangoProject['database']> | undefined> => {
	if (to === undefined || host.root !== '/') return undefined;
	const address = isLoopback(to.host) ? to.host : await loopbackCalled(host, to.host);
	if (address === undefined) return undefined;
	const server: PostgresServer = {
		kind: 'remote',
		host: address,
		port: to.port,
		user: to.user,
		password: [to.password],
		tls: 'off',
		patience: 3000,
		mayChange: false,
	};
	return {server, name: to.database, orDjango: true};
};

const isLoopback = (name: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(name);

const loopbackCalled = async (host: Reader, name: string): Promise<string | undefined> => {
	const called = entriesOf((await textOf(host, '/etc/hosts')) ?? '').filter(({names}) =>
		names.some(one => one.name.toLowerCase() === name.toLowerCase()),
	);
	return called.length > 0 && called.every(({address}) => isLoopback(address)) ? called[0]?.address : undefined;
};
