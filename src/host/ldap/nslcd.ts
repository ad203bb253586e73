/** Which directory this host asks for accounts, from nslcd.conf: the words of its own file, passwords in their boxes. */
import type {Fact} from '#model/host.ts';
import {Secret} from '#model/secret.ts';

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
		return {...parseNslcd(Buffer.from(bytes).toString('utf8')), changedAt: (await host.stat(nslcdConf))?.mtimeMs ?? 0};
	},
};

/** nslcd.conf(5): a keyword and its words; `base` may name a map first, and then it is not the one for all. */
export const parseNslcd = (text: string): Omit<Nslcd, 'changedAt'> => {
	const lines = text
		.split('\n')
		.filter(line => !/^\s*(#|$)/.test(line))
		.map(line => /^\s*(\S+)\s*(.*?)\s*$/.exec(line))
		.map(found => ({key: found?.[1]?.toLowerCase() ?? '', value: found?.[2] ?? ''}));
	const all = (key: string): readonly string[] => lines.filter(line => line.key === key).map(({value}) => value);
	const password = all('bindpw').at(-1);
	return {
		uris: all('uri').flatMap(value => value.split(/\s+/)),
		base: all('base').findLast(value => !/^\w+\s+\w+=/.test(value)),
		startTls: all('ssl').at(-1)?.toLowerCase() === 'start_tls',
		bindDn: all('binddn').at(-1),
		bindPassword: password === undefined ? undefined : new Secret('bindpw of nslcd.conf', password),
	};
};
