/** The account with which the application writes to the directory: its password is proven by a bind, never by comparing hashes. */
import {bindWorks} from '#host/ldap/client.ts';
import {type Nslcd, nslcd} from '#host/ldap/nslcd.ts';
import {type KeptSecret, storedSecret} from '#host/secrets/stored-secret.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Secret} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';

const kinds = defineKinds({
	refused: {
		state: 'fail',
		example: {dn: 'cn=admin,dc=example,dc=org', why: 'wrong name or password'},
		says: ({dn, why}) => `${dn} cannot bind: ${why}`,
		remedy: {
			sentence:
				'Set the password of the account to what the application has (ldappasswd, or setup apply with the answers of the stack).',
		},
	},
});

export const check = defineCheck({
	id: 'ldap.bind',
	title: 'The bind account of the directory logs in',
	why: 'The application makes users and groups with this account. With a changed password everything that reads still works, and everything that writes fails.',
	reads: [
		'the answers of what setup installed and its stored secret, else binddn and bindpw of /etc/nslcd.conf',
		'a simple bind',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['ldap.server'],
	source: 'ipynbsrv guide, "User Management" (Bind DN); its settings DATABASES.ldap',
	verify: 'ldapwhoami -x -D BINDDN -W',
	deadline: 7000,
	facts: {nslcd},
	kinds,
	appliesTo: ({facts, expect}) =>
		expect.length > 0 || (facts.nslcd !== 'absent' && facts.nslcd.bindDn !== undefined) || 'no bind account is known',
	async inspect({host, facts, expect}) {
		const wanted = (expect as readonly Wanted[]).map(one => ({
			...one,
			password: () => storedSecret(host, one.password),
		}));
		const accounts: readonly Account[] = wanted.length > 0 ? wanted : [accountIn(facts.nslcd)];
		return findings(await Promise.all(accounts.map(account => findingOf(account, host))));
	},
});

type Account = {
	readonly uri: string;
	readonly startTls: boolean;
	readonly dn: string;
	readonly password: () => Secret | Promise<Secret>;
};

type Wanted = Omit<Account, 'password'> & {readonly password: KeptSecret};

const accountIn = (conf: Nslcd | 'absent'): Account => {
	if (conf === 'absent' || conf.bindDn === undefined || conf.bindPassword === undefined)
		throw new Blocked({because: 'unreadable', need: 'nslcd.conf has no bindpw for its binddn'});
	return {
		uri: conf.uris[0] ?? 'ldap://127.0.0.1/',
		startTls: conf.startTls,
		dn: conf.bindDn,
		password: () => conf.bindPassword!,
	};
};

const findingOf = async (account: Account, host: Reader): Promise<FoundOf<typeof kinds>> => {
	const runtime = await see(async () => {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'a bind needs the running directory'});
		return {value: await binds(account), where: `bind as ${account.dn} at ${account.uri}`};
	});
	const sight = {item: account.dn, expected: 'works', layers: {runtime}};
	return isSeen(runtime) && runtime.value !== 'works'
		? {...sight, is: 'refused', data: {dn: account.dn, why: String(runtime.value)}}
		: {...sight, is: 'ok'};
};

const patience = 3000;

const binds = async ({uri, startTls, dn, ...account}: Account): Promise<string> => {
	const password = [await account.password()];
	const answer = await bindWorks(
		{kind: 'remote', uri, startTls, bindDn: dn, password, mayChange: false, patience},
		dn,
		password,
	);
	if (answer.ok) return 'works';
	if (answer.code === 49) return answer.why;
	throw new Blocked(
		/time|ETIMEDOUT/i.test(`${answer.code} ${answer.why}`)
			? {because: 'timeout', need: `${uri} gave no answer within ${patience / 1000} s`}
			: {because: 'unreadable', need: `${uri}: ${answer.why}`},
	);
};
