/** Tells how a password was hashed by the shape of the hash alone; nothing of it is kept. */

/** By the prefixes of crypt(5) and of Apache's htpasswd. */
export const hashKind = (hash: string): {readonly kind: string; readonly good: boolean} => {
	const found = kinds.find(({shape}) => shape.test(hash));
	return found ?? {kind: 'plain text', good: false};
};

const kinds: readonly {readonly shape: RegExp; readonly kind: string; readonly good: boolean}[] = [
	{shape: /^\$2[aby]?\$/, kind: 'bcrypt', good: true},
	{shape: /^\$6\$/, kind: 'SHA-512', good: true},
	{shape: /^\$5\$/, kind: 'SHA-256', good: true},
	{shape: /^\$(?:y|gy|7)\$/, kind: 'yescrypt', good: true},
	{shape: /^\$argon2/, kind: 'Argon2', good: true},
	{shape: /^\$apr1\$/, kind: 'MD5 (apr1)', good: false},
	{shape: /^\$1\$/, kind: 'MD5', good: false},
	{shape: /^\{SHA\}/i, kind: 'SHA-1 without salt', good: false},
	{shape: /^\{SSHA\}/i, kind: 'SHA-1 with salt', good: false},
	{shape: /^\{PLAIN\}/i, kind: 'plain text', good: false},
	{shape: /^(?:!|\*)/, kind: 'locked', good: true},
	{shape: /^[./0-9A-Za-z]{13}$/, kind: 'DES', good: false},
];
