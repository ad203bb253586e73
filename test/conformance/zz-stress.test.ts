import {execa} from 'execa';
import {it} from 'vitest';
import type {LdapServer} from '#host/clients/ldap.ts';
import {Secret} from '#model/secret.ts';
import {dn, ldapEntry} from '#resources/ldap-entry.ts';
import {createBench} from './bench.ts';
import {admin, adminPassword, freshDirectory, simple, suffix} from './ldap-tools.ts';

const server = (): LdapServer => ({kind: 'local', suffix, bindDn: admin, password: [new Secret('admin', adminPassword)]});
it('x', async () => {
	const bench = createBench('/tmp/stress');
	for (let i = 0; i < 40; i++) {
		await freshDirectory();
		await bench.converge(ldapEntry({server: server(), dn: suffix, attributes: {objectClass: ['top']}}));
		const done = await bench.converge(
			ldapEntry({
				server: server(),
				dn: dn(['cn', 'ada'], suffix),
				attributes: {
					objectClass: ['inetOrgPerson', 'posixAccount'],
					cn: 'ada',
					uid: 'ada',
					sn: 'x',
					uidNumber: '2500',
					gidNumber: '2500',
					homeDirectory: '/home/ada',
					mail: {includes: ['a@b']},
				},
				password: [new Secret('ada', 'Kanarie')],
			}),
		);
		await execa('ldappasswd', [...simple, '-s', 'chosen-myself', `cn=ada,${suffix}`]);
		const r = await bench.undo(done, {});
		if (!JSON.stringify(r).includes('another password')) console.log(i, JSON.stringify(r));
	}
}, 300_000);
