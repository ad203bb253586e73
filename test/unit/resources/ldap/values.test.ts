import {describe, expect, it} from 'vitest';
import {differences, withStructure} from '#resources/ldap/attributes.ts';
import {numbered, wantedValues} from '#resources/ldap/values.ts';

describe('wantedValues', () => {
	it.each([
		[{attribute: 'olcAccess', values: ['to * by * read'], how: 'ordered'}, ['{0}to *  by * read'], undefined],
		[{attribute: 'olcAccess', values: ['a', 'b'], how: 'ordered'}, ['{0}b', '{1}a'], ['a', 'b']],
		[{attribute: 'olcRootDN', values: ['cn=admin,dc=a']}, ['cn=Admin, dc=A'], undefined],
		[{attribute: 'olcLimits', values: ['a', 'b']}, ['b', 'a'], undefined],
		[{attribute: 'olcSizeLimit', values: []}, ['500'], []],
		[
			{attribute: 'olcModuleLoad', values: ['argon2'], how: 'includes'},
			['{0}back_mdb', '{1}/usr/lib/ldap/argon2.la m=1'],
			undefined,
		],
		[{attribute: 'olcModuleLoad', values: ['argon2'], how: 'includes'}, ['{0}back_mdb'], ['{0}back_mdb', 'argon2']],
		[{attribute: 'olcDbIndex', values: ['uid eq'], how: 'includes'}, ['objectClass eq', 'cn,uid eq'], undefined],
		[
			{attribute: 'olcDbIndex', values: ['uid eq,sub', 'mail eq'], how: 'includes'},
			['cn,uid eq'],
			['cn eq', 'uid eq,sub', 'mail eq'],
		],
	] as const)('%j against %j', (value, now, wanted) => {
		expect(wantedValues(value, now)).toEqual(wanted);
	});

	it('numbers what is ordered', () => {
		expect(numbered({attribute: 'olcAccess', values: [], how: 'ordered'}, ['a', 'b'])).toEqual(['{0}a', '{1}b']);
	});
});

describe('differences', () => {
	const now = {objectClass: ['top', 'INETORGPERSON'], cn: ['ada'], mail: ['a@x', 'b@x'], SN: ['old']};

	it('lets more object classes be, and demands the value of the name itself', () => {
		expect(
			differences('cn=ada,dc=x', {objectClass: ['inetOrgPerson'], sn: 'old', mail: {includes: ['b@x']}}, now),
		).toEqual([]);
		expect(differences('cn=eve,dc=x', {}, now)).toEqual([{attribute: 'cn', was: ['ada'], put: ['ada', 'eve']}]);
	});

	it('takes foreign values away only where a list is all there is', () => {
		expect(differences('cn=ada,dc=x', {mail: ['a@x']}, now)).toEqual([
			{attribute: 'mail', was: ['a@x', 'b@x'], put: ['a@x']},
		]);
		expect(differences('cn=ada,dc=x', {mail: {includes: ['c@x']}}, now)).toEqual([
			{attribute: 'mail', was: ['a@x', 'b@x'], put: ['a@x', 'b@x', 'c@x']},
		]);
		expect(differences('cn=ada,dc=x', {mail: []}, now)).toEqual([{attribute: 'mail', was: ['a@x', 'b@x'], put: []}]);
	});
});

describe('withStructure', () => {
	it.each([
		['dc=ipynbsrv,dc=ldap', ['top', 'dcObject', 'organization']],
		['o=us', ['top', 'organization']],
		['ou=us', ['top', 'organizationalUnit']],
	])('%s', (dn, classes) => {
		expect(withStructure(dn, {objectClass: ['top']})['objectClass']).toEqual(classes);
	});

	it('leaves an entry alone that has a class of its own', () => {
		expect(withStructure('dc=x', {objectClass: ['top', 'domain'], dc: ['x']})).toEqual({
			objectClass: ['top', 'domain'],
			dc: ['x'],
		});
	});
});
