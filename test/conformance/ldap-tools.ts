/** ldapmodify and ldapsearch as an operator would use them, for preparing and breaking; no resource is used here. */
import {execa} from 'execa';

const external = ['-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///'];

/** cn=config as root of the host. */
export const configure = async (ldif: string): Promise<void> =>
	void (await execa('ldapmodify', external, {input: ldif}));

export const configuration = async (): Promise<string> =>
	(
		await execa('ldapsearch', [
			...external,
			'-LLL',
			'-o',
			'ldif-wrap=no',
			'-b',
			'cn=config',
			'(!(objectClass=olcSchemaConfig))',
		])
	).stdout;

export const suffix = 'dc=conform,dc=test';
export const admin = `cn=admin,${suffix}`;
export const adminPassword = 'Admin-9c1e$"\'\\ü';
/** Only the administrator may add or delete the base itself. */
export const simple = ['-x', '-H', 'ldapi:///', '-D', admin, '-w', adminPassword];

/** The directory of the tests: a database of its own beside Debian's, empty, whose administrator has the password above in plain. */
export const freshDirectory = async (): Promise<void> => {
	await execa('sh', [
		'-c',
		'mkdir -p /var/lib/ldap/conform-test && chown openldap:openldap /var/lib/ldap/conform-test',
	]);
	const there = (await configuration()).includes(`olcSuffix: ${suffix}`);
	if (!there) {
		await configure(
			`dn: olcDatabase=mdb,cn=config\nchangetype: add\nobjectClass: olcDatabaseConfig\nobjectClass: olcMdbConfig\nolcDatabase: mdb\nolcDbDirectory: /var/lib/ldap/conform-test\nolcSuffix: ${suffix}\nolcRootDN: ${admin}\n`,
		);
	}
	const dn = /^dn: (olcDatabase=\{\d+\}mdb,cn=config)\n(?:[^\n]+\n)*olcSuffix: dc=conform,dc=test$/m.exec(
		await configuration(),
	)![1]!;
	const root = 'dn.exact=gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth';
	await configure(
		`dn: ${dn}\nchangetype: modify\nreplace: olcAccess\nolcAccess: {0}to * by ${root} manage by anonymous auth by * read\n-\nreplace: olcDbIndex\nolcDbIndex: objectClass eq\nolcDbIndex: cn,uid eq\n-\nreplace: olcRootDN\nolcRootDN: ${admin}\n-\nreplace: olcRootPW\nolcRootPW:: ${Buffer.from(adminPassword).toString('base64')}\n-\nreplace: olcSizeLimit\nolcSizeLimit: 777\n`,
	);
	// slapd 2.5 dies of a recursive delete in an empty database.
	if ((await entries()) !== '') await execa('ldapdelete', [...simple, '-r', suffix]);
};

/** Entries as root of the host, who may manage them. */
export const entries = async (): Promise<string> =>
	(await execa('ldapsearch', [...external, '-LLL', '-o', 'ldif-wrap=no', '-b', suffix], {reject: false})).stdout;
