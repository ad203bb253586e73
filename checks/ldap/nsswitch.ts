/** The line in nsswitch.conf is what makes accounts of the directory accounts of the host; the guide has it checked by hand. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {edit} from '#resources/files/edit.ts';

const path = '/etc/nsswitch.conf';
const databases = ['passwd', 'group', 'shadow'] as const;

export const check = defineCheck({
	id: 'ldap.nsswitch',
	title: 'passwd, group and shadow end with ldap',
	why: 'Without ldap on these lines the host does not know the users of the directory. Packages write them only when they are installed for the first time.',
	reads: [`${path}: passwd, group, shadow`],
	severity: 'fail',
	layers: ['file'],
	source: 'ipynbsrv guide, "Dedicated Node" and "LDAP" (lines for passwd, group and shadow end with ldap)',
	verify: `grep -E '^(passwd|group|shadow):' ${path}`,
	facts: {packages},
	appliesTo: ({facts}) =>
		['libnss-ldapd', 'libnss-ldap', 'nslcd'].some(name => isInstalled(facts.packages.all.get(name))) ||
		'no LDAP client (nslcd, libnss-ldapd) is installed',
	async inspect({host}) {
		const lines = Buffer.from((await host.read(path)) ?? '')
			.toString('utf8')
			.split('\n');
		return findings(
			databases.map((database): Finding => {
				const at = lines.findIndex(line => new RegExp(`^\\s*${database}\\s*:`).test(line));
				const services = servicesIn(lines[at] ?? '');
				const says = services.includes('ldap')
					? `ldap is not the last of ${database}`
					: `${database} does not ask ldap`;
				const good = services.at(-1) === 'ldap';
				return {
					item: database,
					state: good ? 'ok' : 'fail',
					...(!good && {says}),
					expected: [...services.filter(one => one !== 'ldap'), 'ldap'],
					layers: {file: {value: services, where: at < 0 ? `${path}: no such line` : `${path}:${at + 1}`}},
				};
			}),
		);
	},
	remedy: ({item}) => ({
		sentence: `Let the line ${item}: in ${path} end with ldap. Keep a root shell open, and see that getent passwd root still answers.`,
	}),
	fix: ({item}) => [
		edit(
			{path, format: 'nsswitch', settings: [{database: item ?? 'passwd', token: 'ldap', last: true}]},
			{id: `edit:${path}:${item}`, locks: ['nss']},
		),
	],
});

/** Without actions in brackets and without the comment. */
const servicesIn = (line: string): readonly string[] =>
	line
		.replace(/#.*/, '')
		.replace(/^[^:]*:/, '')
		.replace(/\[[^\]]*\]/g, ' ')
		.split(/\s+/)
		.filter(word => word !== '');
