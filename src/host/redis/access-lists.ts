/** The users of Redis' access lists, from their lines in a file or from ACL LIST: who need show nothing, and may do how much. */

import type {RedisLine} from './secrets.ts';

export type RedisUser = {
	readonly name: string;
	/** It may log in, and any password will do. */
	readonly open: boolean;
	/** `all`: whatever would make the server its own. `some`: commands that do not. */
	readonly may: 'all' | 'some' | 'nothing';
};

/** By the words of its rules, in their order. Hashes and passwords among them are only told apart from other words. */
export const redisUser = (name: string, rules: readonly string[]): RedisUser => {
	let [on, nopass] = [false, false];
	let may: RedisUser['may'] = 'nothing';
	for (const rule of rules) {
		const word = rule.toLowerCase();
		if (word === 'reset') [on, nopass, may] = [false, false, 'nothing'];
		else if (word === 'on' || word === 'off') on = word === 'on';
		else if (word === 'nopass') nopass = true;
		else if (word === 'resetpass' || /^[>#]/.test(word)) nopass = false;
		else if (word === 'nocommands' || word === '-@all') may = 'nothing';
		else if (word === 'allcommands' || ownsIt.test(word)) may = 'all';
		else if (word.startsWith('+') && may === 'nothing') may = 'some';
	}
	return {name, open: on && nopass, may};
};

/** Those of the lines of a file. */
export const usersIn = (lines: readonly Pick<RedisLine, 'name' | 'words'>[]): readonly RedisUser[] =>
	lines.flatMap(({name, words: [who, ...rules]}) =>
		name === 'user' && who !== undefined ? [redisUser(who, rules)] : [],
	);

/** A line of ACL LIST: `user guest on nopass ~* +@all`. */
export const userOfLine = (line: string): RedisUser | undefined => {
	const [word, name, ...rules] = line.split(' ');
	return word === 'user' && name !== undefined ? redisUser(name, rules) : undefined;
};

/** A setting names where it writes, a module is code, a replica takes what another server sends. */
const ownsIt =
	/^\+(@all|@admin|@dangerous|@scripting|config|module|eval|evalsha|function|replicaof|slaveof|debug|acl)(\||$)/;
