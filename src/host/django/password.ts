/** Passwords as Django stores them. The usual hash is checked here, so that looking at a password needs no Django. */
import {argon2, pbkdf2, scrypt, timingSafeEqual} from 'node:crypto';
import {promisify} from 'node:util';
import {isKnown, reveal, type Text} from '#model/secret.ts';

const derive = promisify(pbkdf2);

/** Does the stored hash belong to the password? undefined for a hash that only the application's own hasher understands. */
export const matchesDjangoHash = async (password: Text, stored: string): Promise<boolean | undefined> => {
	if (!isKnown(password) || stored.startsWith('!') || stored === '') return false;
	const [kind = '', rounds = '', salt = '', hash = ''] = stored.split('$');
	if (kind === 'argon2') return matchesArgon2(reveal(password), stored);
	if (kind === 'scrypt') return matchesScrypt(reveal(password), stored);
	const digest = kind === 'pbkdf2_sha256' ? 'sha256' : kind === 'pbkdf2_sha1' ? 'sha1' : undefined;
	if (digest === undefined || !/^\d{1,7}$/.test(rounds)) return undefined;
	const expected = Buffer.from(hash, 'base64');
	if (expected.length === 0) return undefined;
	return timingSafeEqual(await derive(reveal(password), salt, Number(rounds), expected.length, digest), expected);
};

/** `argon2$argon2id$v=19$m=102400,t=2,p=8$SALT$HASH`, base64 without its padding. */
const matchesArgon2 = async (password: string, stored: string): Promise<boolean | undefined> => {
	const [, kind, version, cost = '', salt = '', hash = ''] = stored.split('$');
	const [, memory, passes, parallelism] = /^m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})$/.exec(cost) ?? [];
	const expected = Buffer.from(hash, 'base64');
	if (!isArgon2(kind) || version !== 'v=19' || expected.length < 4 || memory === undefined) return undefined;
	// The stored row is the application's: it may not have us spend all of a host's memory, or a day.
	if (Number(memory) > mostMemory / 1024 || Number(passes) > 64) return undefined;
	const given = {
		message: password,
		nonce: Buffer.from(salt, 'base64'),
		memory: Number(memory),
		passes: Number(passes),
		parallelism: Number(parallelism),
		tagLength: expected.length,
	};
	const derived = await promisify(argon2)(kind, given).catch(() => undefined);
	return derived && timingSafeEqual(derived, expected);
};

const isArgon2 = (kind: string | undefined): kind is 'argon2d' | 'argon2i' | 'argon2id' =>
	kind === 'argon2d' || kind === 'argon2i' || kind === 'argon2id';

/** `scrypt$N$SALT$r$p$HASH`, the salt as written. */
const matchesScrypt = async (password: string, stored: string): Promise<boolean | undefined> => {
	const [, work, salt = '', block, parallel, hash = ''] = stored.split('$');
	const [N, r, p] = [Number(work), Number(block), Number(parallel)];
	const expected = Buffer.from(hash, 'base64');
	if (![N, r, p].every(one => Number.isSafeInteger(one) && one > 0) || expected.length === 0) return undefined;
	if (128 * N * r > mostMemory || p > 64) return undefined;
	return new Promise(resolve => {
		scrypt(password, salt, expected.length, {N, r, p, maxmem: 2 * mostMemory}, (error, key) =>
			resolve(error ? undefined : timingSafeEqual(key, expected)),
		);
	});
};

/** Bytes that a stored hash may make us use. */
const mostMemory = 256 * 1024 * 1024;

/** A word that changes with the secret and tells nothing of it (8 ms a guess); the salt keeps two of them apart. */
export const secretMark = async (secret: Text, salt: string): Promise<string> =>
	new Promise((resolve, reject) => {
		scrypt(reveal(secret), salt, 32, {N: 4096, r: 8, p: 1}, (error, key) =>
			error ? reject(error) : resolve(key.toString('hex')),
		);
	});
