import {expect, it} from 'vitest';
import {createCookieJar} from '#host/web/cookies.ts';

it('keeps, replaces and drops cookies', () => {
	const jar = createCookieJar();
	expect(jar.header()).toBeUndefined();
	jar.keep([
		'csrftoken=abc; expires=Fri, 01 Jan 2027 00:00:00 GMT; Max-Age=31449600; Path=/; SameSite=Lax',
		'sessionid=x=y; HttpOnly',
	]);
	expect(jar.header()).toBe('csrftoken=abc; sessionid=x=y');
	jar.keep(['csrftoken=def', 'sessionid=""; Max-Age=0', 'nonsense']);
	expect(jar.header()).toBe('csrftoken=def');
	expect(jar.value('csrftoken')).toBe('def');
});
