/** Debian's own services that the checks of redis, mysql, postgres, supervisor, ldap and postfix look at: one layer for all of their recipes. */
import {type Layer, packageLists} from '../../support/with-host.ts';

/** The directory before its client: slapd's setup would look its user up through an nslcd that waits for a server. */
const groups = [
	['redis-server', 'mariadb-server', 'postgresql', 'supervisor', 'slapd', 'ldap-utils', 'postfix', 'libatomic1'],
	['nslcd', 'libnss-ldapd', 'libpam-ldapd'],
];

const selections = [
	'slapd slapd/domain string example.org',
	'slapd shared/organization string Example',
	'slapd slapd/no_configuration boolean false',
	'slapd slapd/password1 password admin-of-tests',
	'slapd slapd/password2 password admin-of-tests',
	'nslcd nslcd/ldap-uris string ldap://127.0.0.1/',
	'nslcd nslcd/ldap-base string dc=example,dc=org',
	'libnss-ldapd libnss-ldapd/nsswitch multiselect passwd, group, shadow',
	'postfix postfix/main_mailer_type select Local only',
	'postfix postfix/mailname string example.org',
	'',
].join('\n');

export const services: Layer = {
	name: 'doctor-services',
	key: JSON.stringify([groups, selections]),
	on: packageLists,
	async build(host) {
		await host.must(['debconf-set-selections'], {stdin: selections});
		for (const packages of groups)
			await host.must(['apt-get', 'install', '-y', '--no-install-recommends', ...packages], {
				env: {DEBIAN_FRONTEND: 'noninteractive'},
				timeout: 900_000,
			});
	},
};
