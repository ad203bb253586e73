/** A hole that is mended in the archive and open on the host is the one that is used. */
import {compareVersions} from '#host/apt/deb-version.ts';
import {heldBack} from '#host/apt/held-back.ts';
import {isInstalled, type Packages, packages} from '#host/apt/packages.ts';
import {type SecurityUpdates, securityUpdates} from '#host/apt/security-updates.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const day = 86_400_000;

/** Names that are told one by one. */
const most = 12;

/** apt's word for a package of which it may install no version. */
const none = '(none)';

const kinds = defineKinds({
	noArchive: {
		state: 'fail',
		says: 'no security archive is among the package sources',
		remedy: {
			sentence:
				'Add the security suite of this release to /etc/apt/sources.list (Debian: http://security.debian.org/debian-security SUITE-security main).',
		},
	},
	pending: {
		state: 'fail',
		example: {names: ['openssl', 'libssl3'] as readonly string[]},
		says: ({names}) =>
			`${names.length === 1 ? '1 security update is' : `${names.length} security updates are`} pending: ${some(names)}`,
		remedy: {
			sentence:
				'Install them, when a restart of what they belong to can be borne: apt-get upgrade, or unattended-upgrade for those of the security archive alone.',
		},
	},
	held: {
		state: 'fail',
		example: {names: ['openssh-server'] as readonly string[]},
		says: ({names}) =>
			`${some(names)} ${names.length === 1 ? 'has a security update, and is' : 'have security updates, and are'} held: no upgrade brings it`,
		remedy: ({names}) => ({
			sentence:
				'Find out why somebody held it (apt-mark showhold names all). Then let it go, and install the update when a restart can be borne.',
			commands: [['apt-mark', 'unhold', ...names]],
		}),
	},
	pinned: {
		state: 'fail',
		example: {names: ['openssl'] as readonly string[], to: '3.0.9-1'},
		says: ({names, to}) =>
			`${some(names)} ${names.length === 1 ? 'has a security update' : 'have security updates'} that preferences keep away: apt would install ${to === none ? 'none' : to}`,
		remedy: ({names}) => ({
			sentence: `apt-cache policy ${names[0]} shows which priority decides. Take that pin out of /etc/apt/preferences or /etc/apt/preferences.d, or let it name the security archive as well.`,
		}),
	},
	ranked: {
		state: 'fail',
		example: {security: 100, before: 990, other: 'http://deb.debian.org/debian bookworm/main'},
		says: ({security, before, other}) =>
			`apt ranks the security archive (${security}) below ${other} (${before}): what it mends is never installed`,
		remedy: {
			sentence:
				'apt-cache policy shows all priorities. Take APT::Default-Release or the pin (/etc/apt/preferences, preferences.d) away, or give the security archive (Pin: release l=Debian-Security) at least the same priority.',
		},
	},
	onHold: {
		state: 'warn',
		example: {names: ['nginx', 'nginx-common'] as readonly string[]},
		says: ({names}) =>
			`${some(names)} ${names.length === 1 ? 'is' : 'are'} on hold: no update of ${names.length === 1 ? 'it' : 'them'} is installed, whatever it mends`,
		remedy: ({names}) => ({
			sentence: `Find out why somebody held ${names.length === 1 ? 'it' : 'them'} (/var/log/apt/history.log, apt-mark showhold). Where the reason is gone: apt-mark unhold ${names.slice(0, most).join(' ')}. Where it is not, waive this until it will be.`,
		}),
	},
	oldLists: {
		state: 'warn',
		example: {age: 9},
		says: ({age}) => `the package lists are ${age} days old: what is pending since is not known`,
		remedy: {
			sentence: 'Fetch the lists; host.automatic-updates shows why nobody does.',
			commands: [['apt-get', 'update']],
		},
	},
});

export const check = defineCheck({
	id: 'host.updates',
	title: 'No security update is pending',
	why: 'An update in the security archive tells everybody where the hole is. Old package lists hide it: then nothing is pending because nobody asked.',
	reads: [
		'/var/lib/apt/lists: the lists of security suites and when they were fetched',
		'/var/lib/dpkg/status: installed versions, and what is held',
		'apt-cache policy, where preferences or APT::Default-Release rank anything: priorities and candidates',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'Securing Debian Manual, "Execute a security update"; coralnet guide, "upgrade system packages"',
	verify: 'apt-get update, then apt list --upgradable names nothing from a security suite.',
	facts: {packages, securityUpdates},
	kinds,
	async inspect({host, facts, now}) {
		const about = await ofUpdates(host, facts, now);
		const told: readonly string[] = about.is === 'held' ? about.data.names : [];
		const names = [...facts.packages.all.values()]
			.filter(one => one.want === 'hold' && isInstalled(one) && !told.includes(one.name))
			.map(one => one.name);
		if (names.length === 0) return [about];
		const layers = {file: {value: names.slice(0, most), where: '/var/lib/dpkg/status'}};
		return [about, {item: 'hold', is: 'onHold', data: {names}, expected: [], layers}];
	},
});

const ofUpdates = async (
	host: Reader,
	facts: {readonly packages: Packages; readonly securityUpdates: SecurityUpdates},
	now: number,
): Promise<FoundOf<typeof kinds>> => {
	const {pending, lists, fetchedAt} = facts.securityUpdates;
	const age = Math.floor((now - fetchedAt) / day);
	const where = pending[0]?.list ?? '/var/lib/apt/lists';
	const sight = (value: readonly string[]) => ({
		expected: 'nothing pending, lists of this week',
		layers: {file: {value, where}},
	});
	if (lists.length === 0) return {...sight([]), is: 'noArchive'};
	const names = pending.map(one => one.name);
	const back = await host.fact(heldBack(names));
	if (back?.archive !== undefined) return {...sight(shown(pending)), is: 'ranked', data: back.archive};
	const held = names.filter(name => facts.packages.all.get(name)?.want === 'hold');
	if (held.length > 0) return {...sight(shown(pending)), is: 'held', data: {names: held}};
	const kept = pending.flatMap(({name, to}) => {
		const candidate = back?.candidates.get(name) ?? to;
		return candidate === none || compareVersions(candidate, to) < 0 ? [{name, candidate}] : [];
	});
	if (kept[0] !== undefined) {
		const data = {names: kept.map(one => one.name), to: kept[0].candidate};
		return {...sight(shown(pending)), is: 'pinned', data};
	}
	if (pending.length > 0) return {...sight(shown(pending)), is: 'pending', data: {names}};
	if (age > 7) return {...sight([`${age} days old`]), is: 'oldLists', data: {age}};
	return {...sight([]), is: 'ok', says: 'none pending'};
};

const some = (names: readonly string[]): string =>
	`${names.slice(0, 4).join(', ')}${names.length > 4 ? `, and ${names.length - 4} more` : ''}`;

const shown = (
	pending: readonly {readonly name: string; readonly have: string; readonly to: string}[],
): readonly string[] => [
	...pending.slice(0, most).map(one => `${one.name} ${one.have} -> ${one.to}`),
	...(pending.length > most ? [`and ${pending.length - most} more`] : []),
];
