/**
 * What the kernel's rules do to a new TCP connection from outside to a port that nobody named: every input chain, in order of priority, with
 * its policy and its jumps. One rule that bans one address is no firewall, and a chain that only counts is none either.
 */

export type Families = {readonly ip4: boolean; readonly ip6: boolean};

/** Does this interface lead to guests of this host only? Nobody comes from outside there. */
export type IsInside = (name: string) => boolean;

/** `nft list ruleset`: is such a connection dropped or rejected, for each family? */
export const filtersOf = (ruleset: string, isInside: IsInside = () => false): Families => {
	const tables = ruleset
		.split(/^table /m)
		.slice(1)
		.map(tableOf);
	const dropped = (version: Version): boolean =>
		tables
			.filter(({family}) => family === 'inet' || family === (version === 4 ? 'ip' : 'ip6'))
			.some(({chains}) =>
				[...chains.values()].some(one => one.base && fateIn(one, {chains, version, isInside}, 0) === 'drop'),
			);
	return {ip4: dropped(4), ip6: dropped(6)};
};

/** `iptables-save` or `ip6tables-save`: the same, of the table `filter`. */
export const filtersInSave = (saved: string, version: Version, isInside: IsInside = () => false): boolean => {
	const text = /^\*filter$([\s\S]*?)^COMMIT$/m.exec(saved)?.[1] ?? saved;
	const chains = new Map<string, Chain>(
		[...text.matchAll(/^:(\S+) (\S+)/gm)].map(([, name = '', policy = '']) => [
			name,
			{base: name === 'INPUT', policy: policy.toLowerCase(), rules: []},
		]),
	);
	for (const [, name = '', rule = ''] of text.matchAll(/^-A (\S+) (.*)$/gm)) chains.get(name)?.rules.push(asNft(rule));
	const input = chains.get('INPUT');
	return input !== undefined && fateIn(input, {chains, version, isInside}, 0) === 'drop';
};

type Version = 4 | 6;
type Chain = {readonly base: boolean; readonly policy: string; readonly rules: string[]};
type Fate = 'drop' | 'accept' | 'return' | 'on';

const tableOf = (text: string): {readonly family: string; readonly chains: ReadonlyMap<string, Chain>} => {
	const chains = new Map<string, Chain>();
	for (const [, name = '', body = ''] of text.matchAll(/^\s*chain (\S+) \{\n?((?:[^{}]|\{[^{}]*\})*)\}/gm)) {
		const statements = body
			.split(/\n|;(?![^{]*\})/)
			.map(one => one.trim())
			.filter(one => one !== '');
		chains.set(name, {
			// What is dropped before it is routed does not come in either.
			base: statements.some(one => /^type filter hook (input|prerouting)\b/.test(one)),
			policy: statements.map(one => /^policy (\w+)/.exec(one)?.[1]).find(one => one !== undefined) ?? 'accept',
			rules: statements.filter(one => !/^(type|policy|comment)\b/.test(one)),
		});
	}
	return {family: /^(\w+)/.exec(text)?.[1] ?? '', chains};
};

type Seen = {readonly chains: ReadonlyMap<string, Chain>; readonly version: Version; readonly isInside: IsInside};

const fateIn = (chain: Chain, seen: Seen, depth: number): Fate => {
	for (const rule of chain.rules) {
		const [, before = '', verdict = '', target = ''] =
			/^(.*?)\b(drop|reject|accept|return|queue|jump|goto)\b(?:\s+(\S+))?.*$/.exec(withoutWords(rule)) ?? [];
		if (verdict === '' || !isAbout(before, seen)) continue;
		if (verdict === 'drop' || verdict === 'reject') return 'drop';
		if (verdict === 'accept' || verdict === 'queue') return 'accept';
		if (verdict === 'return') return chain.base ? fateOf(chain.policy) : 'return';
		const next = seen.chains.get(target);
		const fate = next === undefined || depth > 30 ? 'on' : fateIn(next, seen, depth + 1);
		if (fate === 'drop' || fate === 'accept') return fate;
		if (verdict === 'goto') return chain.base ? fateOf(chain.policy) : 'return';
	}
	return chain.base ? fateOf(chain.policy) : 'on';
};

const fateOf = (policy: string): Fate => (policy === 'drop' || policy === 'reject' ? 'drop' : 'accept');

/** Without what decides nothing: counters, logs, comments. */
const withoutWords = (rule: string): string =>
	rule
		.replaceAll(
			/\bcomment "[^"]*"|\blog( prefix "[^"]*"| level \w+| flags \w+| group \d+)*|\bcounter( packets \d+ bytes \d+)?/g,
			' ',
		)
		.replaceAll(/#.*$/g, ' ')
		.trim();

/** Conditions that a new TCP connection from a stranger to an unnamed port fulfils; with any other the rule is about somebody else. */
const isAbout = (conditions: string, {version, isInside}: Seen): boolean => {
	const [, , from] = /\b(iifname|iif) (?:"([^"]*)"|([\w.@+*-]+))/.exec(conditions)?.map(one => one ?? '') ?? [];
	if (from !== undefined && from !== '' && isInside(from)) return false;
	const rest = conditions
		.replaceAll(/\bct state (?:\{[^}]*\bnew\b[^}]*\}|(?:\w+,)*new(?:,\w+)*)/g, ' ')
		.replaceAll(/\bct state != (?:\{(?![^}]*\bnew\b)[^}]*\}|(?!\S*\bnew\b)\S+)/g, ' ')
		.replaceAll(/\b(iifname|iif) != "?lo"?/g, ' ')
		.replaceAll(/\b(iifname|iif) (?!"?lo"?\b)(?:"[^"]*"|[\w.@-]+|\{(?![^}]*"?\blo\b)[^}]*\})/g, ' ')
		.replaceAll(/\b(meta l4proto|ip protocol|ip6 nexthdr) (tcp|\{[^}]*\btcp\b[^}]*\})/g, ' ')
		.replaceAll(/\bmeta l4proto != (?!tcp)\S+/g, ' ')
		.replaceAll(version === 4 ? /\bmeta nfproto ipv4/g : /\bmeta nfproto ipv6/g, ' ')
		.replaceAll(version === 4 ? /\bip saddr != (\{[^}]*\}|\S+)/g : /\bip6 saddr != (\{[^}]*\}|\S+)/g, ' ')
		.replaceAll(/\btcp dport != (\{[^}]*\}|\S+)/g, ' ')
		.replaceAll(/\btcp flags (& \([^)]*\) == syn|syn( \/ \S+)?)/g, ' ')
		.replaceAll(/\bfib daddr type local/g, ' ');
	return rest.trim() === '';
};

/** A rule of iptables in the words of nft, as far as they matter here. */
const asNft = (rule: string): string => {
	const target = /-([jg]) (\S+)/.exec(rule);
	const words = rule
		.replace(/-[jg] \S+.*$/, '')
		.replaceAll(/-m comment --comment ("[^"]*"|\S+)|-m (tcp|state|conntrack|multiport|addrtype)\b/g, ' ')
		.replaceAll(/--(ct)?state (\S+)/g, (_all, _ct, states: string) => `ct state ${states.toLowerCase()}`)
		.replaceAll(/! -i lo\b/g, 'iifname != lo')
		.replaceAll(/(?<!! )-i (\S+)/g, 'iifname $1')
		.replaceAll(/-p tcp\b/g, 'meta l4proto tcp')
		.replaceAll(/-p all\b/g, ' ');
	const verdict = target?.[2] ?? '';
	const plain = {DROP: 'drop', REJECT: 'reject', ACCEPT: 'accept', RETURN: 'return'}[verdict];
	if (plain !== undefined) return `${words} ${plain}`;
	return `${words} ${target?.[1] === 'g' ? 'goto' : 'jump'} ${verdict}`;
};
