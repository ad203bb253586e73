/** Which record of pg_hba.conf decides about a connection: whether one catches all, or some, of what another describes. */
import {BlockList} from 'node:net';
import {ipFamily} from '../ip-family.ts';
import type {HbaRecord, HbaWord} from './pg-hba-read.ts';

/** A record without its method. */
export type HbaShape = Pick<HbaRecord, 'type' | 'databases' | 'users' | 'address'>;

/** Would every connection that `inner` describes be caught by `outer`, if `outer` came first? */
export const catches = (outer: HbaShape, inner: HbaShape): boolean =>
	kindsOf(inner.type).every(kind => kindsOf(outer.type).includes(kind)) &&
	inner.databases.every(word =>
		outer.databases.some(one => sameWord(one, word) || (isKeyword(one, 'all') && !isKeyword(word, 'replication'))),
	) &&
	inner.users.every(word => outer.users.some(one => sameWord(one, word) || isKeyword(one, 'all'))) &&
	holdsAddress(outer.address, inner.address);

/**
 * May some connection that `inner` describes be caught by `outer`, if `outer` came first? What cannot be compared by text
 * (a role's members, a host name, `samenet`, a file of names) may.
 */
export const mayCatch = (outer: HbaShape, inner: HbaShape): boolean =>
	kindsOf(inner.type).some(kind => kindsOf(outer.type).includes(kind)) &&
	inner.databases.some(word => outer.databases.some(one => mayBeSame(one, word, openDatabase))) &&
	inner.users.some(word => outer.users.some(one => mayBeSame(one, word, openUser))) &&
	mayShare(outer.address, inner.address);

/** A quoted plain name and a bare one are the same name. */
export const sameWord = (a: HbaWord, b: HbaWord): boolean =>
	a.value === b.value && (a.quoted === b.quoted || !special(a.value));

/** A word that means something only outside quotes. */
export const special = (value: string): boolean => /^(all|sameuser|samerole|samegroup|replication)$|^[+@/]/.test(value);

/** Two ways to write one network are one. */
export const sameAddress = (a: string, b: string): boolean => a === b || (holdsAddress(a, b) && holdsAddress(b, a));

/** What a connection can be: over the socket, plain, by TLS or by GSS encryption. */
const kindsOf = (type: string): readonly string[] =>
	({
		local: ['local'],
		host: ['plain', 'ssl', 'gss'],
		hostssl: ['ssl'],
		hostnossl: ['plain', 'gss'],
		hostgssenc: ['gss'],
		hostnogssenc: ['plain', 'ssl'],
	})[type] ?? [];

const isKeyword = (word: HbaWord, keyword: string): boolean => word.value === keyword && !word.quoted;

/** Words that stand for names which only the server knows; `replication` is a name that nothing else stands for. */
const openDatabase = /^(all|sameuser|samerole|samegroup)$|^[+@/]/;
const openUser = /^all$|^[+@/]/;

const mayBeSame = (a: HbaWord, b: HbaWord, open: RegExp): boolean => {
	if (sameWord(a, b)) return true;
	if (open === openDatabase && (isKeyword(a, 'replication') || isKeyword(b, 'replication'))) return false;
	return [a, b].some(word => !word.quoted && open.test(word.value));
};

const mayShare = (a: string, b: string): boolean => {
	if (holdsAddress(a, b) || holdsAddress(b, a)) return true;
	const isNetwork = (text: string): boolean => ipFamily(text.split('/')[0] ?? '') > 0;
	return a !== '' && b !== '' && !(isNetwork(a) && isNetwork(b));
};

const holdsAddress = (outer: string, inner: string): boolean => {
	if (outer === inner || (outer === 'all' && inner !== '')) return true;
	const [net = '', bits = ''] = outer.split('/');
	const [host = '', width = ''] = inner.split('/');
	const family = ipFamily(net);
	const widest = family === 4 ? 32 : 128;
	if (
		family === 0 ||
		family !== ipFamily(host) ||
		!/^\d+$/.test(bits) ||
		Number(bits) > widest ||
		!(Number(width || widest) >= Number(bits))
	)
		return false;
	const list = new BlockList();
	list.addSubnet(net, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
	return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
};
