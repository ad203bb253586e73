/** The round trip: libc, nsswitch, nslcd, the network, the directory and back. Every part may look well while the whole does not work. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {isSeen, see} from '#host/see.ts';
import {accounts} from '#host/system/accounts.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {askDirectory} from '../shared/ldap-place.ts';

const kinds = defineKinds({
	unknown: {
		state: 'fail',
		example: {name: 'ada'},
		says: ({name}) => `${name} is in the directory, and this host does not know it`,
		remedy: {
			sentence:
				'See nsswitch.conf, then nslcd (nslcd -d in a terminal tells what it asks), then the base in nslcd.conf; after a repair restart nslcd, which waits longer after each failure.',
		},
	},
	cached: {
		state: 'fail',
		example: {name: 'ada'},
		says: ({name}) => `${name} is known from a cache only: asked now, the directory gives this host no answer about it`,
		remedy: {
			sentence:
				'nscd still answers, for minutes. See nslcd (nslcd -d in a terminal tells what it asks): its base, its login where slapd takes no anonymous one (olcDisallows, olcRequires), its own restart after the server came back.',
		},
	},
	otherNumber: {
		state: 'fail',
		example: {name: 'ada', here: '1001', there: '10001'},
		says: ({name, here, there}) => `${name} has the number ${here} here and ${there} in the directory`,
		remedy: ({name}) => ({
			sentence: `Another account of the same name answers first: see getent passwd ${name} and the order in nsswitch.conf, then uidNumber in the directory; a cache (nscd, sssd) may hold the old number.`,
		}),
	},
});

export const check = defineCheck({
	id: 'ldap.getent',
	title: 'A user of the directory is a user of this host',
	why: 'Shares, containers and logins of the application want the numbers of its users from the host itself. That works only when nsswitch, nslcd and the directory all do.',
	reads: [
		'the directory: one account (the first user of the answers, or the first one found)',
		'getent passwd NAME; where nscd runs, getent -s ldap passwd NAME, which passes it by',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['ldap.server', 'ldap.nslcd', 'ldap.nsswitch'],
	source: 'ipynbsrv guide, "LDAP" (under Web Interface)',
	verify: 'getent passwd NAME',
	deadline: 8000,
	facts: {packages, accounts},
	kinds,
	appliesTo: ({facts}) =>
		['libnss-ldapd', 'libnss-ldap'].some(name => isInstalled(facts.packages.all.get(name))) ||
		'libnss-ldapd is not installed',
	async inspect({host, facts, expect}) {
		const all = expect as readonly Wanted[];
		const isLocal = (name: string): boolean => facts.accounts.users.has(name);
		return findings(
			await Promise.all((all.length > 0 ? all : [undefined]).map(wanted => findingOf(wanted, isLocal, host))),
		);
	},
});

type Wanted = {readonly base: string; readonly user: string};

const findingOf = async (
	wanted: Wanted | undefined,
	isLocal: (name: string) => boolean,
	host: Reader,
): Promise<FoundOf<typeof kinds>> => {
	const user = await userOf(host, wanted, isLocal);
	const runtime = await see(async () => ({
		value: await resolved(host, user.name),
		where: `getent passwd ${user.name}`,
	}));
	const uid = isSeen(runtime) ? runtime.value : undefined;
	const cached = uid !== undefined && uid !== null && (await onlyCached(host, user.name));
	const {name} = user;
	const sight = {item: name, expected: user.uid === '' ? 'an account' : user.uid, layers: {runtime}};
	if (uid === null) return {...sight, is: 'unknown', data: {name}};
	if (cached) return {...sight, is: 'cached', data: {name}};
	return uid !== undefined && user.uid !== '' && uid !== user.uid
		? {...sight, is: 'otherNumber', data: {name, here: String(uid), there: user.uid}}
		: {...sight, is: 'ok'};
};

const userOf = async (
	host: Reader,
	wanted: Wanted | undefined,
	isLocal: (name: string) => boolean,
): Promise<{readonly name: string; readonly uid: string}> => {
	const {answer} = await askDirectory(host, wanted);
	const known = answer.answers ? answer.accounts : [];
	const asked = wanted?.user;
	const named = asked ? (known.find(({name}) => name === asked) ?? {name: asked, uid: ''}) : undefined;
	const user = named ?? known.find(({name, uid}) => name !== '' && Number(uid) >= 1000 && !isLocal(name));
	if (user === undefined)
		throw new Blocked({because: 'unreadable', need: 'the directory holds no account that could be asked for'});
	return user;
};

/** glibc asks no nscd where the service is named. nslcd that gets no answer keeps who asks waiting for ten seconds and more. */
const onlyCached = async (host: Reader, name: string): Promise<boolean> => {
	if ((await host.stat('/run/nscd/socket')) === undefined) return false;
	try {
		return (await host.probe(['getent', '-s', 'ldap', 'passwd', name], {timeout: 4000})).code === notFound;
	} catch (error) {
		if (error instanceof Blocked && error.why.because === 'timeout') return true;
		throw error;
	}
};

const notFound = 2;

/** The number, or null when nobody knows the name. */
const resolved = async (host: Reader, name: string): Promise<string | null> => {
	const ran = await host.probe(['getent', 'passwd', name], {timeout: 4000});
	return ran.code === 0 ? (ran.stdout.split(':')[2] ?? null) : null;
};
