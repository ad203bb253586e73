/** Configuration that the programs of the next release refuse, or no longer read: they are restarted in the middle of the upgrade, and stay down. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {type AnyCheck, defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Coming} from './coming-release.ts';
import {type Line, refusals} from './refusals.ts';

export const beforeConfiguration = (coming: Coming): AnyCheck => {
	const {codename, name, notes} = coming;
	const rows = refusals.filter(one => one.since === codename);
	const kinds = defineKinds({
		refused: {
			state: 'fail',
			example: {
				server: 'nginx',
				word: 'ssl on',
				where: '/etc/nginx/sites-enabled/default:3',
				mend: 'Write ssl behind the port of listen.',
			},
			says: ({server, word, where}) => `${server} of ${name} does not start with ${word} (${where})`,
			remedy: ({mend}) => ({sentence: mend}),
		},
		unread: {
			state: 'warn',
			example: {
				server: 'systemd',
				word: 'its settings',
				where: '/etc/sysctl.conf:3',
				mend: 'Move them into a file of /etc/sysctl.d.',
			},
			says: ({server, word, where}) => `${server} of ${name} does not read ${word} (${where})`,
			remedy: ({mend}) => ({sentence: mend}),
		},
	});
	const check = defineCheck({
		id: 'before.configuration',
		title: `The programs of ${name} take the configuration of this host`,
		why: 'An upgrade keeps what an administrator wrote. Where the new program does not know it any more, the service stays down from the moment in which its package is set up.',
		reads: rows.map(({reads}) => reads),
		severity: 'fail',
		layers: ['file'],
		source: [...new Set(rows.map(({source}) => source)), notes].join('; '),
		verify: 'the test of each program (nginx -t, sshd -t, doveconf -n) after the upgrade',
		facts: {packages},
		kinds,
		async inspect({host, facts}) {
			const concerned = rows.filter(({by}) => by.some(one => isInstalled(facts.packages.all.get(one))));
			const found = await Promise.all(
				concerned.map(async ({server, is, mend, find}) =>
					(await find(host)).map(
						({word, where}: Line): FoundOf<typeof kinds> => ({
							is,
							item: `${server} ${where}`,
							data: {server, word, where, mend},
							expected: 'nothing that it does not take',
							layers: {file: {value: word, where}},
						}),
					),
				),
			);
			return findings<FoundOf<typeof kinds>>(found.flat(), {
				is: 'ok',
				expected: 'nothing that they do not take',
				layers: {file: {value: concerned.map(({server}) => server), where: '/etc'}},
			});
		},
	});
	return check;
};
