/** What an account of MariaDB asks for depends on its plugin, on wildcards and on which host is found first: the login tells. */
import {mysqlDoors} from '#host/doors/database-doors.ts';
import {tryMysql} from '#host/doors/mariadb.ts';
import {see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {listed} from '../shared/seeing.ts';

const kinds = defineKinds({
	letsIn: {
		state: 'fail',
		example: {place: '127.0.0.1:3306', users: ['app'] as readonly string[], name: 'MariaDB'},
		says: ({place, users, name}) => `${name} at ${place} lets ${listed(users)} in without a password`,
		remedy: ({users}) => ({
			sentence: `See as whom that is (SELECT CURRENT_USER() after such a login) and how that account proves itself (SHOW CREATE USER); give it a password, or drop it where nobody needs ${users[0] ?? 'it'}.`,
		}),
	},
});

export const check = defineCheck({
	id: 'doors.mysql',
	title: 'The database lets nobody in over TCP without a password',
	why: 'An account without a name takes every name, a plugin may ask for nothing, and the account that counts is not always the one that was meant. Whoever reaches the port, a web application as well, gets in.',
	reads: [
		'/proc/net/tcp: where the server listens',
		'mysql.global_priv: the names of its accounts (of MySQL none: it may lock them)',
		'with --try: a login of each such name, and of one that does not exist, without a password',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['mysql.running'],
	source: 'MariaDB documentation, "Authentication Plugins", "CREATE USER: Anonymous Accounts"',
	verify: 'mariadb --no-defaults --protocol=tcp -h 127.0.0.1 -u NAME --skip-password   # must be refused',
	facts: {doors: mysqlDoors},
	kinds,
	tries: ({facts}) =>
		facts.doors === 'absent'
			? []
			: facts.doors.doors.map(({place, users}) => ({
					door: `mysql ${place}`,
					does: `logs in without a password as ${listed(users)}`,
					leaves: 'a refused login of each name in its log and its counters',
				})),
	appliesTo: ({facts}) => {
		if (facts.doors === 'absent') return 'neither MariaDB nor MySQL is installed';
		return facts.doors.doors.length > 0 ? there(facts, ['doors']) : 'it does not listen on TCP';
	},
	async inspect({host, facts}) {
		const {server, doors} = facts.doors;
		return findings(
			await Promise.all(
				doors.map(async ({place, address, port, users}): Promise<FoundOf<typeof kinds>> => {
					let open: readonly string[] = [];
					const runtime = await see(async () => {
						const answers = await Promise.all(
							users.map(async user => ({user, ...(await tryMysql(host, server, {address, port, user}))})),
						);
						open = answers.flatMap(({user, letIn}) => (letIn ? [user] : []));
						return {
							value: answers.map(({user, said}) => `${user}: ${said}`),
							where: `${place}, without a password`,
						};
					});
					const sight = {item: place, expected: 'refuses whoever has no password', layers: {runtime}};
					return open.length === 0
						? {...sight, is: 'ok'}
						: {...sight, is: 'letsIn', data: {place, users: open, name: server.name}};
				}),
			),
		);
	},
});
