// packages: slapd ldap-utils
// releases: bookworm trixie
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {Secret} from '#model/secret.ts';
import {directoryAccess} from '#resources/ldap/access.ts';
import {ldapBind} from '#resources/ldap/bind.ts';
import {ldapConfig} from '#resources/ldap/config.ts';
import {passwordModule} from '#resources/ldap/hashing.ts';
import {createBench} from './bench.ts';
import {admin, adminPassword, configuration, configure, freshDirectory, suffix} from './ldap-tools.ts';
import {noisy} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-7f3a$"quo\'ted\\ ü\n';
const entry = {is: 'database', suffix} as const;
const touches = ['/etc/default/slapd'];
// slapd writes each change of cn=config into its own files, with a new entryCSN.
const quiet = [...noisy, '/etc/ldap/slapd.d'];
const databaseDn = async (): Promise<string> =>
	/^dn: (olcDatabase=\{\d+\}mdb,cn=config)\n(?:[^\n]+\n)*olcSuffix: dc=conform,dc=test$/m.exec(
		await configuration(),
	)![1]!;
/** slapd gives the attributes of an entry in the order in which they came. */
const rows = async (): Promise<string> =>
	(await configuration())
		.split('\n\n')
		.map(text => text.split('\n').sort().join('\n'))
		.join('\n\n');

conformance('ldap-config', [
	{
		name: 'access rules, indexes and a limit',
		prepare: freshDirectory,
		resource: () =>
			ldapConfig({
				entry,
				set: [
					{attribute: 'olcAccess', values: directoryAccess({anonymous: 'read'}), how: 'ordered'},
					{attribute: 'olcDbIndex', values: ['uid eq', 'memberUid,mail eq,sub'], how: 'includes'},
					{attribute: 'olcSizeLimit', values: []},
				],
			}),
		breakIt: async () =>
			configure(`dn: ${await databaseDn()}\nchangetype: modify\ndelete: olcAccess\nolcAccess: {0}\n`),
		touches,
		rows,
		noisy: quiet,
	},
	{
		name: 'another password of the administrator',
		prepare: freshDirectory,
		resource: () => ldapConfig({entry, set: [], rootPassword: [new Secret('admin', canary)]}),
		breakIt: async () =>
			configure(`dn: ${await databaseDn()}\nchangetype: modify\nreplace: olcRootPW\nolcRootPW: other\n`),
		touches,
		rows,
		noisy: quiet,
		canaries: [canary, adminPassword],
	},
	{
		name: 'the right password, stored as plain text, and the name',
		prepare: freshDirectory,
		resource: () =>
			ldapConfig({
				entry,
				set: [{attribute: 'olcRootDN', values: [admin.toUpperCase()]}],
				rootPassword: [new Secret('admin', adminPassword)],
			}),
		touches,
		rows,
		noisy: quiet,
		canaries: [adminPassword],
	},
]);

describe('ldap-config, with the Argon2 module', () => {
	const bench = createBench('/tmp/conformance-ldap');

	it('loads it once, makes it the default, and passwords stored with it work', async () => {
		await freshDirectory();
		for (const one of passwordModule()) await bench.converge(one);
		for (const one of passwordModule()) expect(await bench.converge(one)).toEqual([]);
		const now = await configuration();
		expect(now.match(/olcModuleLoad: \{\d+\}argon2/g)).toHaveLength(1);
		expect(now).toContain('olcPasswordHash: {ARGON2}');
		const password = [new Secret('admin', canary)];
		const [done] = await bench.converge(ldapConfig({entry, set: [], rootPassword: password}));
		expect(await configuration()).toContain('olcRootPW: {ARGON2}$argon2id$v=19$m=19456,t=2,p=1$');
		expect(await bench.converge(ldapConfig({entry, set: [], rootPassword: password}))).toEqual([]);
		expect(await bench.undo([done!], {})).toEqual([{outcome: 'undone'}]);
		expect((await execa('ldapwhoami', ['-x', '-H', 'ldapi:///', '-D', admin, '-w', adminPassword])).stdout).toContain(
			admin,
		);
	});

	it('takes a certificate with its key, so that others can check it over StartTLS', async () => {
		await freshDirectory();
		await execa('sh', [
			'-c',
			'grep -qs localhost /etc/hosts || echo 127.0.0.1 localhost >> /etc/hosts; mkdir -p /etc/ldap/conform; cd /etc/ldap/conform; [ -e cert.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem; chown openldap key.pem',
		]);
		const done = await bench.converge(
			ldapConfig({
				entry: {is: 'global'},
				set: [
					{attribute: 'olcTLSCertificateFile', values: ['/etc/ldap/conform/cert.pem']},
					{attribute: 'olcTLSCertificateKeyFile', values: ['/etc/ldap/conform/key.pem']},
				],
			}),
		);
		const remote = (ca: {readonly ca?: string}) =>
			ldapBind({
				server: {
					kind: 'remote',
					uri: 'ldap://localhost',
					startTls: true,
					...ca,
					bindDn: admin,
					password: [new Secret('admin', adminPassword)],
					mayChange: false,
				},
				dn: admin,
				password: [new Secret('admin', adminPassword)],
			});
		expect(await remote({ca: '/etc/ldap/conform/cert.pem'}).look(bench.reader())).toEqual({state: 'ok'});
		expect(await remote({}).look(bench.reader())).toMatchObject({
			state: 'change',
			changes: [{from: expect.stringContaining('certificate')}],
		});
		// On a second run in the same host there is nothing to take back: slapd kept it.
		const kept = {
			outcome: 'kept',
			why: 'slapd does not give up olcTLSCertificateFile, olcTLSCertificateKeyFile while it runs',
		};
		expect(await bench.undo(done, {})).toEqual(done.map(() => kept));
	});

	it('says what slapd does not like', async () => {
		await freshDirectory();
		await expect(
			bench.converge(ldapConfig({entry, set: [{attribute: 'olcAccess', values: ['to nonsense']}]})),
		).rejects.toThrow('ldap.refused');
		const pair = (certificate: string, key: string) =>
			ldapConfig({
				entry: {is: 'global'},
				set: [
					{attribute: 'olcTLSCertificateFile', values: [certificate]},
					{attribute: 'olcTLSCertificateKeyFile', values: [key]},
				],
			});
		await expect(bench.converge(pair('/nowhere.pem', '/nowhere.key'))).rejects.toThrow(
			'the user openldap cannot read /nowhere.pem',
		);
		await expect(bench.converge(pair('/etc/hostname', '/etc/hostname'))).rejects.toThrow('no PEM file');
	});
});
