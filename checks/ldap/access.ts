/** slapd asks its access rules in order, and the first that fits decides: one wide rule before the others gives every hash to whoever asks. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {keepRights, rightsGiven} from '#host/ldap/access-rights.ts';
import {ldapFacts, normalDn} from '#host/ldap/config.ts';
import type {LdifEntry} from '#host/ldap/ldif.ts';
import {seeAs} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

const sentence =
	'Put a rule before all others of that database (ldapmodify -Y EXTERNAL -H ldapi:/// with add: olcAccess): {0}to attrs=userPassword,shadowLastChange by self write by anonymous auth by * none. Then have the passwords set anew: whoever could read the hashes may have.';

const kinds = defineKinds({
	anybody: {
		state: 'fail',
		example: {suffix: 'dc=example,dc=org'},
		says: ({suffix}) => `anybody may read the password hashes below ${suffix}, without a login`,
		remedy: {sentence},
	},
	everyUser: {
		state: 'fail',
		example: {suffix: 'dc=example,dc=org'},
		says: ({suffix}) => `every user of the directory may read the password hashes of all others below ${suffix}`,
		remedy: {sentence},
	},
	changes: {
		state: 'fail',
		example: {suffix: 'dc=example,dc=org', who: 'everyUser' as Who, what: 'userPassword'},
		says: ({suffix, who, what}) =>
			`${people[who]} may ${what === newEntries ? 'make new entries' : `change ${what} of ${who === 'self' ? 'their own entry' : 'others'}`} below ${suffix}${means(what)}`,
		remedy: ({suffix, who, what}) => ({
			sentence: `See which rule gives that (ldapsearch -Q -Y EXTERNAL -H ldapi:/// -b cn=config olcAccess; the first that fits decides): ${people[who]} may ${what === newEntries ? 'make none' : `change ${what} of nobody`}${who === 'self' ? ' there' : ''}. What has write or manage for * or users becomes read or none, and what people change of themselves is named, attribute by attribute, in a rule of its own before it (${suffix}).`,
		}),
	},
	configuration: {
		state: 'fail',
		example: {who: 'anybody'} as {readonly who: Who; readonly reads?: true},
		says: ({who, reads}) =>
			`${people[who]} may ${reads === true ? 'read' : 'change'} the configuration of slapd (cn=config): every rule and the password of its administrator`,
		remedy: {
			sentence:
				'Take everybody but root of this host out of olcAccess of olcDatabase={0}config: to * by dn.exact=gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth manage by * break.',
		},
	},
});

const newEntries = 'entry';

const means = (what: string): string => {
	if (what === 'userPassword') return '';
	return what === 'memberUid'
		? ': whoever is in the group sudo is root where groups come from here'
		: ': whose number is 0 is root where accounts come from here';
};

type Who = 'anybody' | 'everyUser' | 'self' | 'everyAccount';

const people: Readonly<Record<Who, string>> = {
	anybody: 'anybody, without a login,',
	everyUser: 'every user of the directory',
	self: 'every user',
	everyAccount: 'every account of this host',
};

export const check = defineCheck({
	id: 'ldap.access',
	title: 'Nobody reads or changes the passwords of others in the directory',
	why: 'A hash that may be read is a password that is tried at home, as often as one likes. slapd gives everything to everybody where no rule says otherwise, and the first rule that fits decides. Who may write another one’s password or a number is that other one, or root.',
	reads: [
		'slapacl: userPassword/read, userPassword/write, entry/write, uidNumber/write, memberUid/write of an entry below each suffix and each place that a rule names, for nobody, for some other user and for itself (cn=config)',
		'slapacl: olcAccess/write and olcRootPW/read of cn=config, for some account of this host as well',
	],
	severity: 'fail',
	layers: ['file'],
	requires: ['ldap.server'],
	source: 'slapd.access(5); OpenLDAP Administrator\'s Guide, "Access Control"; slapacl(8)',
	verify: 'ldapsearch -x -b BASE userPassword shows no userPassword',
	deadline: 12_000,
	facts: {packages, config: ldapFacts},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('slapd')) || 'slapd is not installed',
	async inspect({host, facts}) {
		if (facts.config === 'absent')
			throw new Blocked({because: 'unreadable', need: 'slapd runs without cn=config, and its slapd.conf is not read'});
		const places = [...facts.config.databases].flatMap(([suffix, database]) => placesIn(suffix, database));
		const found = await Promise.all([...places.map(place => ofPlace(host, place)), ofConfiguration(host, places)]);
		await keepRights(host);
		return findings(found);
	},
});

type Found = FoundOf<typeof kinds>;

/** The suffix, and what the rules of its database name below it: there another rule may decide. */
const placesIn = (suffix: string, {attributes}: LdifEntry): readonly string[] => {
	const named = (attributes.get('olcaccess') ?? []).flatMap(rule =>
		[...rule.matchAll(/\bto\b[^{}]*?\bdn(?:\.(?:subtree|sub|children|one(?:level)?|base|exact))?="([^"]+)"/g)].map(
			([, dn = '']) => normalDn(dn),
		),
	);
	return [...new Set([suffix, ...named.filter(dn => dn.endsWith(`,${suffix}`))])].slice(0, most);
};

/** Each costs three starts of slapacl. */
const most = 6;

const ofPlace = async (host: Reader, place: string): Promise<Found> => {
	const told = await seeAs(() => tooMuchAt(host, place));
	const {file, wrong} = 'because' in told ? {file: told, wrong: undefined} : told;
	const sight = {item: place, expected: 'nobody', layers: {file}};
	return wrong === undefined ? {...sight, is: 'ok'} : {...sight, ...wrong};
};

type Wrong =
	| {readonly is: 'changes'; readonly data: {readonly suffix: string; readonly who: Who; readonly what: string}}
	| {readonly is: 'anybody' | 'everyUser'; readonly data: {readonly suffix: string}};

/** What the first of nobody, another user and an entry itself may do there that they must not. Throws Blocked. */
const tooMuchAt = async (host: Reader, place: string): Promise<{readonly file: Seen; readonly wrong?: Wrong}> => {
	const entry = `cn=somebody,${place}`;
	for (const [who, as] of [
		['anybody', ''],
		['everyUser', `cn=somebody-else,${place}`],
		['self', entry],
	] as const) {
		const given = await rightsGiven(host, {entry, as, rights: asked});
		// A new entry wants a right on what it is put below as well.
		const makes =
			who !== 'self' &&
			given.includes('entry/write') &&
			(await rightsGiven(host, {entry: place, as, rights: ['children/write']})).length > 0;
		const may = given.filter(one => one !== 'entry/write' || makes);
		const wrong = wrongWith(who, may, place);
		if (wrong !== undefined)
			return {file: {value: `${who}: ${may.join(', ')}`, where: `slapacl -b ${entry} -D '${as}'`}, wrong};
	}
	return {file: {value: 'nobody', where: `slapacl -b ${entry} userPassword/read`}};
};

const asked = ['userPassword/write', 'userPassword/read', 'entry/write', 'uidNumber/write', 'memberUid/write'];

/** Of oneself one may know and change the password. */
const wrongWith = (
	who: 'anybody' | 'everyUser' | 'self',
	may: readonly string[],
	suffix: string,
): Wrong | undefined => {
	const what = may.find(one => one.endsWith('/write') && (who !== 'self' || one === 'uidNumber/write'));
	if (what !== undefined) return {is: 'changes', data: {suffix, who, what: what.replace('/write', '')}};
	return who !== 'self' && may.includes('userPassword/read') ? {is: who, data: {suffix}} : undefined;
};

const ofConfiguration = async (host: Reader, places: readonly string[]): Promise<Found> => {
	const where = 'slapacl -b olcDatabase={0}config,cn=config olcAccess/write olcRootPW/read';
	const told = await seeAs(
		async (): Promise<{readonly file: Seen; readonly wrong?: {readonly who: Who; readonly reads?: true}}> => {
			for (const [who, as] of [
				['anybody', ''],
				['everyUser', 'cn=somebody-else,dc=nowhere'],
				...places.map(place => ['everyUser', `cn=somebody-else,${place}`] as const),
				['everyAccount', 'gidNumber=65534+uidNumber=65534,cn=peercred,cn=external,cn=auth'],
			] as const) {
				const may = await rightsGiven(host, {
					entry: 'olcDatabase={0}config,cn=config',
					as,
					rights: ['olcAccess/write', 'olcRootPW/read'],
				});
				if (may.includes('olcAccess/write')) return {file: {value: `${who} changes it`, where}, wrong: {who}};
				if (may.length > 0) return {file: {value: `${who} reads it`, where}, wrong: {who, reads: true}};
			}
			return {file: {value: 'nobody', where}};
		},
	);
	const {file, wrong} = 'because' in told ? {file: told, wrong: undefined} : told;
	const sight = {item: 'cn=config', expected: 'nobody', layers: {file}};
	return wrong === undefined ? {...sight, is: 'ok'} : {...sight, is: 'configuration', data: wrong};
};
