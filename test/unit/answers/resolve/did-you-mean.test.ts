import {expect, test} from 'vitest';
import {didYouMean, nearest} from '#answers/resolve/did-you-mean.ts';

const keys = ['database', 'baseDn', 'hostName', 'user', 'ldap-directory', 'port'];

test.each([
	['databse', 'database'],
	['dtaabase', 'database'],
	['basedn', 'baseDn'],
	['base_dn', 'baseDn'],
	['hostname', 'hostName'],
	['usr', 'user'],
	['ldapdirectory', 'ldap-directory'],
	['pork', 'port'],
])('%s means %s', (written, meant) => expect(nearest(written, keys)).toBe(meant));

test.each(['zebra', '', 'x', 'x'.repeat(1_000_000)])('nothing is near what is far (%#)', written =>
	expect(nearest(written, keys)).toBeUndefined(),
);

test('a word that is right already is not suggested', () => expect(didYouMean('port', keys)).toBe(''));
