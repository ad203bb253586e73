/** The kernel's packet rules as its programs print them. A look has more than one question to them, and each of these programs costs as much as all of a question's own work. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

/** The texts; undefined where the program is not there or refuses. */
export type Rulesets = {
	/** `nft list ruleset`. */
	readonly nft: string | undefined;
	/** `iptables-save`, all its tables; empty also where it was not asked, for there are none. */
	readonly ip4: string | undefined;
	/** `ip6tables-save`. */
	readonly ip6: string | undefined;
};

/** Only for root on the running host. Throws Blocked where a program gives no answer in time. */
export const rulesets: Fact<Rulesets> = {
	id: 'packet-rulesets',
	async read(host) {
		const nft = await told(host, ['nft', 'list', 'ruleset']);
		const [ip4, ip6] = await Promise.all([saved('ip', nft, host), saved('ip6', nft, host)]);
		return {nft, ip4, ip6};
	},
};

/** Asked where it has anything to tell: the newer iptables keeps its rules in tables that nft lists, the older one in tables that the kernel names. */
const saved = async (family: 'ip' | 'ip6', nft: string | undefined, host: Reader): Promise<string | undefined> => {
	const older = Buffer.from((await host.read(`/proc/net/${family}_tables_names`).catch(() => undefined)) ?? '');
	const isEmpty = nft !== undefined && !new RegExp(`^table ${family} `, 'm').test(nft) && older.length === 0;
	return isEmpty ? '' : told(host, [`${family}tables-save`]);
};

/** One table of `nft list ruleset`; empty where there is none of that name. */
export const inetTable = (ruleset: string, name: string): string =>
	ruleset.split(/^(?=table )/m).find(table => table.startsWith(`table inet ${name} {`)) ?? '';

const told = async (host: Reader, argv: readonly string[]): Promise<string | undefined> => {
	try {
		const ran = await host.probe(argv);
		return ran.code === 0 ? ran.stdout : undefined;
	} catch (error) {
		if (error instanceof Blocked && error.why.because === 'no-tool') return undefined;
		throw error;
	}
};
