/** The rules of setup's own table of nftables, as text and as the kernel has them. Several stacks open what each needs: a line for each says what. */
import type {Reader} from '#model/host.ts';

export type Opened = {
	/** TCP, for everybody. */
	readonly ports: readonly number[];
	/** Interfaces of guests of this host, beside those that are known by their names; `br-*` is all that begin so. */
	readonly inside: readonly string[];
};

export const table = 'host_setup';
export const mark = '#!/usr/sbin/nft -f\n# Written by setup, and wholly its own';

/** Only our own table goes and comes: Docker's, libvirt's and fail2ban's rules stay where they are. ICMP by its numbers: a minimal Debian has no /etc/protocols. */
export const rulesText = (stacks: ReadonlyMap<string, Opened>): string => {
	const all = [...stacks].toSorted(([a], [b]) => (a < b ? -1 : 1));
	const {ports, inside} = together(stacks);
	return `${mark}: answer other ports there.
${all.map(([stack, opened]) => `# ${stack} opens ${opened.ports.join(' ')} inside ${opened.inside.join(' ') || '-'}\n`).join('')}table inet ${table}
delete table inet ${table}
table inet ${table} {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop
		iifname "lo" accept
		meta l4proto { 1, 58 } accept
		udp sport 67 udp dport 68 accept
		udp dport 546 accept
${inside.map(name => `		iifname "${name}" accept\n`).join('')}		tcp dport { ${ports.join(', ')} } accept
	}
}
`;
};

/** What stands in a file of ours, by stack. */
export const openedIn = (text: string): ReadonlyMap<string, Opened> =>
	new Map(
		[...text.matchAll(/^# (\S+) opens ([\d ]+) inside (.+)$/gm)].map(([, stack = '', ports = '', inside = '']) => [
			stack,
			{ports: ports.split(' ').map(Number), inside: inside === '-' ? [] : inside.split(' ')},
		]),
	);

/** Of all stacks, sorted. */
export const together = (stacks: ReadonlyMap<string, Opened>): Opened => ({
	ports: [...new Set([...stacks.values()].flatMap(({ports}) => ports))].toSorted((a, b) => a - b),
	inside: [...new Set([...stacks.values()].flatMap(({inside}) => inside))].toSorted(),
});

/** What the kernel lets in by our table; undefined where it has none that drops the rest. Throws Blocked. */
export const rulesNow = async (host: Reader): Promise<Opened | undefined> => {
	const ran = await host.probe(['/usr/sbin/nft', '--json', 'list', 'chain', 'inet', table, 'input']);
	if (ran.code !== 0) return undefined;
	const {nftables} = JSON.parse(ran.stdout) as {
		readonly nftables: readonly {
			readonly chain?: {readonly policy?: string};
			readonly rule?: {readonly expr: readonly Expr[]};
		}[];
	};
	if (!nftables.some(({chain}) => chain?.policy === 'drop')) return undefined;
	const accepts = nftables.flatMap(({rule}) => {
		const [one] = rule?.expr ?? [];
		return rule?.expr.length === 2 && 'accept' in rule.expr[1]! && one?.match ? [one.match] : [];
	});
	const of = (key: string): readonly (string | number)[] =>
		accepts
			.filter(({left}) => (left.payload?.field ?? left.meta?.key) === key)
			.flatMap(({right}) => (typeof right === 'object' ? (right.set ?? []) : [right]));
	return {
		ports: of('dport')
			.filter(one => typeof one === 'number' && one !== dhcp6)
			.map(Number),
		inside: of('iifname')
			.map(String)
			.filter(one => one !== 'lo'),
	};
};

const dhcp6 = 546;

type Expr = {
	readonly accept?: null;
	readonly match?: {
		readonly left: {readonly payload?: {readonly field: string}; readonly meta?: {readonly key: string}};
		readonly right: string | number | {readonly set?: readonly (string | number)[]};
	};
};

/** Is it a file such as Debian's own, with three empty chains? */
export const dropsNothing = (text: string): boolean =>
	text
		.split('\n')
		.map(line => line.trim())
		.every(line =>
			/^$|^#|^flush ruleset$|^table inet filter \{$|^chain (input|forward|output) \{$|^type filter hook \w+ priority (filter|0);( policy accept;)?$|^\}$/.test(
				line,
			),
		);
