/** A hole that is mended in the archive and open on the host is the one that is used. */
import {securityUpdates} from '#host/apt/security-updates.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding} from '#model/finding.ts';

const day = 86_400_000;

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
	async inspect({facts, now}) {
		const {pending, lists, fetchedAt} = facts.securityUpdates;
		const age = Math.floor((now - fetchedAt) / day);
		const where = pending[0]?.list ?? '/var/lib/apt/lists';
		const finding = (
			state: Finding['state'],
			says: string,
			value: readonly string[] = shown(pending),
		): readonly [Finding] => [
			{state, says, expected: 'nothing pending, lists of this week', layers: {file: {value, where}}},
		];
		if (lists.length === 0) return finding('fail', 'no security archive is among the package sources', []);
		if (pending.length > 0)
			return finding(
				'fail',
				`${pending.length === 1 ? '1 security update is' : `${pending.length} security updates are`} pending: ${some(pending.map(one => one.name))}`,
			);
		if (age > 7)
			return finding('warn', `the package lists are ${age} days old: what is pending since is not known`, [
				`${age} days old`,
			]);
		return finding('ok', 'none pending');
	},
	remedy: ({says = ''}) => {
		if (/no security archive/.test(says))
			return {
				sentence:
					'Add the security suite of this release to /etc/apt/sources.list (Debian: http://security.debian.org/debian-security SUITE-security main).',
			};
		if (/days old/.test(says))
			return {
				sentence: 'Fetch the lists; host.automatic-updates shows why nobody does.',
				commands: [['apt-get', 'update']],
			};
		return {
			sentence:
				'Install them, when a restart of what they belong to can be borne: apt-get upgrade, or unattended-upgrade for those of the security archive alone.',
		};
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
