import {describe, expect, it} from 'vitest';
import {hashedForLdap, isStrong, schemeName} from '#host/secrets/ldap-password.ts';
import {sha512Crypt} from '#host/secrets/sha512-crypt.ts';
import {reveal, Secret} from '#model/secret.ts';

describe('sha512Crypt', () => {
	// What `openssl passwd -6 -salt SALT -stdin` gives.
	it.each([
		[
			'Hello world!',
			'saltstring',
			'$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
		],
		[
			`über lang${'x'.repeat(200)}`,
			'abcdefghijklmnopqrs',
			'$6$abcdefghijklmnop$NWhKuX44dsG.DJmj9ZGlUamTCSWCt..R6ZJGbg0pJEcFaFXQ/UMfI0gpuquhYCRxjdRButFMrrReZalm9LAvR0',
		],
	])('%j', (password, salt, hash) => {
		expect(sha512Crypt(password, salt)).toBe(hash);
	});
});

describe('hashedForLdap', () => {
	it('salts: never the same twice', () => {
		const password = [new Secret('pw', 'Kanarie')];
		for (const scheme of ['argon2', 'crypt'] as const) {
			const [one, other] = [reveal(hashedForLdap(password, scheme)), reveal(hashedForLdap(password, scheme))];
			expect(one).not.toBe(other);
			expect(isStrong(one)).toBe(true);
		}
	});

	it.each([
		['{SSHA}abc', false, '{SSHA}'],
		['{MD5}abc', false, '{MD5}'],
		['{CRYPT}$1$x$y', false, '{CRYPT}'],
		['{CRYPT}ab01234567890', false, '{CRYPT}'],
		['plain', false, 'plain text'],
		['{SSHA512}abc', true, '{SSHA512}'],
		['{crypt}$6$a$b', true, '{CRYPT}'],
		['{ARGON2}$argon2id$', true, '{ARGON2}'],
		['{PBKDF2-SHA512}10000$', true, '{PBKDF2-SHA512}'],
	])('%s', (stored, strong, name) => {
		expect(isStrong(stored)).toBe(strong);
		expect(schemeName(stored)).toBe(name);
	});
});
