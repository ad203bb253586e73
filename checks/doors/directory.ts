/** Programs log people in by binding to a directory as them. One that says yes to a name without a password logs everybody in, everywhere. */
import {tryEmptyPassword} from '#host/doors/empty-password.ts';
import {nobody} from '#host/doors/nobody.ts';
import {ldapFacts} from '#host/ldap/config.ts';
import {ifTold, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	letsIn: {
		state: 'fail',
		example: {place: '0.0.0.0:389'},
		says: ({place}) =>
			`slapd on ${place} says yes to a name without a password: programs that log people in by it let everybody in`,
		remedy: {
			sentence:
				'Take bind_anon_cred and bind_anon_dn out of olcAllows (ldapmodify -Y EXTERNAL -H ldapi:/// on cn=config, delete: olcAllows). It counts at once.',
		},
	},
});

export const check = defineCheck({
	id: 'doors.directory',
	title: 'The directory says no to a name without a password',
	why: 'By the rules of LDAP a bind with a name and an empty password is nobody at all, and still a success. Most applications do not know that: whoever leaves the password empty is logged in as whom he named. slapd refuses it unless somebody allowed it.',
	reads: [
		'/proc/net/tcp: where slapd listens',
		'with --try: the answer to a bind with a name that does not exist and an empty password',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['ldap.server'],
	source: 'RFC 4513, 5.1.2 Unauthenticated Authentication Mechanism; slapd-config(5), olcAllows',
	verify: "ldapwhoami -x -H ldap://127.0.0.1 -D cn=nobody -w ''   # must say: unauthenticated bind disallowed",
	facts: {listeners, config: ldapFacts},
	kinds,
	tries: ({facts}) =>
		doorsOf(facts.listeners).map(({place}) => ({
			door: `ldap ${place}`,
			does: `binds as cn=${nobody()}, who does not exist, with an empty password`,
			leaves: 'at most a line in its log',
		})),
	appliesTo: ({facts}) => doorsOf(facts.listeners).length > 0 || 'no slapd of this host listens on TCP',
	async inspect({facts}) {
		const config = await ifTold(() => facts.config);
		const suffix = config === undefined || config === 'absent' ? undefined : [...config.databases.keys()][0];
		const dn = `cn=${nobody()}${suffix === undefined ? '' : `,${suffix}`}`;
		return findings(
			await Promise.all(
				doorsOf(facts.listeners).map(async ({place, address, port}): Promise<FoundOf<typeof kinds>> => {
					let letIn = false;
					const runtime = await see(async () => {
						const answer = await tryEmptyPassword(address, port, dn);
						letIn = answer.letIn;
						return {value: answer.said, where: `bind as ${dn} on ${place}`};
					});
					const sight = {item: place, expected: 'refuses', layers: {runtime}};
					return letIn ? {...sight, is: 'letsIn', data: {place}} : {...sight, is: 'ok'};
				}),
			),
		);
	},
});

/** Without TLS: what it allows is the same at all of its doors. */
const doorsOf = (all: readonly Listener[]) =>
	[
		...new Map(
			all
				.filter(({protocol, process, port}) => protocol.startsWith('tcp') && process?.name === 'slapd' && port !== 636)
				.toReversed()
				.map(one => [one.port, one]),
		).values(),
	]
		.slice(0, 3)
		.map(({address, port}) => ({
			place: `${address}:${port}`,
			address: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address,
			port,
		}));
