import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {addRecord, deleteRecord, entryRecords, modifyRecord, parseLdif} from '#host/ldap/ldif.ts';
import {reveal, Secret} from '#model/secret.ts';

const read = (text: string): unknown => parseLdif(text).map(({dn, attributes}) => [dn, Object.fromEntries(attributes)]);

describe('ldif', () => {
	it('reads folding, base64, comments, CRLF and several entries', () => {
		expect(
			read(
				'version: 1\r\n# a comment\r\n of two lines\r\ndn: cn=a,\r\n dc=b\r\ncn: a\r\ndescription:: w7xiZXI=\r\ncn: second\r\n\r\n\r\ndn:: Y249w7w=\r\nsn:\r\n',
			),
		).toEqual([
			['cn=a,dc=b', {cn: ['a', 'second'], description: ['über']}],
			['cn=ü', {sn: ['']}],
		]);
	});

	it.each([
		['cn: no dn before', 'line 1'],
		['dn: cn=a\nthis is nothing\n', 'line 2'],
		['dn: cn=a\njpegPhoto:< file:///etc/passwd\n', 'line 2'],
	])('refuses %j', (text, where) => {
		expect(() => parseLdif(text)).toThrow(where);
	});

	it('writes what it reads back, whatever the value is', () => {
		fc.assert(
			fc.property(fc.string({unit: 'binary'}), fc.array(fc.string({unit: 'binary'}), {minLength: 1}), (dn, values) => {
				const entry = {dn, attributes: new Map([['description', values]])};
				expect(parseLdif(reveal(entryRecords([entry, entry])))).toEqual([entry, entry]);
				expect(reveal(addRecord(dn, {description: values}))).toMatch(
					/^dn::? [^\n]*\nchangetype: add\n(description::?( [^\n]*)?\n)+\n$/,
				);
			}),
		);
	});

	it('lets no value begin a line of its own', () => {
		const text = reveal(
			modifyRecord('cn=a', [
				{
					op: 'replace',
					attribute: 'sn',
					values: ['x\n-\n\ndn: cn=config\nchangetype: delete', ' led', 'trailed ', ':', '<', 'nul\0'],
				},
				{op: 'delete', attribute: 'mail', values: []},
			]),
		);
		expect(text.split('\n').map(line => line.split(':')[0])).toEqual([
			'dn',
			'changetype',
			'replace',
			'sn',
			'sn',
			'sn',
			'sn',
			'sn',
			'sn',
			'-',
			'delete',
			'-',
			'',
			'',
		]);
	});

	it('keeps a secret in its box until the bytes are made', () => {
		const record = modifyRecord('cn=a', [
			{op: 'replace', attribute: 'userPassword', values: [['{SSHA}', new Secret('pw', 'Kanarie')]]},
		]);
		expect(record.filter(part => typeof part === 'string').join('')).not.toContain('Kanarie');
		expect(reveal(record)).toContain(`userPassword:: ${Buffer.from('{SSHA}Kanarie').toString('base64')}\n`);
	});

	it('refuses a hostile attribute name', () => {
		expect(() => deleteRecord('cn=a')).not.toThrow();
		expect(() => addRecord('cn=a', {'cn: x\ndn': ['y']})).toThrow('ldif.attribute');
	});
});
