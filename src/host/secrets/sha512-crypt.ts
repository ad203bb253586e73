/**
 * crypt(3)'s `$6$`: the strongest password hash that every slapd of Debian reads without a module ({CRYPT}, bullseye's 2.4).
 * After Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512".
 */
import {createHash} from 'node:crypto';

const rounds = 5000;

/** `$6$SALT$HASH`. The salt is at most 16 characters of [./0-9A-Za-z]. */
export const sha512Crypt = (password: string, salt: string): string => {
	const key = Buffer.from(password);
	const salted = Buffer.from(salt.slice(0, 16));
	let digest = firstDigest(key, salted);
	const keys = stretched(sha512(...Array<Buffer>(key.length).fill(key)), key.length);
	const salts = stretched(sha512(...Array<Buffer>(16 + digest[0]!).fill(salted)), salted.length);
	for (let round = 0; round < rounds; round += 1) {
		digest = sha512(
			round % 2 ? keys : digest,
			round % 3 ? salts : empty,
			round % 7 ? keys : empty,
			round % 2 ? digest : keys,
		);
	}
	return `$6$${salted.toString()}$${encoded(digest)}`;
};

const empty = Buffer.alloc(0);

const sha512 = (...parts: readonly Buffer[]): Buffer => {
	const hash = createHash('sha512');
	for (const part of parts) hash.update(part);
	return hash.digest();
};

const stretched = (digest: Buffer, length: number): Buffer =>
	Buffer.concat(Array<Buffer>(Math.ceil(length / 64)).fill(digest)).subarray(0, length);

const firstDigest = (key: Buffer, salt: Buffer): Buffer => {
	const other = sha512(key, salt, key);
	const parts = [key, salt, stretched(other, key.length)];
	for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? other : key);
	return sha512(...parts);
};

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 21 groups of three bytes taken 21 apart in turning order, four characters each, and the last byte in two. */
const encoded = (digest: Buffer): string => {
	let out = '';
	for (let at = 0; at < 21; at += 1) {
		const [a, b, c] = [
			[0, 21, 42],
			[21, 42, 0],
			[42, 0, 21],
		][at % 3]!.map(offset => digest[(offset + at) % 64]!);
		out += characters((a! << 16) | (b! << 8) | c!, 4);
	}
	return out + characters(digest[63]!, 2);
};

const characters = (value: number, count: number): string =>
	Array.from({length: count}, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
