/** pg_hba.conf is read from above, with includes, maps and words for groups: the server's first word to a name without a password says what came of it. */
import {postgresDoors} from '#host/doors/database-doors.ts';
import {tryPostgres} from '#host/doors/postgres.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {listed} from '../shared/seeing.ts';

const kinds = defineKinds({
	letsIn: {
		state: 'fail',
		example: {place: '127.0.0.1:5432', users: ['app'] as readonly string[]},
		says: ({place, users}) => `PostgreSQL at ${place} lets ${listed(users)} in without a password`,
		remedy: ({users}) => ({
			sentence: `See which line of pg_hba.conf takes ${users[0] ?? 'them'} (SELECT * FROM pg_hba_file_rules, the first that fits decides), write scram-sha-256 where it says trust, and reload the cluster.`,
		}),
	},
});

export const check = defineCheck({
	id: 'doors.postgres',
	title: 'PostgreSQL lets nobody in over TCP without a password',
	why: 'One line with trust above the others, an include or a map opens what the rest of the file shuts. Whoever may start a program on this host, a web application as well, then is whoever he says he is.',
	reads: [
		'/proc/net/tcp: the ports of the clusters',
		'pg_authid: the names that may log in',
		'with --try: what the server asks of each such name, and of one that does not exist, with and without TLS; no password is sent',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['postgres.running'],
	source: 'PostgreSQL manual, "The pg_hba.conf File", "Trust Authentication"',
	verify: 'psql -w -h 127.0.0.1 -U NAME postgres   # must say that no password was supplied',
	facts: {doors: postgresDoors},
	kinds,
	tries: ({facts}) =>
		facts.doors.map(({place, users}) => ({
			door: `postgres ${place}`,
			does: `asks to come in as ${listed(users)}, and hangs up where a password is wanted`,
			leaves: 'at most a line in its log',
		})),
	appliesTo: ({facts}) => facts.doors.length > 0 || 'no PostgreSQL of this host listens on TCP',
	async inspect({host, facts}) {
		return findings(
			await Promise.all(
				facts.doors.map(async ({place, address, port, users}): Promise<FoundOf<typeof kinds>> => {
					let open: readonly string[] = [];
					const runtime = await see(async () => {
						const asked = users.flatMap(user => [false, true].map(tls => ({user, tls})));
						const answers = await Promise.all(
							asked.map(async one => ({
								...one,
								answer: await tryPostgres(host, {host: address, port, ...one}),
							})),
						);
						open = [...new Set(answers.flatMap(({user, answer}) => (answer?.letIn ? [user] : [])))];
						const said = [...new Set(answers.flatMap(({answer}) => answer?.said ?? []))];
						return {value: said, where: `${place}: ${users.length} names, without a password`};
					});
					const sight = {item: place, expected: 'asks everybody for a proof', layers: {runtime}};
					return open.length === 0 ? {...sight, is: 'ok'} : {...sight, is: 'letsIn', data: {place, users: open}};
				}),
			),
		);
	},
});
