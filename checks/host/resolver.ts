/** A name server that does not answer makes everything slow or fail, and everything else gets the blame; one that lies leads wherever it likes. */
import {textOf} from '#host/files/text-of.ts';
import {hasDefaultRoute} from '#host/network/default-route.ts';
import {askNameServer, nameServers} from '#host/network/name-servers.ts';
import {ifTold} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

const mend =
	'Name one that answers in what writes /etc/resolv.conf (its first lines say who does: resolvconf, systemd-resolved, NetworkManager, the DHCP client), or in the file itself.';

const kinds = defineKinds({
	silent: {
		state: ({others}) => (others > 0 ? 'warn' : 'fail'),
		example: {address: '192.0.2.53', others: 0},
		says: ({address, others}) =>
			`the name server ${address} gives no answer: ${others > 0 ? 'each name that is looked up waits 5 s for it' : 'no name is found, by apt, by mail or by any application'}`,
		remedy: {sentence: mend},
	},
	refuses: {
		state: ({others}) => (others > 0 ? 'warn' : 'fail'),
		example: {address: '192.0.2.53', others: 0, code: 5},
		says: ({address, code}) =>
			`the name server ${address} answers, and only with ${code === 5 ? 'REFUSED' : 'SERVFAIL'}`,
		remedy: ({address}) => ({
			sentence: `See why ${address} does not look names up for this host (its list of who may ask, the servers that it asks itself). ${mend}`,
		}),
	},
	unasked: {
		state: 'fail',
		example: {sources: 'files'},
		says: ({sources}) =>
			`no name server is asked: /etc/nsswitch.conf has only "hosts: ${sources}", and no name is found, by apt, by mail or by any application`,
		remedy: {
			sentence:
				'Put dns behind files in the line hosts of /etc/nsswitch.conf (or resolve, where systemd-resolved runs); getent hosts deb.debian.org shows whether it helps.',
		},
	},
	invents: {
		state: 'fail',
		example: {address: '192.0.2.53', invented: '198.51.100.1'},
		says: ({address, invented}) =>
			`the name server ${address} has an address for a name that nobody can have (below .invalid: ${invented}): it leads wherever it likes`,
		remedy: {sentence: `Ask who runs it. ${mend}`},
	},
});

export const check = defineCheck({
	id: 'host.resolver',
	title: 'Every name server that is asked answers',
	why: 'Without names no update comes and no mail leaves; with one dead server of two all works, five seconds late, and everybody looks elsewhere. Who runs the name server decides where this host goes.',
	reads: [
		'/etc/resolv.conf: nameserver; /etc/nsswitch.conf: hosts',
		'each of them, over UDP: the name servers of the root, and a made-up name below .invalid',
		'/proc/net/route, /proc/net/ipv6_route: is there a way out at all',
	],
	severity: 'fail',
	layers: ['runtime'],
	source: 'resolv.conf(5); RFC 6761, "Special-Use Domain Names"',
	verify: 'resolvectl query deb.debian.org, or getent hosts deb.debian.org, answers at once.',
	facts: {hasDefaultRoute, nameServers},
	kinds,
	async inspect({host, facts}) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'name servers must be asked from the running host'});
		const asked = facts.hasDefaultRoute ? facts.nameServers : [];
		const sources = asked.length === 0 ? undefined : await withoutNames(host);
		const unasked: readonly FoundOf<typeof kinds>[] =
			sources === undefined
				? []
				: [
						{
							item: 'hosts',
							is: 'unasked',
							data: {sources},
							expected: 'dns or resolve',
							layers: {runtime: {value: sources, where: '/etc/nsswitch.conf'}},
						},
					];
		const words = await Promise.all(asked.map(async one => ({...one, word: await askNameServer(one.address)})));
		const answering = words.filter(({word}) => word === 'answers').length;
		return findings<FoundOf<typeof kinds>>(
			[
				...unasked,
				...words.map(({address, where, word}): FoundOf<typeof kinds> => {
					const runtime = {value: word, where: `a question to ${address} port 53 (${where})`};
					const sight = {item: address, expected: 'answers', layers: {runtime}};
					if (word === 'answers') return {...sight, is: 'ok'};
					if (word === 'silent') return {...sight, is: 'silent', data: {address, others: answering}};
					return 'refuses' in word
						? {...sight, is: 'refuses', data: {address, others: answering, code: word.refuses}}
						: {...sight, is: 'invents', data: {address, invented: word.invents}};
				}),
			],
			{
				is: 'ok',
				says: 'this host has no way out',
				expected: 'answers',
				layers: {runtime: {value: 'no way out', where: '/proc/net/route'}},
			},
		);
	},
});

/** The sources of names, where none of them asks anybody. Each C library goes by this line, whatever resolv.conf says. */
const withoutNames = async (host: Reader): Promise<string | undefined> => {
	const text = (await ifTold(() => textOf(host, '/etc/nsswitch.conf'))) ?? '';
	const line = /^[ \t]*hosts:([^#\n]*)/m.exec(text)?.[1]?.trim();
	const words = line?.replace(/\[[^\]]*\]/g, '').split(/\s+/) ?? [];
	return line !== undefined && words.every(word => /^(|files|myhostname|mymachines|mdns\w*)$/.test(word))
		? line.slice(0, 100)
		: undefined;
};
