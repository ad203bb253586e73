/** Packages that the next release has no more: apt keeps them, or takes them away to let others come, and says so in one line among hundreds. */

import {automaticIn} from '#host/apt/obsolete.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {vanishedPackages} from '#host/apt/vanished/script.ts';
import {textOf} from '#host/files/text-of.ts';
import {type AnyCheck, defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Coming} from './coming-release.ts';

export const beforePackages = ({codename, name, notes}: Coming): AnyCheck => {
	const kinds = defineKinds({
		vanishes: {
			state: 'warn',
			example: {packageName: 'ntp'},
			says: ({packageName}) =>
				`${packageName}, which somebody installed, is not in ${name}: it stays as it is, without security updates, or goes`,
			remedy: ({packageName}) => ({
				sentence: `See what takes its place (the release notes, apt-cache show on a host of ${name}), and go over to it before or right after the upgrade; where nobody uses it: apt-get purge ${packageName}.`,
			}),
		},
	});
	const check = defineCheck({
		id: 'before.packages',
		title: `${name} has the packages that were asked for here`,
		why: 'What no archive carries gets no security updates, and goes on serving as if nothing had happened.',
		reads: [
			'/var/lib/dpkg/status',
			'/var/lib/apt/extended_states: which of them came along with others',
			`the packages that ${codename} has no more, kept with setup`,
		],
		severity: 'warn',
		layers: ['file'],
		source: `the archives of both releases; ${notes}`,
		verify: `apt-cache policy on a host of ${name}`,
		facts: {packages},
		kinds,
		async inspect({host, facts}) {
			const gone = vanishedPackages(codename);
			const states = '/var/lib/apt/extended_states';
			const automatic = automaticIn((await textOf(host, states)) ?? '');
			const here = [...facts.packages.all.values()].filter(one => isInstalled(one) && gone.has(one.name));
			const asked = here.map(one => one.name).filter(one => !automatic.has(one));
			const where = '/var/lib/dpkg/status';
			const along = here.length - asked.length;
			const found = asked.toSorted().map(
				(packageName): FoundOf<typeof kinds> => ({
					is: 'vanishes',
					item: packageName,
					data: {packageName},
					expected: `in ${codename}`,
					layers: {file: {value: 'installed', where}},
				}),
			);
			return findings<FoundOf<typeof kinds>>(found, {
				is: 'ok',
				...(along > 0 && {says: `${along} that came along with others are not in ${name}`}),
				expected: 'none that vanishes',
				layers: {file: {value: [], where}},
			});
		},
	});
	return check;
};
