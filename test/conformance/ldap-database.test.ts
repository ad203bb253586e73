// packages: slapd ldap-utils
// releases: bookworm trixie
import {execa} from 'execa';
import {ldapDatabase} from '#resources/ldap/database.ts';
import {configuration} from './ldap-tools.ts';
import {noisy} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const suffix = 'o=Second & last,c=CH';

const fresh = async (): Promise<void> => {
	const dn = /^dn: (olcDatabase=\{\d+\}mdb,cn=config)\n(?:[^\n]+\n)*olcSuffix: o=Second/m.exec(
		await configuration(),
	)?.[1];
	if (dn !== undefined) await execa('ldapdelete', ['-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///', dn]);
	await execa('sh', ['-c', 'rm -rf /var/lib/ldap/o-second*']);
};

conformance('ldap-database', [
	{
		name: 'a second one',
		prepare: fresh,
		resource: () => ldapDatabase({suffix, rootDn: `cn=admin,${suffix}`}),
		touches: ['/etc/default/slapd'],
		rows: configuration,
		noisy: [...noisy, '/etc/ldap/slapd.d'],
	},
]);
