/** Two servers may each have a database of one name: whoever holds the one does not hold the other. */
import {expect, test} from 'vitest';
import type {PostgresServer} from '#host/postgres/client.ts';
import {createReader} from '#host/reader.ts';
import {postgresDatabase} from '#resources/postgres/database.ts';
import {postgresRole} from '#resources/postgres/role.ts';

const on = (host: string): PostgresServer => ({
	kind: 'remote',
	host,
	port: 5432,
	user: 'master',
	password: [''],
	tls: 'verify',
	mayChange: true,
});

test('a database and a role are held by their server', async () => {
	const holds = async (server?: PostgresServer) =>
		(
			await Promise.all(
				[
					postgresDatabase({...(server && {server}), name: 'app', owner: 'app'}),
					postgresRole({...(server && {server}), name: 'app', password: ['']}),
				].map(one => one.holds?.(createReader()) ?? []),
			)
		)
			.flat()
			.map(({thing}) => thing);
	expect(await holds()).toEqual(['database:app', 'role:app']);
	expect(await holds(on('one.example'))).toEqual(['database:one.example:5432/app', 'role:one.example:5432/app']);
	expect(await holds(on('two.example'))).not.toEqual(await holds(on('one.example')));
});
