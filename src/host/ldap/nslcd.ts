/** Which directory this host asks for accounts, from nslcd.conf: the words of its own file, passwords in their boxes. */

import {wordsIn} from '#edit/blanks.ts';
import {nslcdWords} from '#edit/line-formats/word-lines.ts';
import {linesOf} from '#edit/lines.ts';
import type {Fact} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {laterTime} from '../files/changed-since.ts';

export type Nslcd = {
	readonly uris: readonly string[];
	readonly base: string | undefined;
	readonly startTls: boolean;
	readonly bindDn: string | undefined;
	readonly bindPassword: Secret | undefined;
	readonly changedAt: number;
};

export const nslcdConf = '/etc/nslcd.conf';

/** 'absent' where there is no such file. Throws Blocked where we may not read it: it may hold a password. */
export const nslcd: Fact<Nslcd | 'absent'> = {
	id: 'nslcd',
	async read(host) {
		const bytes = await host.read(nslcdConf);
		if (bytes === undefined) return 'absent';
		return {...parseNslcd(Buffer.from(bytes).toString('utf8')), changedAt: laterTime(await host.stat(nslcdConf))};
	},
};

/** nslcd.conf(5): a keyword and its words; `base` may name a map first, and then it is not the one for all. */
export const parseNslcd = (text: string): Omit<Nslcd, 'changedAt'> => {
	const lines = linesOf(text)
		.map(line => nslcdWords.split(text, line))
		.filter(([key]) => key !== undefined && !key.value.startsWith('#'))
		.map(([key, ...words]) => ({
			key: key?.value.toLowerCase() ?? '',
			value: text.slice(words[0]?.start ?? 0, words.at(-1)?.end ?? 0),
		}));
	const all = (key: string): readonly string[] => lines.filter(line => line.key === key).map(({value}) => value);
	const password = all('bindpw').at(-1);
	return {
		uris: all('uri').flatMap(value => wordsIn(value).map(word => word.text)),
		base: all('base').findLast(value => !/^\w+[ \t]+\w+=/.test(value)),
		startTls: all('ssl').at(-1)?.toLowerCase() === 'start_tls',
		bindDn: all('binddn').at(-1),
		bindPassword: password === undefined ? undefined : new Secret('bindpw of nslcd.conf', password),
	};
};
