/** The line in nsswitch.conf is what makes accounts of the directory accounts of the host; the guide has it checked by hand. */
import {blank} from '#edit/blanks.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {edit} from '#resources/files/edit.ts';

const path = '/etc/nsswitch.conf';
const databases = ['passwd', 'group', 'shadow'] as const;

type Line = {readonly database: (typeof databases)[number] | 'initgroups'};

const careful = 'Keep a root shell open, and see that getent passwd root still answers.';

const kinds = defineKinds({
	notAsked: {
		state: 'fail',
		example: {database: 'passwd'} as Line,
		says: ({database}) =>
			database === 'initgroups'
				? 'initgroups does not ask ldap: who is in a group of the directory is not in it here'
				: `${database} does not ask ldap`,
		remedy: ({database}) => ({sentence: `Let the line ${database}: in ${path} end with ldap. ${careful}`}),
		fix: ({database}) => [
			edit(
				{path, format: 'nsswitch', settings: [{database, token: 'ldap', last: true}]},
				{id: `edit:${path}:${database}`, locks: ['nss']},
			),
		],
	},
	endsBefore: {
		state: 'fail',
		example: {database: 'passwd', action: '[NOTFOUND=return]'} as Line & {readonly action: string},
		says: ({database, action}) => `${database} ends before it comes to ldap: ${action}`,
		// The action is somebody's own.
		remedy: ({database, action}) => ({
			sentence: `Take ${action} out of the line ${database}: in ${path}, or put it behind ldap. ${careful}`,
		}),
	},
});

export const check = defineCheck({
	id: 'ldap.nsswitch',
	title: 'passwd, group and shadow ask ldap',
	why: 'Without ldap on these lines, or behind an action that ends the search, the host does not know the users of the directory. Packages write them only when they are installed for the first time.',
	reads: [`${path}: passwd, group, shadow, and initgroups where it has a line`],
	severity: 'fail',
	layers: ['file'],
	source: 'ipynbsrv guide, "Dedicated Node" and "LDAP" (lines for passwd, group and shadow end with ldap)',
	verify: `grep -E '^(passwd|group|shadow|initgroups):' ${path}`,
	facts: {packages},
	kinds,
	appliesTo: ({facts}) =>
		['libnss-ldapd', 'libnss-ldap', 'nslcd'].some(name => isInstalled(facts.packages.all.get(name))) ||
		'no LDAP client (nslcd, libnss-ldapd) is installed',
	async inspect({host}) {
		const lines = Buffer.from((await host.read(path)) ?? '')
			.toString('utf8')
			.split('\n');
		// Of two lines the C library takes the last.
		const placeOf = (database: string): number =>
			lines.findLastIndex(line => new RegExp(`^[${blank}]*${database}[${blank}]*:`).test(line));
		// Without a line of its own initgroups goes by that of group.
		const asked: readonly Line['database'][] = [
			...databases,
			...(placeOf('initgroups') < 0 ? [] : ['initgroups' as const]),
		];
		return findings(
			asked.map((database): FoundOf<typeof kinds> => {
				const at = placeOf(database);
				const words = wordsIn(lines[at] ?? '');
				const services = words.filter(word => !word.startsWith('['));
				const sight = {
					item: database,
					expected: [...services.filter(one => one !== 'ldap'), 'ldap'],
					layers: {file: {value: [...words], where: at < 0 ? `${path}: no such line` : `${path}:${at + 1}`}},
				};
				if (!services.includes('ldap')) return {...sight, is: 'notAsked', data: {database}};
				const action = words.slice(0, words.indexOf('ldap')).findLast(endsThere);
				return action === undefined ? {...sight, is: 'ok'} : {...sight, is: 'endsBefore', data: {database, action}};
			}),
		);
	},
});

/** Services and actions, `[NOTFOUND=return]` as one word, without the comment. */
const wordsIn = (line: string): readonly string[] =>
	[
		...line
			.replace(/#.*/, '')
			.replace(/^[^:]*:/, '')
			.matchAll(/\[[^\]]*\]|[^ \t\v\f\r[\]]+/g),
	].map(([word]) => word);

/** An action by which a name that is not found is not looked for any further. */
const endsThere = (word: string): boolean =>
	word.startsWith('[') &&
	[...word.matchAll(/(!?)[ \t]*(\w+)[ \t]*=[ \t]*(\w+)/g)].some(
		([, not, status = '', action = '']) =>
			action.toLowerCase() === 'return' && (status.toLowerCase() === 'notfound') !== (not === '!'),
	);
