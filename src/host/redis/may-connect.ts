/**
 * Which accounts of this host may open a connection to Redis. It asks for no password, and applications keep pickles in it, which are code: whoever puts one
 * there has it run by who takes it out. A table of nftables tells accounts apart by their number, which no application has to know of.
 */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {accounts} from '../system/accounts.ts';

export const rulesFile = '/etc/redis-accounts.nft';
export const rulesUnit = 'redis-accounts.service';
export const rulesTable = 'redis_accounts';
/** Where applications look for it without being told. */
export const redisPort = 6379;
export const nft = '/usr/sbin/nft';

export const mark = '# Written by setup: which accounts of this host may open a connection to Redis.\n';

/**
 * Names by stack, and the numbers of all of them; root may always. Only what opens a connection is looked at: a packet that comes after the end of its process has no
 * account. Who is refused is told so at once, and not as if nobody listened.
 */
export const rulesText = (stacks: ReadonlyMap<string, readonly string[]>, uids: readonly number[]): string => {
	const opens = `oifname "lo" tcp dport ${redisPort} tcp flags & (fin | syn | rst | ack) == syn`;
	return `${mark}${[...stacks]
		.toSorted(([a], [b]) => (a < b ? -1 : 1))
		.map(([stack, names]) => `# ${stack} lets in ${names.join(' ') || '-'}\n`)
		.join('')}table inet ${rulesTable}
delete table inet ${rulesTable}
table inet ${rulesTable} {
	chain output {
		type filter hook output priority filter - 5; policy accept;
		${opens} meta skuid { ${withRoot(uids).join(', ')} } accept
		${opens} reject with icmpx type admin-prohibited
	}
}
`;
};

export const withRoot = (uids: readonly number[]): readonly number[] =>
	[...new Set([0, ...uids])].toSorted((a, b) => a - b);

/** What stands in a file of ours, by stack; undefined for a file of somebody else's. */
export const namedIn = (text: string): ReadonlyMap<string, readonly string[]> | undefined =>
	text.startsWith(mark)
		? new Map(
				[...text.matchAll(/^# (\S+) lets in (.+)$/gm)].map(([, stack = '', names = '-']) => [
					stack,
					names === '-' ? [] : names.split(' '),
				]),
			)
		: undefined;

/** The numbers that the kernel lets in, sorted; undefined where it has no such rules, or others beside them. Throws Blocked. */
export const uidsNow = async (host: Reader): Promise<readonly number[] | undefined> => {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the rules of the running kernel'});
	const ran = await host.probe([nft, '--json', '-n', 'list', 'table', 'inet', rulesTable]);
	if (/not permitted/i.test(ran.stderr)) throw new Blocked({because: 'needs-root', need: 'the rules of the kernel'});
	if (ran.code !== 0) return undefined;
	const {users} = await host.fact(accounts);
	return uidsOf(ran.stdout, name => users.get(name)?.uid);
};

/** Of what `nft --json -n list table` prints; an older nft prints names all the same. */
export const uidsOf = (
	json: string,
	numberOf: (name: string) => number | undefined = () => undefined,
): readonly number[] | undefined => {
	const {nftables} = JSON.parse(json) as {readonly nftables: readonly Listed[]};
	const chains = nftables.flatMap(({chain}) => chain ?? []);
	const [allows, refuses, ...more] = nftables.flatMap(({rule}) => (rule ? [rule.expr] : []));
	if (chains.length !== 1 || chains[0]?.hook !== 'output' || more.length > 0) return undefined;
	if (allows === undefined || refuses === undefined || !isOurs(allows) || !isOurs(refuses)) return undefined;
	const named = allows.find(({match}) => match?.left.meta?.key === 'skuid')?.match?.right;
	if (named === undefined || !allows.some(one => 'accept' in one) || refuses.length !== 4) return undefined;
	if (!refuses.some(one => 'reject' in one)) return undefined;
	const uids = (typeof named === 'object' ? (named.set ?? []) : [named]).map(one =>
		typeof one === 'number' ? one : (numberOf(one) ?? Number(one)),
	);
	return uids.some(Number.isNaN) ? undefined : uids.toSorted((a, b) => a - b);
};

type Listed = {readonly chain?: {readonly hook?: string}; readonly rule?: {readonly expr: readonly Expr[]}};

type Expr = {
	readonly accept?: null;
	readonly reject?: unknown;
	readonly match?: {
		readonly left: {readonly payload?: {readonly field: string}; readonly meta?: {readonly key: string}};
		readonly right: string | number | {readonly set?: readonly (string | number)[]};
	};
};

/** Is it about connections of this host to that port? */
const isOurs = (rule: readonly Expr[]): boolean =>
	rule.some(({match}) => match?.left.meta?.key === 'oifname' && match.right === 'lo') &&
	rule.some(({match}) => match?.left.payload?.field === 'dport' && match.right === redisPort);
