/** Passwords as Django stores them. The usual hash is checked here, so that looking at a password needs no Django. */
import {pbkdf2, scrypt, timingSafeEqual} from 'node:crypto';
import {promisify} from 'node:util';
import {isKnown, reveal, type Text} from '#model/secret.ts';

const derive = promisify(pbkdf2);

/** Does the stored hash belong to the password? undefined for a hash that only the application's own hasher understands. */
export const matchesDjangoHash = async (password: Text, stored: string): Promise<boolean | undefined> => {
	if (!isKnown(password) || stored.startsWith('!') || stored === '') return false;
	const [kind = '', rounds = '', salt = '', hash = ''] = stored.split('$');
	const digest = kind === 'pbkdf2_sha256' ? 'sha256' : kind === 'pbkdf2_sha1' ? 'sha1' : undefined;
	if (digest === undefined || !/^\d{1,8}$/.test(rounds)) return undefined;
	const expected = Buffer.from(hash, 'base64');
	if (expected.length === 0) return undefined;
	return timingSafeEqual(await derive(reveal(password), salt, Number(rounds), expected.length, digest), expected);
};

/** A word that changes with the secret and tells nothing of it (8 ms a guess); the salt keeps two of them apart. */
export const secretMark = async (secret: Text, salt: string): Promise<string> =>
	new Promise((resolve, reject) => {
		scrypt(reveal(secret), salt, 32, {N: 4096, r: 8, p: 1}, (error, key) =>
			error ? reject(error) : resolve(key.toString('hex')),
		);
	});
