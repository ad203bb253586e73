/** What names a pattern of a location could take, and which files a path with a variable means. */
import {expect, test} from 'vitest';
import {filled} from '#host/certificates/filled.ts';
import {endingsIn} from '#host/nginx/patterns.ts';

test.each([
	['\\.html$', ['html']],
	['\\.(jpe?g|png)$', ['jpeg', 'png']],
	['\\.(?:css|js)$', ['css', 'js']],
	['^/x\\.php(/|$)', ['php']],
	['^/port/(\\d+)/', []],
])('%s', (pattern, endings) => expect(endingsIn(pattern)).toEqual(endings));

test('a path with the name that is asked for is a file for each name; another variable is not known', () => {
	const names = ['www.example.org', 'example.org'];
	expect(filled('/etc/tls/$ssl_server_name.pem', names).map(({file, of}) => [file, of])).toEqual([
		['/etc/tls/www.example.org.pem', ['www.example.org']],
		['/etc/tls/example.org.pem', ['example.org']],
	]);
	expect(filled('/etc/tls/site.pem', names).map(({file, of}) => [file, of])).toEqual([['/etc/tls/site.pem', names]]);
	expect(filled('/etc/tls/$cert.pem', names)).toEqual([]);
	expect(filled('data:$pem', names)).toEqual([]);
	expect(filled('/etc/tls/${ssl_server_name}.pem', ['a.example'])[0]?.fill('/k/$ssl_server_name.key')).toBe(
		'/k/a.example.key',
	);
});
