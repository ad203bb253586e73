/** PostgreSQL over TCP, as an application would log in. `pg` is loaded only here, only when somebody connects. */
import {readFile} from 'node:fs/promises';
import {Socket} from 'node:net';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {isKnown, reveal, type Text} from '#model/secret.ts';
import {bounded} from '../bounded-socket.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {lastLines} from '../programs/run-program.ts';
import {refuseStrangers} from '../system/who-answers.ts';

export type PostgresAddress = {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: Text;
	/** Default: the one named as the user. */
	readonly database?: string;
	/** 'verify' checks the certificate against the host's own store, or `ca`. Default 'off' on the loopback, else 'verify'. */
	readonly tls?: 'off' | 'require' | 'verify';
	/** A PEM file. */
	readonly ca?: string;
	/** Milliseconds to wait, for connecting and for an answer. Default 10 s and 30 s. */
	readonly patience?: number;
};

export type Opened =
	| {readonly ok: true; ask(sql: Text): Promise<string>; close(): Promise<void>}
	/** `code` is the SQLSTATE or the system's error: 28P01 wrong password, 3D000 no such database, ECONNREFUSED. */
	| {readonly ok: false; readonly code: string; readonly why: string};

/** Logs in. A refusal is an answer, not an error. Throws Blocked 'unsafe' where somebody else than PostgreSQL listens there: a server may ask for the password as it is. */
export const openPostgres = async (host: Reader, to: PostgresAddress): Promise<Opened> => {
	if (!isKnown(to.password)) return {ok: false, code: 'no-password', why: 'its password is not known yet'};
	refuseWithoutLoopback(to.host);
	await refuseStrangers(host, to, ['postgres']);
	const {default: pg} = await import('pg');
	const socket = bounded(new Socket(), largest);
	const client = new pg.Client({
		stream: () => socket,
		host: to.host,
		port: to.port,
		user: to.user,
		password: reveal(to.password),
		database: to.database ?? to.user,
		ssl: await sslOf(to),
		connectionTimeoutMillis: to.patience ?? 10_000,
		query_timeout: to.patience ?? 30_000,
		application_name: 'host-setup',
	});
	client.on('error', () => {
		// A server that goes away between two questions answers the next one with the same error.
	});
	const close = async (): Promise<void> => {
		const late = setTimeout(() => socket.destroy(), goodbye);
		await client.end().catch(() => {});
		clearTimeout(late);
	};
	try {
		await client.connect();
	} catch (error) {
		await close();
		return {ok: false, ...refusalOf(error)};
	}
	return {
		ok: true,
		async ask(sql) {
			try {
				const result = (await client.query({text: reveal(sql), rowMode: 'array'})) as unknown as Rows | readonly Rows[];
				return (Array.isArray(result) ? (result as readonly Rows[]) : [result as Rows])
					.flatMap(one => one.rows.map(row => textOf(row[0])))
					.join('\n');
			} catch (error) {
				throw new Fault(
					'postgres.refused',
					`PostgreSQL on ${to.host}:${to.port} refused: ${refusalOf(error).why}`,
					'See whether the account has the right to do this.',
				);
			}
		},
		close,
	};
};

/** Of all that a server says on one connection; an honest one lists some thousand roles in less than one MB. */
const largest = 16 * 1024 * 1024;

/** Milliseconds: `pg` waits until the server has closed its side as well, which it need not do. */
const goodbye = 1000;

/** As psql prints it, but for `true` and `false`; JSON comes parsed. */
const textOf = (value: unknown): string =>
	typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');

type Rows = {readonly rows: readonly (readonly unknown[])[]};

const sslOf = async ({
	host,
	tls,
	ca,
}: PostgresAddress): Promise<false | {readonly rejectUnauthorized: boolean; readonly ca?: string}> => {
	const mode = tls ?? (['localhost', '127.0.0.1', '::1'].includes(host) ? 'off' : 'verify');
	if (mode === 'off') return false;
	return {rejectUnauthorized: mode === 'verify', ...(ca !== undefined && {ca: await readFile(ca, 'utf8')})};
};

const refusalOf = (error: unknown): {readonly code: string; readonly why: string} => {
	const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
	const code = typeof first === 'object' && first !== null && 'code' in first ? String(first.code) : '';
	return {code, why: lastLines(first instanceof Error ? first.message : String(first), 1)[0] ?? code};
};
