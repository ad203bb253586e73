/** What pip's builds ask for is known from the requirements, and from the words of a build that failed. */
import {describe, expect, test} from 'vitest';
import {headersOf, packageOfHeader, pythonHeaders} from '#resources/python/headers.ts';
import {fileReader} from '../../support/file-reader.ts';

describe('the packages of the distribution that a requirement is compiled with', () => {
	test.each([
		['psycopg2', ['libpq-dev']],
		['python-ldap', ['libldap2-dev', 'libsasl2-dev']],
		['pillow', ['libjpeg-dev', 'zlib1g-dev', 'libfreetype-dev']],
		['lxml', ['libxml2-dev', 'libxslt1-dev', 'zlib1g-dev']],
		['psycopg2-binary', []],
		['constructor', []],
	])('%s', (name, wanted) => {
		expect(headersOf([name])).toEqual(wanted);
	});

	test('each once', () => {
		expect(headersOf(['psycopg', 'psycopg2', 'pyldap', 'python-ldap'])).toEqual([
			'libpq-dev',
			'libldap2-dev',
			'libsasl2-dev',
		]);
	});
});

test.each([
	['pg_config', 'libpq-dev'],
	['Python.h', 'python3-dev'],
	['openssl/ssl.h', 'libssl-dev'],
	['libxml/xpath.h', 'libxml2-dev'],
	['toString', undefined],
	['nothing.h', undefined],
])('a build that lacks %s is told about %s', (header, wanted) => {
	expect(packageOfHeader(header)).toBe(wanted);
});

test('requirements that are not there yet leave it open, and say what it waits for', async () => {
	const look = await pythonHeaders({requirements: ['/srv/app/requirements.txt'], packages: []}).look(fileReader({}));
	expect(look).toMatchObject({state: 'unknown', why: {because: 'until', thing: 'path:/srv/app/requirements.txt'}});
});
