/** What is secret in redis.conf, and what the user must show that everybody is at first: passwords go into their boxes as soon as a line is read. */
import {Secret} from '#model/secret.ts';

/** One line, without what is secret in it; `secret` is its password, where it has one. */
export type RedisLine = {
	readonly name: string;
	readonly words: readonly string[];
	readonly where: string;
	readonly secret?: Secret;
	/** It stands on the command line of the unit, which counts after every file. */
	readonly given?: true;
};

/** Settings whose value is a password, or holds one. */
export const secretSettings = /^(requirepass|masterauth|user|rename-command|tls-(client-)?key-file-pass)$/;

/** The line without its passwords. An empty password is none, and the name of a command is no secret. */
export const withoutSecrets = (name: string, words: readonly string[]): Omit<RedisLine, 'where'> => {
	const box = (plain: string | undefined): Secret | undefined =>
		plain ? new Secret(`redis ${name}`, plain) : undefined;
	if (!secretSettings.test(name)) return {name, words};
	if (name === 'user') {
		const boxes = words
			.slice(1)
			.filter(isPassword)
			.map(word => ({mark: word[0], secret: box(word.slice(1))}));
		const login = boxes.findLast(({mark}) => mark === '>')?.secret;
		return {name, words: words.map(word => (isPassword(word) ? (word[0] ?? '') : word)), ...(login && {secret: login})};
	}
	const secret = box(name === 'rename-command' ? words[1] : words.join(' '));
	return {name, words: name === 'rename-command' ? words.slice(0, 1) : [], ...(secret && {secret})};
};

/** The passwords in force: the last line of a setting counts, and `user default` is that of its line. */
export const secretsIn = (lines: readonly RedisLine[]): ReadonlyMap<string, Secret> => {
	const found = new Map<string, Secret>();
	for (const {name, words, secret} of lines) {
		const key = name === 'user' ? `user ${words[0]}` : name;
		if (secret) found.set(key, secret);
		else if (secretSettings.test(name)) found.delete(key);
	}
	return found;
};

/**
 * What the user that everybody is at first must show, by the files alone: a `user default` line sets it anew and counts before
 * requirepass. 'elsewhere' where a file of access lists decides that does not name it, or cannot be read.
 */
export const defaultUser = (
	lines: readonly RedisLine[],
	secrets: ReadonlyMap<string, Secret>,
): 'nothing' | 'password' | 'elsewhere' => {
	const rules = lines.findLast(line => line.name === 'user' && line.words[0] === 'default')?.words.slice(1);
	if (rules !== undefined) {
		const open = rules.findLast(word => /^(nopass|resetpass|reset|[>#])$/i.test(word))?.toLowerCase() === 'nopass';
		const on = rules.findLast(word => /^(on|off|reset)$/i.test(word))?.toLowerCase() === 'on';
		return on && open ? 'nothing' : 'password';
	}
	if (lines.findLast(({name}) => name === 'aclfile')?.words[0]) return 'elsewhere';
	return secrets.has('requirepass') ? 'password' : 'nothing';
};

/** `>password`, `<password`, `#hash`, `!hash`. */
const isPassword = (word: string): boolean => /^[><#!]/.test(word);
