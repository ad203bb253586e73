// packages: slapd ldap-utils
// releases: bookworm trixie
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import type {LdapServer} from '#host/ldap/client.ts';
import {Secret} from '#model/secret.ts';
import {ldapBind} from '#resources/ldap/bind.ts';
import {dn, ldapEntry} from '#resources/ldap/entry.ts';
import {createBench} from './bench.ts';
import {admin, adminPassword, entries, freshDirectory, simple, suffix} from './ldap-tools.ts';
import {noisy} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-7f3a$"quo\'ted\\ ü\n,=#';
const hostile = ' #Ada, "the" <first>;+=\\ of her (name)* \u00fc\n ';
const server = (): LdapServer => ({
	kind: 'local',
	suffix,
	bindDn: admin,
	password: [new Secret('admin', adminPassword)],
});
const base = () => ldapEntry({server: server(), dn: suffix, attributes: {objectClass: ['top']}});
const user = (name = 'ada') =>
	ldapEntry({
		server: server(),
		dn: dn(['cn', name], suffix),
		attributes: {
			objectClass: ['inetOrgPerson', 'posixAccount'],
			cn: name,
			uid: 'ada',
			sn: hostile,
			uidNumber: '2500',
			gidNumber: '2500',
			homeDirectory: '/home/ada',
			mail: {includes: ['ada@example.org']},
		},
		password: [new Secret('ada', canary)],
	});

const bench = createBench('/tmp/conformance-entry');
const external = ['-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///'];
const modify = async (ldif: string): Promise<void> => void (await execa('ldapmodify', external, {input: ldif}));
const withBase = async (): Promise<void> => {
	await freshDirectory();
	await bench.converge(base());
};
const old = async (): Promise<void> => {
	await withBase();
	await modify(
		`dn: cn=ada,${suffix}\nchangetype: add\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\ncn: ada\nuid: somebody\nsn: old\nuidNumber: 1\ngidNumber: 1\nhomeDirectory: /tmp\nmail: old@example.org\nuserPassword:: ${Buffer.from(canary).toString('base64')}\n`,
	);
};
const rest = {
	touches: ['/etc/default/slapd'],
	rows: entries,
	noisy: [...noisy, '/etc/ldap/slapd.d'],
	canaries: [canary, adminPassword],
};

conformance('ldap-entry', [
	{name: 'the base of a directory', prepare: freshDirectory, resource: base, ...rest},
	{
		name: 'a user with a password',
		prepare: withBase,
		resource: () => user(),
		breakIt: () => modify(`dn: cn=ada,${suffix}\nchangetype: modify\nreplace: uidNumber\nuidNumber: 0\n`),
		...rest,
	},
	{
		name: 'hostile names',
		prepare: withBase,
		resource: () => user(hostile),
		breakIt: () =>
			modify(
				`dn:: ${Buffer.from(dn(['cn', hostile], suffix)).toString('base64')}\nchangetype: modify\nreplace: userPassword\nuserPassword: changed\n`,
			),
		...rest,
	},
	{
		name: 'another user of that name, with the password in plain text',
		prepare: old,
		resource: () => user(),
		breakIt: () => modify(`dn: cn=ada,${suffix}\nchangetype: modify\ndelete: mail\nmail: ada@example.org\n`),
		...rest,
	},
]);

describe('ldap-entry, with what others did', () => {
	it('keeps an entry that holds more than we put there, or has entries below it', async () => {
		await freshDirectory();
		const bottom = await bench.converge(base());
		const done = await bench.converge(user());
		await modify(`dn: cn=ada,${suffix}\nchangetype: modify\nadd: description\ndescription: precious\n`);
		expect(await bench.undo(bottom, {})).toMatchObject([{outcome: 'kept', why: `${suffix} has entries below it`}]);
		expect(await bench.undo(done, {})).toMatchObject([{outcome: 'kept', why: expect.stringContaining('description')}]);
		expect(await entries()).toContain('precious');
	});

	it('keeps an entry whose password was changed by its owner', async () => {
		await withBase();
		const done = await bench.converge(user());
		await execa('ldappasswd', [...simple, '-s', 'chosen-myself', `cn=ada,${suffix}`]);
		expect(await bench.undo(done, {})).toMatchObject([
			{outcome: 'kept', why: expect.stringContaining('another password')},
		]);
	});

	it('dumps a tree before it is deleted with its data', async () => {
		await freshDirectory();
		const bottom = await bench.converge(base());
		await bench.converge(user());
		await modify(`dn: cn=ada,${suffix}\nchangetype: modify\nadd: jpegPhoto\njpegPhoto:: /9j/4AD/\n`);
		expect(await bench.undo(bottom, {purgeData: true})).toEqual([{outcome: 'undone'}]);
		expect(await entries()).toBe('');
		const path = /a copy goes to ([^"]+)"/.exec(bench.told().join('\n'))?.[1];
		await execa('ldapadd', simple, {input: (await execa('cat', [path!])).stdout});
		expect(await entries()).toContain('jpegPhoto:: /9j/4AD/');
	});

	it("a password that is set once is the user's own afterwards", async () => {
		await withBase();
		const once = () =>
			ldapEntry({
				server: server(),
				dn: `cn=bob,${suffix}`,
				attributes: {objectClass: ['person'], cn: 'bob', sn: 'b'},
				password: [new Secret('bob', canary)],
				passwordWhen: 'created',
			});
		await bench.converge(once());
		expect(
			await bench.converge(ldapBind({server: server(), dn: `cn=bob,${suffix}`, password: [new Secret('bob', canary)]})),
		).toEqual([]);
		await execa('ldappasswd', [...simple, '-s', 'chosen-myself', `cn=bob,${suffix}`]);
		expect(await bench.converge(once())).toEqual([]);
		await expect(
			bench.converge(ldapBind({server: server(), dn: `cn=bob,${suffix}`, password: [new Secret('bob', canary)]})),
		).rejects.toThrow('ldap.login');
	}, 60_000);

	it('reads as root while the administrator has another password, and refuses to write', async () => {
		await old();
		const wrong: LdapServer = {...server(), password: [new Secret('admin', 'not-the-password')]} as LdapServer;
		const one = ldapEntry({
			server: wrong,
			dn: `cn=ada,${suffix}`,
			attributes: {objectClass: ['inetOrgPerson'], sn: 'new'},
		});
		expect(await one.look(bench.reader())).toMatchObject({
			state: 'change',
			changes: [{what: 'sn', from: 'old', to: 'new'}],
		});
		await expect(bench.converge(one)).rejects.toThrow('ldap.refused');
	});

	it('only reads another server, unless told otherwise', async () => {
		await old();
		const remote = (mayChange: boolean): LdapServer => ({
			kind: 'remote',
			uri: 'ldap://127.0.0.1',
			bindDn: admin,
			password: [new Secret('admin', adminPassword)],
			base: suffix,
			mayChange,
		});
		const one = (mayChange: boolean) =>
			ldapEntry({
				server: remote(mayChange),
				dn: `cn=ada,${suffix}`,
				attributes: {objectClass: ['inetOrgPerson'], sn: 'new'},
				password: [new Secret('ada', 'over-the-network')],
			});
		expect(await one(false).look(bench.reader())).toMatchObject({state: 'failed', fault: {code: 'ldap.read-only'}});
		await bench.converge(one(true));
		expect(await bench.converge(one(true))).toEqual([]);
		expect(await entries()).not.toContain(Buffer.from('over-the-network').toString('base64'));
	});
});
