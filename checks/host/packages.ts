/** One package that is half-installed makes every later apt run fail, today's security update included. */
import {packages} from '#host/apt/packages.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';

const status = '/var/lib/dpkg/status';

export const check = defineCheck({
	id: 'host.packages',
	title: 'No package is half-installed',
	why: 'A package that was left unpacked or half-configured may not work at all, and apt refuses to go on until it is mended, so that security updates stop as well.',
	reads: [
		`${status}: the three words of every package`,
		'/var/lib/dpkg/updates: what a dpkg that was cut off left behind',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'dpkg(1), package states',
	verify: 'dpkg --audit prints nothing.',
	facts: {packages},
	async inspect({host, facts}) {
		const cutOff = ((await host.list('/var/lib/dpkg/updates').catch(() => [])) ?? []).filter(name =>
			/^\d+$/.test(name),
		);
		const wrong = [
			...facts.packages.broken.map(one => ({
				item: one.name,
				state: 'fail' as const,
				says: `${one.name} is ${one.flag === 'ok' ? one.status : `${one.flag}, ${one.status}`}`,
				expected: 'install ok installed',
				layers: {file: {value: `${one.want} ${one.flag} ${one.status}`, where: status}},
			})),
			...(cutOff.length === 0
				? []
				: [
						{
							item: 'dpkg',
							state: 'fail' as const,
							says: 'dpkg was cut off and has not finished',
							expected: [],
							layers: {file: {value: cutOff, where: '/var/lib/dpkg/updates'}},
						},
					]),
		];
		return findings<Finding>(wrong, {
			state: 'ok',
			says: `${facts.packages.all.size} packages`,
			expected: 'install ok installed',
			layers: {file: {value: [], where: status}},
		});
	},
	remedy: () => ({
		sentence: 'Let dpkg finish; where that fails, its last lines say which package stands in the way.',
		commands: [['dpkg', '--configure', '--pending']],
	}),
	fix: () => [dpkgConsistent()],
});
