/** An open relay sends the world's spam in our name; one network too many in mynetworks is enough. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {type Postfix, postfix} from '#host/postfix/now.ts';
import {ifTold, isSeen, see, there} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Seen} from '#model/finding.ts';
import type {Unknown} from '#model/unknown.ts';
import {judgedNetwork, networksIn} from '../shared/networks.ts';

const kinds = defineKinds({
	network: {
		state: ({state}) => state,
		example: {
			network: '198.51.100.0/24',
			state: 'fail' as 'ok' | 'warn' | 'fail',
			whom: 'the public network 198.51.100.0/24',
		},
		says: ({whom}) => `relays for ${whom}`,
		remedy: ({network}) => ({
			sentence: `Take ${network} out of mynetworks in /etc/postfix/main.cf (or write the narrowest network of the containers), then systemctl reload postfix.`,
		}),
	},
	table: {
		state: 'fail',
		example: {table: 'mynetworks hash:/etc/postfix/networks'},
		says: ({table}) => `relays for everybody: ${table} holds what nobody here owns`,
		remedy: ({table}) => ({
			sentence: `Take that table out of its setting in /etc/postfix/main.cf (${table}), or name in it only what is yours, then systemctl reload postfix.`,
		}),
	},
	unrefused: {
		state: 'fail',
		says: 'relays for everybody: nothing refuses foreign destinations',
		remedy: {
			sentence: 'Put Postfix back to its own relay rules, and look through the queue (postqueue -p).',
			commands: [
				[
					'postconf',
					'-e',
					'smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination',
				],
				['systemctl', 'reload', 'postfix.service'],
			],
		},
	},
});

export const check = defineCheck({
	id: 'postfix.relay',
	title: 'Postfix relays for this host and its containers only',
	why: 'Whoever may relay sends mail to everybody in the name of this host, and it ends on every block list. The OpenSlides guide adds the network of its containers to mynetworks: that one, and no more.',
	reads: [
		'postconf: mynetworks, smtpd_relay_restrictions, smtpd_recipient_restrictions, and what master.cf sets otherwise',
		'/etc/postfix/main.cf, in an offline root',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'OpenSlides guide, "Configure Postfix"; Postfix documentation, SMTPD_ACCESS_README',
	verify:
		'postconf mynetworks smtpd_relay_restrictions; from another host: a mail through it to a third one must be refused',
	facts: {packages, postfix, interfaces},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('postfix')) ? there(facts, ['postfix']) : 'postfix is not installed',
	async inspect({facts}) {
		const known = (await ifTold(() => facts.interfaces)) ?? new Map<string, string>();
		const networks = await see(() => {
			const {main, how} = facts.postfix;
			return {value: main.get('mynetworks') ?? '(default)', where: `${how}: mynetworks`};
		});
		const rules = await see(() => {
			const {main, how} = facts.postfix;
			return {
				value: {
					smtpd_relay_restrictions: main.get('smtpd_relay_restrictions') ?? '(default)',
					smtpd_recipient_restrictions: main.get('smtpd_recipient_restrictions') ?? '(default)',
				},
				where: `${how}: smtpd_relay_restrictions, smtpd_recipient_restrictions`,
			};
		});
		const own = isSeen(networks) ? facts.postfix : undefined;
		const allNetworks = own === undefined ? [] : [own.main.get('mynetworks') ?? '', ...overridesOf(own, 'mynetworks')];
		const bad = allNetworks.flatMap(networksIn).flatMap(network => {
			const wrong = judgedNetwork(network, known);
			return wrong === undefined ? [] : [{network, ...wrong}];
		});
		const tables = own === undefined ? [] : tablesOf(own, networks);
		const open = own !== undefined && isOpen(own);
		return findings([
			...tables,
			...(bad.length > 0
				? bad.map(
						({network, state, says}): FoundOf<typeof kinds> => ({
							item: network,
							is: 'network',
							data: {network, state, whom: says},
							expected: 'loopback, and networks of containers',
							layers: {file: networks},
						}),
					)
				: [
						{
							item: 'mynetworks',
							is: 'ok' as const,
							expected: 'loopback, and networks of containers',
							layers: {file: networks},
						},
					]),
			{
				item: 'restrictions',
				is: open ? ('unrefused' as const) : ('ok' as const),
				expected: 'reject_unauth_destination or defer_unauth_destination',
				layers: {file: rules},
			},
		]);
	},
});

/** A table that knows a stranger opens the relay; one that cannot be asked leaves it open whether it does. */
const tablesOf = (own: Postfix, networks: Seen | Unknown): readonly FoundOf<typeof kinds>[] => [
	...own.letIn.map(
		(table): FoundOf<typeof kinds> => ({
			item: table,
			is: 'table',
			data: {table},
			expected: 'loopback, and networks of containers',
			layers: {file: isSeen(networks) ? {value: table, where: `postmap -q, ${own.how}`} : networks},
		}),
	),
	...own.unasked.map(
		(table): FoundOf<typeof kinds> => ({
			item: table,
			is: 'ok',
			expected: 'loopback, and networks of containers',
			layers: {file: {because: 'unreadable', need: `${table} decides, and could not be asked`}},
		}),
	),
];

const overridesOf = ({overrides}: Postfix, name: string): readonly string[] =>
	[...overrides].filter(([key]) => key.endsWith(`/${name}`)).map(([, value]) => value);

/** Absent in the file means the default, which refuses. A bare permit before the refusal lets everybody through. */
const isOpen = (own: Postfix): boolean => {
	const of = (name: string): readonly string[] =>
		[own.main.get(name), ...overridesOf(own, name)].filter(value => value !== undefined);
	const refuses = (value: string): boolean => {
		const words = value.split(/[\s,]+/);
		const refusal = words.findIndex(word =>
			/^(reject|defer|reject_unauth_destination|defer_unauth_destination)$/.test(word),
		);
		const permit = words.indexOf('permit');
		return refusal >= 0 && (permit < 0 || refusal < permit);
	};
	const recipient = own.main.get('smtpd_recipient_restrictions') ?? '';
	return of('smtpd_relay_restrictions').some(value => !refuses(value) && !refuses(recipient));
};
