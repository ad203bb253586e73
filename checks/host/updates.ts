/** A hole that is mended in the archive and open on the host is the one that is used. */
import {securityUpdates} from '#host/apt/security-updates.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';

const day = 86_400_000;

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
		'/var/lib/dpkg/status: installed versions',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'Securing Debian Manual, "Execute a security update"; coralnet guide, "upgrade system packages"',
	verify: 'apt-get update, then apt list --upgradable names nothing from a security suite.',
	facts: {securityUpdates},
	kinds,
	async inspect({facts, now}) {
		const {pending, lists, fetchedAt} = facts.securityUpdates;
		const age = Math.floor((now - fetchedAt) / day);
		const where = pending[0]?.list ?? '/var/lib/apt/lists';
		const sight = (value: readonly string[]) => ({
			expected: 'nothing pending, lists of this week',
			layers: {file: {value, where}},
		});
		if (lists.length === 0) return [{...sight([]), is: 'noArchive'}];
		if (pending.length > 0)
			return [{...sight(shown(pending)), is: 'pending', data: {names: pending.map(one => one.name)}}];
		if (age > 7) return [{...sight([`${age} days old`]), is: 'oldLists', data: {age}}];
		return [{...sight([]), is: 'ok', says: 'none pending'}];
	},
});

const some = (names: readonly string[]): string =>
	`${names.slice(0, 4).join(', ')}${names.length > 4 ? `, and ${names.length - 4} more` : ''}`;

const most = 12;

const shown = (
	pending: readonly {readonly name: string; readonly have: string; readonly to: string}[],
): readonly string[] => [
	...pending.slice(0, most).map(one => `${one.name} ${one.have} -> ${one.to}`),
	...(pending.length > most ? [`and ${pending.length - most} more`] : []),
];
