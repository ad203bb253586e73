/** How a password is stored in a directory: salted and slow, in the strongest form that the server at hand can read. */
import {argon2Sync, randomBytes} from 'node:crypto';
import {quoteText, type Text} from '#model/secret.ts';
import {sha512Crypt} from './sha512-crypt.ts';

/** 'argon2' wants slapd's module of that name (Debian 12 and later ship it with slapd); 'crypt' wants nothing. */
export type LdapScheme = 'argon2' | 'crypt';

/** The stored form, with a fresh salt, computed when it is sent. */
export const hashedForLdap = (password: Text, scheme: LdapScheme): Text =>
	quoteText(password, scheme === 'argon2' ? argon2 : crypt);

/** Is a stored value salted and strong? MD5, SHA-1, DES and plain text are not. */
export const isStrong = (stored: string): boolean =>
	/^\{(ARGON2|PBKDF2[\w-]*|SSHA(256|384|512))\}|^\{CRYPT\}\$(5|6|7|y|gy|2[aby])\$/i.test(stored);

/** The scheme's name, as a plan may show it. */
export const schemeName = (stored: string): string => /^\{(\w[\w-]*)\}/.exec(stored)?.[0].toUpperCase() ?? 'plain text';

/** OWASP's second choice (19 MiB, two passes): 20 ms a login; the first would take 46 MiB of slapd for each at once. */
const argon2 = (password: string): string => {
	const nonce = randomBytes(16);
	const hash = argon2Sync('argon2id', {
		message: password,
		nonce,
		parallelism: 1,
		tagLength: 32,
		memory: 19_456,
		passes: 2,
	});
	return `{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$${bare(nonce)}$${bare(hash)}`;
};

const crypt = (password: string): string =>
	`{CRYPT}${sha512Crypt(password, bare(randomBytes(12)).replaceAll('+', '.'))}`;

const bare = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
