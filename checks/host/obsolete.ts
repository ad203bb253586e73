/** What an upgrade of the release leaves behind goes on serving, and nobody mends it any more: no list of updates names it, because no archive has it. */
import {neededBy} from '#host/apt/needed-by.ts';
import {obsoletePackages} from '#host/apt/obsolete.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {listed} from '../shared/seeing.ts';

const kinds = defineKinds({
	served: {
		state: 'fail',
		example: {unit: 'postgresql@15-main.service', names: ['postgresql-15'] as readonly string[]},
		says: ({unit, names}) =>
			`${unit} runs from ${some(names)}, which no archive of this host carries any more: no security update comes`,
		remedy: ({names}) => ({
			sentence: names.some(name => /^postgresql-\d/.test(name))
				? 'Install the PostgreSQL of this release and move the data (a dump first, then pg_upgradecluster); remove the old one when all is well.'
				: `Move to what this release has in its place (apt-cache search), or restart the service where it has that already; then remove ${some(names)}. Where an archive was only switched off, switch it on again and fetch the lists.`,
		}),
	},
	built: {
		state: 'fail',
		example: {
			program: '/usr/local/openresty/nginx/sbin/nginx',
			unit: 'openresty.service',
			names: ['libpcre3'] as readonly string[],
		},
		says: ({program, names}) =>
			`${program}, built here, is linked to ${some(names)}, which no archive of this host carries any more: no security update comes`,
		remedy: ({program, unit}) => ({
			sentence: `Build ${program} again with what this release has (where setup built it: setup apply), then restart ${unit}.`,
		}),
	},
	left: {
		state: 'warn',
		example: {names: ['libicu72', 'perl-modules-5.36'] as readonly string[]},
		says: ({names}) =>
			`${names.length === 1 ? 'a package' : `${names.length} packages`} that no archive of this host carries any more: ${some(names)}`,
		remedy: {
			sentence:
				"apt list '?obsolete' names them. apt-get autoremove --purge takes those that nothing needs; see of the others who uses them, and remove them.",
		},
	},
});

const some = (names: readonly string[]): string =>
	names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : listed(names);

export const check = defineCheck({
	id: 'host.obsolete',
	title: 'An archive carries every package of the distribution that is installed',
	why: 'After an upgrade of the release the old database, the old interpreter and what was built against old libraries go on working. They get no security updates any more, and no list of pending updates names them.',
	reads: [
		"apt list '?obsolete', where the lists or the packages changed since the last look; kernels are left out",
		'/var/lib/dpkg/status, /var/lib/apt/extended_states: which of them are of the distribution, and which somebody installed from a file',
		'/var/lib/dpkg/info/*.list of these, /proc/PID/exe and maps: who runs from them',
	],
	severity: 'warn',
	layers: ['file'],
	deadline: 8000,
	source: 'apt-patterns(7), ?obsolete; Debian release notes, "Obsolete packages"',
	verify: "apt list '?obsolete' names none but what was installed from a file.",
	facts: {obsolete: obsoletePackages},
	kinds,
	appliesTo: ({facts: {obsolete}}) => ('untold' in obsolete ? obsolete.untold : {obsolete}),
	async inspect({host, facts: {obsolete}}) {
		const {leftover, local} = obsolete;
		const where = '/var/lib/apt/lists';
		const needed = leftover.length === 0 ? [] : await neededBy(host, leftover);
		const expected = 'an archive that carries it';
		const told = needed.map(({unit, program, names, built}): FoundOf<typeof kinds> => {
			const sight = {item: unit, expected, layers: {file: {value: names, where}}};
			return built
				? {...sight, is: 'built', data: {program, unit, names}}
				: {...sight, is: 'served', data: {unit, names}};
		});
		const once = [...new Map(told.map(one => [`${one.item} ${one.is}`, one])).values()];
		const rest = leftover.filter(name => !needed.some(({names}) => names.includes(name)));
		const left: readonly FoundOf<typeof kinds>[] =
			rest.length === 0
				? []
				: [
						{
							item: 'left',
							is: 'left',
							data: {names: rest},
							expected,
							layers: {file: {value: rest.slice(0, 20), where}},
						},
					];
		return findings<FoundOf<typeof kinds>>([...once, ...left], {
			is: 'ok',
			...(local.length > 0 && {says: `${some(local)} ${local.length === 1 ? 'was' : 'were'} installed from elsewhere`}),
			expected,
			layers: {file: {value: [], where}},
		});
	},
});
