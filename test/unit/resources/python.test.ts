import {describe, expect, it} from 'vitest';
import {parseMetadataName} from '#resources/python/distributions.ts';
import {meets, parseRequirements} from '#resources/python/requirements.ts';

describe('names of metadata', () => {
	it.each([
		['Django-3.2.25.dist-info', {name: 'django', version: '3.2.25'}],
		['django_auth_ldap-4.1.0.egg-info', {name: 'django-auth-ldap', version: '4.1.0'}],
		['psycopg2-2.9.5.egg-info', {name: 'psycopg2', version: '2.9.5'}],
		['zope.interface-5.5.2-py3.11.egg-info', {name: 'zope-interface', version: '5.5.2'}],
		['Python-ldap-3.4.3.post1.dist-info', {name: 'python-ldap', version: '3.4.3.post1'}],
		['django', undefined],
		['__pycache__', undefined],
		['easy-install.pth', undefined],
	])('%s', (entry, expected) => expect(parseMetadataName(entry)).toEqual(expected));
});

it('reads the lines that name a package', () => {
	expect(
		parseRequirements(
			'# a remark\nDjango>=3.2,<5.3\npsycopg2 >= 2.8  # or -binary\nrequests[socks]==2.*\n-r other.txt\ngit+https://x/y.git#egg=z\npywin32; sys_platform == "win32"\nx==1 \\\n  --hash=sha256:abc\n\nPlain_Name\n',
		),
	).toEqual([
		{
			name: 'django',
			bounds: [
				{op: '>=', version: '3.2'},
				{op: '<', version: '5.3'},
			],
		},
		{name: 'psycopg2', bounds: [{op: '>=', version: '2.8'}]},
		{name: 'requests', bounds: [{op: '==', version: '2.*'}]},
		{name: 'x', bounds: [{op: '==', version: '1'}]},
		{name: 'plain-name', bounds: []},
	]);
});

describe('meets', () => {
	it.each([
		['3.2.25', '>=', '3.2', true],
		['3.2', '<', '3.2.0', false],
		['3.2', '==', '3.2.0', true],
		['4.1', '~=', '4.0', true],
		['5.0', '~=', '4.0', false],
		['4.0.9', '~=', '4.0.3', true],
		['4.1.0', '~=', '4.0.3', false],
		['2.31.0', '==', '2.*', true],
		['3.0', '!=', '2.*', true],
		['1.0', '>', '1.0', false],
		['2.0rc1', '>=', '1.9', true],
		['1.0', '==', 'weird', true],
	])('%s %s %s: %s', (version, op, bound, expected) => expect(meets(version, [{op, version: bound}])).toBe(expected));
});
