import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {normalDn, sameDn, withoutOrder} from '#host/ldap/config.ts';
import {dn, parseDn, splitDn} from '#host/ldap/ldap-dn.ts';

describe('dn', () => {
	it('gives back what was put in, and is what RFC 4514 says', () => {
		fc.assert(
			fc.property(fc.string({unit: 'binary', minLength: 1}), value => {
				const text = dn(['cn', value], ['ou', 'users'], 'dc=a,dc=b');
				expect(splitDn(text)).toEqual({attribute: 'cn', value, parent: 'ou=users,dc=a,dc=b'});
				expect(parseDn(text)).toMatchObject({
					ok: true,
					rdns: [[{type: 'cn', value}], [{type: 'ou', value: 'users'}], [{value: 'a'}], [{value: 'b'}]],
				});
			}),
		);
	});

	it.each([
		['Ada, the first', 'cn=Ada\\, the first,dc=a'],
		[' #x ', 'cn=\\ #x\\ ,dc=a'],
		['#x', 'cn=\\#x,dc=a'],
		['a\nb', 'cn=a\\0ab,dc=a'],
	])('%j', (value, text) => {
		expect(dn(['cn', value], 'dc=a')).toBe(text);
	});

	it('takes what a server gives as it is', () => {
		expect(splitDn('cn = Ada , dc=a, dc=b')).toEqual({attribute: 'cn', value: 'Ada', parent: 'dc=a, dc=b'});
		expect(splitDn('cn=a\\2cb+sn=x\\,y,dc=c')).toEqual({attribute: 'cn', value: 'a,b', parent: 'dc=c'});
		expect(splitDn('dc=c')).toEqual({attribute: 'dc', value: 'c', parent: ''});
	});

	it('compares names without case and spaces', () => {
		expect(sameDn('CN=Admin, dc=A', 'cn=admin,DC=a')).toBe(true);
		expect(normalDn('cn=a\\, b , dc=c')).toBe('cn=a\\, b,dc=c');
		expect(withoutOrder('{12}to * by * read')).toBe('to * by * read');
	});
});
