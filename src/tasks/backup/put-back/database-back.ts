/**
 * A database out of a dump, made under another name and then given its own. The dump is the application's word: it is read back by a role that has the rights of
 * the owner and none beside, so that nothing in it is done by a superuser.
 */

import {createHash} from 'node:crypto';
import {newSecret} from '#answers/secrets/secret-value.ts';
import {askPostgres, tellPostgres} from '#host/postgres/client.ts';
import {rowCounts} from '#host/postgres/counts.ts';
import {sqlName, sqlSecret, sqlText} from '#host/postgres/sql.ts';
import {newSalt, verifierText} from '#host/secrets/scram.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Keep} from '#model/kept-thing.ts';
import {Secret} from '#model/secret.ts';
import {clusterOf, serverOf} from '../save/postgres.ts';
import {otherCounts, type SavedThing} from '../snapshot-manifest.ts';
import type {DatabaseSwap} from './begun-restore.ts';

type Database = Extract<Keep, {kind: 'postgres'}>;

const role = 'host_setup_restore';

/** Makes it from `dump` (with `list`, a name for what of it comes). Throws Fault restore.counts and restore.dump; then only its own new database is there. */
export const makeDatabase = async (
	host: Host,
	thing: SavedThing,
	keep: Database,
	dump: string,
): Promise<DatabaseSwap> => {
	const server = serverOf(keep);
	const mark = createHash('sha256').update(keep.name).digest('hex').slice(0, 8);
	const swap: DatabaseSwap = {
		kind: 'database',
		id: thing.id,
		...(keep.cluster !== undefined && {cluster: keep.cluster}),
		name: keep.name,
		owner: keep.owner,
		fresh: `host_setup_new_${mark}`,
		before: `host_setup_before_${mark}`,
	};
	await refuseUnfit(host, swap);
	await dropNew(host, swap);
	const cluster = await clusterOf(host, keep);
	const password = new Secret('the password of a role for one restore', newSecret(32));
	try {
		await tellPostgres(host, server, [
			`CREATE DATABASE ${sqlName(swap.fresh)} OWNER ${sqlName(keep.owner)} TEMPLATE template0${await likeNow(host, swap)};\n`,
			`DROP ROLE IF EXISTS ${role};\nCREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD `,
			...sqlSecret(verifierText([password], newSalt())),
			`;\nGRANT ${sqlName(keep.owner)} TO ${role};\nALTER ROLE ${role} SET role = ${sqlText(keep.owner)};\n`,
		]);
		const list = `${dump}.list`;
		const all = await host.query([`${cluster.programs}/pg_restore`, '--list', '--', dump], {timeout: 600_000});
		await host.replace(list, [withoutServers(all)], {was: 'absent', mode: 0o600, owner: 'root:root'});
		await refuseStrangers(host, {host: '127.0.0.1', port: cluster.port}, ['postgres']);
		await host
			.exec(
				[
					`${cluster.programs}/pg_restore`,
					'-w',
					'--exit-on-error',
					'--single-transaction',
					'--no-owner',
					'-h',
					'127.0.0.1',
					'-p',
					String(cluster.port),
					'-U',
					role,
					'-d',
					swap.fresh,
					'-L',
					list,
					'--',
					dump,
				],
				{env: {PGPASSWORD: [password]}},
			)
			.catch(error => {
				throw restoreFault(error, keep);
			});
	} finally {
		await dropRole(host, swap);
	}
	const rows = await rowCounts(host, server, swap.fresh);
	const wrong = rows === undefined ? [] : otherCounts(thing.counts, rows);
	if (wrong.length === 0) return swap;
	throw new Fault(
		'restore.counts',
		`the database ${keep.name} came back with other rows than were saved`,
		'What is there was not touched. Try another snapshot: setup backup list.',
		{details: wrong.slice(0, 20)},
	);
};

/** It gets the name, and what had it gets another, in one step; who is connected is sent away. */
export const swapDatabase = async (host: Host, {name, fresh, before, ...swap}: DatabaseSwap): Promise<void> => {
	const there = await isThere(host, {...swap, name});
	await tellPostgres(host, serverOf(swap), [
		...(there ? [sendAway(name)] : []),
		'BEGIN;\n',
		...(there ? [`ALTER DATABASE ${sqlName(name)} RENAME TO ${sqlName(before)};\n`] : []),
		`ALTER DATABASE ${sqlName(fresh)} RENAME TO ${sqlName(name)};\nCOMMIT;\n`,
	]);
};

/** What had the name gets it back. */
export const unswapDatabase = async (host: Host, {name, fresh, before, ...swap}: DatabaseSwap): Promise<void> => {
	if (await isThere(host, {...swap, name: before}))
		await tellPostgres(host, serverOf(swap), [
			(await isThere(host, {...swap, name})) ? sendAway(name) : '',
			'BEGIN;\n',
			(await isThere(host, {...swap, name})) ? `ALTER DATABASE ${sqlName(name)} RENAME TO ${sqlName(fresh)};\n` : '',
			`ALTER DATABASE ${sqlName(before)} RENAME TO ${sqlName(name)};\nCOMMIT;\n`,
		]);
	if (await isThere(host, {...swap, name}))
		await tellPostgres(host, serverOf(swap), [`ALTER DATABASE ${sqlName(name)} WITH ALLOW_CONNECTIONS true;\n`]);
	await dropNew(host, {...swap, fresh});
};

/** What it was before is no longer needed. */
export const dropBefore = (host: Host, {before, ...swap}: DatabaseSwap): Promise<void> =>
	tellPostgres(host, serverOf(swap), [`DROP DATABASE IF EXISTS ${sqlName(before)};\n`]);

export const dropNew = (host: Host, {fresh, ...swap}: Pick<DatabaseSwap, 'fresh' | 'cluster'>): Promise<void> =>
	tellPostgres(host, serverOf(swap), [`DROP DATABASE IF EXISTS ${sqlName(fresh)} WITH (FORCE);\n`]);

const sendAway = (name: string): string =>
	`ALTER DATABASE ${sqlName(name)} WITH ALLOW_CONNECTIONS false;\nSELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ${sqlText(name)};\n`;

const isThere = async (host: Reader, {name, ...swap}: Pick<DatabaseSwap, 'name' | 'cluster'>): Promise<boolean> =>
	(await askPostgres(host, serverOf(swap), [`SELECT count(*) FROM pg_database WHERE datname = ${sqlText(name)}`])) ===
	'1';

/** Throws Fault restore.superuser and restore.in-the-way. */
const refuseUnfit = async (host: Host, swap: DatabaseSwap): Promise<void> => {
	const owner = await askPostgres(host, serverOf(swap), [
		`SELECT CASE WHEN rolsuper THEN 'superuser' ELSE 'role' END FROM pg_roles WHERE rolname = ${sqlText(swap.owner)}`,
	]);
	if (owner !== 'role')
		throw new Fault(
			'restore.superuser',
			owner === 'superuser'
				? `${swap.owner}, who owns the database ${swap.name}, is a superuser: what is in the dump would be done by one`
				: `there is no role ${swap.owner} that could own the database ${swap.name}`,
			owner === 'superuser'
				? 'Take that right away (ALTER ROLE … NOSUPERUSER), or put it back by hand with pg_restore.'
				: 'Run setup apply first: it makes the role.',
		);
	if (await isThere(host, {...swap, name: swap.before}))
		throw new Fault(
			'restore.in-the-way',
			`a database ${swap.before} of an earlier restore is still there`,
			`It is what ${swap.name} was before. Look into it; drop it when nothing of it is needed.`,
		);
};

/** Encoding and sorting of what it takes the place of. */
const likeNow = async (host: Host, swap: DatabaseSwap): Promise<string> => {
	const answer = await askPostgres(host, serverOf(swap), [
		`SELECT json_build_array(pg_encoding_to_char(encoding), datcollate, datctype) FROM pg_database WHERE datname = ${sqlText(swap.name)}`,
	]);
	if (!answer) return " ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'";
	const [encoding, collate, ctype] = JSON.parse(answer) as [string, string, string];
	return ` ENCODING ${sqlText(encoding)} LC_COLLATE ${sqlText(collate)} LC_CTYPE ${sqlText(ctype)}`;
};

/** What it made is the owner's already. */
const dropRole = async (host: Host, {owner, fresh, ...swap}: DatabaseSwap): Promise<void> => {
	const there = await askPostgres(host, serverOf(swap), [`SELECT count(*) FROM pg_roles WHERE rolname = '${role}'`]);
	if (there !== '1') return;
	const own = `REASSIGN OWNED BY ${role} TO ${sqlName(owner)};\nDROP OWNED BY ${role};\n`;
	if (await isThere(host, {...swap, name: fresh})) await tellPostgres(host, serverOf(swap), [own], fresh);
	await tellPostgres(host, serverOf(swap), [`${own}DROP ROLE ${role};\n`]);
};

/** Of the list of a dump all but what every new database has, and what is only said of an extension. Exported for its test. */
export const withoutServers = (list: string): string =>
	list
		.split('\n')
		.filter(
			line =>
				!/^\d+; \d+ \d+ (COMMENT - EXTENSION|SCHEMA - public|COMMENT - SCHEMA public|ACL - SCHEMA public) /.test(line),
		)
		.join('\n');

const restoreFault = (error: unknown, {name, owner}: Database): unknown =>
	error instanceof Fault && error.code === 'program.failed'
		? new Fault(
				'restore.dump',
				`the dump of the database ${name} cannot be read back by ${owner}: ${error.details.at(-1) ?? error.sentence}`,
				'What is there was not touched. Where it wants an extension of a superuser, or a login from 127.0.0.1 is not let in (pg_hba.conf), mend that and run it again.',
				{details: error.details, cause: error},
			)
		: error;
