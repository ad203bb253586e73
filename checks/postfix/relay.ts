/** An open relay sends the world's spam in our name; one network too many in mynetworks is enough. */

import {basename} from 'node:path';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {type Postfix, postfix, type Relay} from '#host/postfix/now.ts';
import {ifTold, isSeen, see, there} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Seen} from '#model/finding.ts';
import {judgedNetwork, networksIn} from '../shared/networks.ts';

const kinds = defineKinds({
	network: {
		state: ({state}) => state,
		example: {
			network: '198.51.100.0/24',
			state: 'fail' as 'ok' | 'warn' | 'fail',
			whom: 'the public network 198.51.100.0/24',
			directory: '/etc/postfix',
		},
		says: ({whom}) => `relays for ${whom}`,
		remedy: ({network, directory}) => ({
			sentence: `Take ${network} out of mynetworks in ${directory}/main.cf (or write the narrowest network of the containers), then systemctl reload postfix.`,
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
		example: {directory: '/etc/postfix'},
		says: 'relays for everybody: nothing refuses foreign destinations',
		remedy: ({directory}) => ({
			sentence: 'Put Postfix back to its own relay rules, and look through the queue (postqueue -p).',
			commands: [
				[
					...postconf(directory),
					'-e',
					'smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination',
				],
				reload,
			],
		}),
	},
	letsThrough: {
		state: 'fail',
		example: {directory: '/etc/postfix', by: 'check_client_access cidr:/etc/postfix/clients'},
		says: ({by}) => `relays for everybody: ${by} lets strangers through before anything refuses`,
		remedy: ({by, directory}) => ({
			sentence: `Put reject_unauth_destination before ${by} in its list (${directory}/main.cf), or let that name only what is yours, then systemctl reload postfix; and look through the queue (postqueue -p).`,
		}),
	},
	overruled: {
		state: 'fail',
		example: {
			directory: '/etc/postfix',
			service: 'smtp/inet',
			sets: ['smtpd_relay_restrictions'] as readonly string[],
			by: 'permit' as string | undefined,
		},
		says: ({service, by}) =>
			`relays for everybody at ${service}: what master.cf sets for it ${by === undefined ? 'refuses nothing' : `lets strangers through (${by})`}`,
		remedy: ({directory, service, sets}) => ({
			sentence: `Take ${sets.join(', ')} away from ${service} in ${directory}/master.cf, so that main.cf counts; then look through the queue (postqueue -p).`,
			commands: [...sets.map(name => [...postconf(directory), '-PX', `${service}/${name}`]), reload],
		}),
	},
});

const postconf = (directory: string): readonly string[] =>
	directory === '/etc/postfix' ? ['postconf'] : ['postconf', '-c', directory];

const reload = ['systemctl', 'reload', 'postfix.service'];

export const check = defineCheck({
	id: 'postfix.relay',
	title: 'Postfix relays for this host and its containers only',
	why: 'Whoever may relay sends mail to everybody in the name of this host, and it ends on every block list. The OpenSlides guide adds the network of its containers to mynetworks: that one, and no more.',
	reads: [
		'postconf, for each instance: mynetworks, the restrictions of smtpd and their classes, and what master.cf sets otherwise',
		'postmap -q, postmap -s: the tables that decide, asked for what nobody here owns',
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
		const own = await see(() => ({value: facts.postfix.directory, where: facts.postfix.how}));
		if (!isSeen(own))
			return [
				{item: 'mynetworks', is: 'ok', expected: containersOnly, layers: {file: own}},
				{item: 'restrictions', is: 'ok', expected: refusal, layers: {file: own}},
			];
		return findings([facts.postfix, ...facts.postfix.others].flatMap(one => findingsOf(one, known)));
	},
});

const containersOnly = 'loopback, and networks of containers';
const refusal = 'reject_unauth_destination or defer_unauth_destination';

const findingsOf = (own: Postfix, known: ReadonlyMap<string, string>): readonly FoundOf<typeof kinds>[] => {
	const named = own.directory === '/etc/postfix' ? '' : `${basename(own.directory)} `;
	const networks = {value: own.main.get('mynetworks') ?? '(default)', where: `${own.how}: mynetworks`};
	const all = [own.main.get('mynetworks') ?? '', ...overridesOf(own, 'mynetworks')];
	const bad = [...new Set(all.flatMap(networksIn))].flatMap(network => {
		const wrong = judgedNetwork(network, known);
		return wrong === undefined ? [] : [{network, ...wrong}];
	});
	const found: readonly FoundOf<typeof kinds>[] = [
		...tablesOf(own, networks),
		...bad.map(
			({network, state, says}): FoundOf<typeof kinds> => ({
				item: network,
				is: 'network',
				data: {network, state, whom: says, directory: own.directory},
				expected: containersOnly,
				layers: {file: networks},
			}),
		),
		...(bad.length > 0
			? []
			: [{item: 'mynetworks', is: 'ok' as const, expected: containersOnly, layers: {file: networks}}]),
		...own.relays.map(one => restrictionsOf(own, one)),
	];
	return found.map(one => ({...one, item: `${named}${one.item}`}));
};

const restrictionsOf = (own: Postfix, relay: Relay): FoundOf<typeof kinds> => {
	const {service, sets, state, by, unasked} = relay;
	const names = ['smtpd_relay_restrictions', 'smtpd_recipient_restrictions'];
	const value = (name: string): string =>
		own.overrides.get(`${service ?? ''}/${name}`) ?? own.main.get(name) ?? '(default)';
	const sight = {
		item: service === undefined ? 'restrictions' : `restrictions ${service}`,
		expected: refusal,
		layers: {
			file:
				state === 'unsure'
					? {because: 'unreadable' as const, need: `${unasked.join(', ')} decides, and could not be asked`}
					: {
							value: Object.fromEntries([...new Set([...names, ...sets])].map(name => [name, value(name)])),
							where: `${own.how}: ${names.join(', ')}`,
						},
		},
	};
	const {directory} = own;
	if (state !== 'open') return {...sight, is: 'ok'};
	if (service !== undefined) return {...sight, is: 'overruled', data: {directory, service, sets, by}};
	return by === undefined || by === 'permit'
		? {...sight, is: 'unrefused', data: {directory}}
		: {...sight, is: 'letsThrough', data: {directory, by}};
};

/** A table that knows a stranger opens the relay; one that cannot be asked leaves it open whether it does. */
const tablesOf = (own: Postfix, networks: Seen): readonly FoundOf<typeof kinds>[] => [
	...own.letIn.map(
		(table): FoundOf<typeof kinds> => ({
			item: table,
			is: 'table',
			data: {table},
			expected: 'loopback, and networks of containers',
			layers: {file: {...networks, value: table, where: `postmap -q, ${own.how}`}},
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
