// packages: slapd ldap-utils postgresql
/** Probes against a real slapd and a real PostgreSQL: what works is said to work, what does not is said in words, and nothing is changed by asking. */
import {execa} from 'execa';
import {beforeAll, describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {Secret} from '#model/secret.ts';
import type {Probe} from '#model/step.ts';
import {type Directory, ldapAnonymous, ldapBind, ldapEntries} from '#steps/probes/ldap.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {postgresLogin} from '#steps/probes/postgres.ts';
import {serverAnswers} from '#steps/probes/server.ts';
import {admin, adminPassword, configuration, configure, entries, freshDirectory, simple, suffix} from './ldap-tools.ts';
import {dropDatabase, dropRole, psql} from './postgres-tools.ts';

const ask = (probe: Probe) => probe.run(createReader());
const folder = '/etc/ldap/probes';

describe('a directory', () => {
	const directory = (more: Partial<Directory> = {}): Directory => ({
		uri: 'ldap://localhost/',
		startTls: false,
		base: suffix,
		bindDn: admin,
		password: [new Secret('admin', adminPassword)],
		mayChange: false,
		...more,
	});
	const add = async (ldif: string): Promise<void> => void (await execa('ldapadd', simple, {input: ldif}));
	const unit = (name: string): Promise<void> =>
		add(`dn: ou=${name},${suffix}\nobjectClass: organizationalUnit\nou: ${name}\n`);

	beforeAll(async () => {
		await execa('sh', [
			'-c',
			`grep -qs localhost /etc/hosts || echo 127.0.0.1 localhost >> /etc/hosts; mkdir -p ${folder}; cd ${folder}; [ -e cert.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -days 60 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem; chown openldap key.pem`,
		]);
		await freshDirectory();
		await add(`dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\ndc: conform\no: conform\n`);
	});

	it('lets the right password in and no other', async () => {
		expect(await ask(ldapBind(directory(), []))).toEqual({state: 'ok', line: 'bind works'});
		const wrong = directory({password: [new Secret('wrong', 'c4n4ry-hunter2')]});
		expect(await ask(ldapBind(wrong, []))).toEqual({state: 'failed', line: 'bind: the name or the password is wrong'});
		expect(await ask(ldapEntries(wrong, []))).toMatchObject({state: 'failed'});
		expect(await ask(ldapBind(directory({bindDn: `cn=nobody,${suffix}`}), []))).toMatchObject({state: 'failed'});
	});

	it('has units, somebody in them, or not', async () => {
		expect(await ask(ldapEntries(directory(), []))).toEqual({
			state: 'failed',
			line: 'no ou=users and no ou=groups, and setup may not add it',
		});
		expect(await ask(ldapEntries(directory({mayChange: true}), []))).toMatchObject({state: 'warn'});
		await unit('users');
		await unit('groups');
		expect(await ask(ldapEntries(directory(), []))).toEqual({
			state: 'warn',
			line: 'nothing under ou=users: nobody can log in yet',
		});
		await add(`dn: cn=ada,ou=users,${suffix}\nobjectClass: person\ncn: ada\nsn: Lovelace\n`);
		expect(await ask(ldapEntries(directory(), []))).toEqual({
			state: 'warn',
			line: 'nothing under ou=groups: no one is in a group',
		});
		await add(`dn: cn=ada,ou=groups,${suffix}\nobjectClass: posixGroup\ncn: ada\ngidNumber: 2500\n`);
		const before = await entries();
		expect(await ask(ldapEntries(directory(), []))).toEqual({state: 'ok', line: '1 under ou=users, 1 under ou=groups'});
		expect(await entries()).toBe(before);
	});

	it('shows itself to strangers, or not', async () => {
		const stranger = {uri: 'ldap://localhost/', startTls: false, base: suffix};
		expect(await ask(ldapAnonymous(stranger, []))).toEqual({
			state: 'warn',
			line: expect.stringMatching(/nslcd, which asks without a name/),
		});
		const dn = /^dn: (olcDatabase=\{\d+\}mdb,cn=config)\n(?:[^\n]+\n)*olcSuffix: dc=conform,dc=test$/m.exec(
			await configuration(),
		)![1]!;
		await configure(`dn: ${dn}\nchangetype: modify\nreplace: olcAccess\nolcAccess: {0}to * by * read\n`);
		expect(await ask(ldapAnonymous(stranger, []))).toEqual({state: 'ok', line: `${suffix} can be read without a name`});
	});

	it('answers, and shows its certificate after StartTLS', async () => {
		const server = (more: object = {}) => serverAnswers({id: 's', about: [], host: 'localhost', port: 389, ...more});
		expect(await ask(server())).toMatchObject({state: 'ok'});
		expect(await ask(server({tls: 'ldap'}))).toEqual({state: 'failed', line: 'the server refuses StartTLS'});
		const tls = ['CertificateFile', 'cert', 'CertificateKeyFile', 'key'];
		await configure(
			`dn: cn=config\nchangetype: modify\nreplace: olcTLS${tls[0]}\nolcTLS${tls[0]}: ${folder}/${tls[1]}.pem\n-\nreplace: olcTLS${tls[2]}\nolcTLS${tls[2]}: ${folder}/${tls[3]}.pem\n`,
		);
		expect(await ask(server({tls: 'ldap', ca: `${folder}/cert.pem`}))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/^localhost:389 answers in \d+ ms, TLS until 20/),
		});
		expect(await ask(server({tls: 'ldap'}))).toEqual({
			state: 'failed',
			line: expect.stringMatching(/not trusted: it is signed by itself$/),
		});
		const bound = directory({startTls: true, ca: `${folder}/cert.pem`});
		expect(await ask(ldapBind(bound, []))).toEqual({state: 'ok', line: 'bind works'});
	});

	it('holds its port, which is as it should be for slapd and nobody else', async () => {
		expect(await ask(portFree(389, {ours: ['slapd'], about: []}))).toMatchObject({state: 'ok'});
		expect(await ask(portFree(389, {ours: [], about: []}))).toEqual({
			state: 'failed',
			line: expect.stringMatching(/^port 389 is held by slapd/),
		});
	});
});

describe('a PostgreSQL server', () => {
	const login = (password: string, more: object = {}) =>
		postgresLogin(
			{
				host: '127.0.0.1',
				port: 5432,
				user: 'probe',
				database: 'probe',
				password: [new Secret('probe', password)],
				tls: 'off',
				...more,
			},
			[],
		);

	beforeAll(async () => {
		await dropDatabase('probe');
		await dropRole('probe');
		await psql(
			`SET password_encryption = 'scram-sha-256';\nCREATE ROLE probe LOGIN PASSWORD 'p4ss-word';\nCREATE DATABASE probe OWNER probe;\n`,
		);
	});

	it('lets the role in with the right password, and says whether it may make tables', async () => {
		expect(await ask(login('p4ss-word'))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/^login works, PostgreSQL 1\d\.\d+$/),
		});
		expect(await ask(login('p4ss-word', {database: 'postgres'}))).toEqual({
			state: 'warn',
			line: expect.stringMatching(/may not make tables/),
		});
		await psql('DROP SCHEMA public', 'probe');
		expect(await ask(login('p4ss-word'))).toMatchObject({state: 'ok'});
	});

	it('refuses in words', async () => {
		expect(await ask(login('c4n4ry-hunter2'))).toEqual({state: 'failed', line: 'the role or the password is wrong'});
		expect(await ask(login('p4ss-word', {database: 'none'}))).toEqual({
			state: 'failed',
			line: 'there is no such database',
		});
		expect(await ask(login('p4ss-word', {port: 5433}))).toEqual({
			state: 'failed',
			line: 'nothing listens at 127.0.0.1:5433',
		});
		expect(await ask(login('p4ss-word', {tls: 'verify'}))).toMatchObject({state: 'failed'});
	});

	it('takes a certificate of an authority that is answered, for its own name alone', async () => {
		const files = {ca: `${folder}/rds.pem`, key: `${folder}/rds.key`};
		await execa('sh', [
			'-c',
			`mkdir -p ${folder}; openssl req -x509 -newkey rsa:2048 -nodes -days 60 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${files.key} -out ${files.ca} 2>/dev/null; chown postgres ${files.key}; chmod 600 ${files.key}`,
		]);
		await psql(`ALTER SYSTEM SET ssl_cert_file = '${files.ca}'`);
		await psql(`ALTER SYSTEM SET ssl_key_file = '${files.key}'`);
		await psql('SELECT pg_reload_conf()');
		const verified = (host: string) => login('p4ss-word', {host, tls: 'verify', ca: files.ca});
		expect(await ask(verified('localhost'))).toMatchObject({state: 'ok'});
		expect(await ask(verified('127.0.0.1'))).toMatchObject({state: 'failed'});
		expect(await ask(login('p4ss-word', {host: 'localhost', tls: 'verify'}))).toMatchObject({state: 'failed'});
	});
});
