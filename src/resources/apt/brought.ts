/** What apt brought along by itself in our transactions, from its own history: that is ours to take away as well, and nothing else is. */
import type {Reader} from '#model/host.ts';

/** What came along in the transactions that installed one of the names. */
export const broughtAlong = async (names: readonly string[], host: Reader): Promise<ReadonlySet<string>> => {
	const files = ((await host.list('/var/log/apt')) ?? []).filter(name => /^history\.log(\.\d+\.gz)?$/.test(name));
	const texts = await Promise.all(
		files.map(async name => {
			const bytes = (await host.read(`/var/log/apt/${name}`)) ?? new Uint8Array();
			return (
				name.endsWith('.gz') ? process.getBuiltinModule('node:zlib').gunzipSync(bytes) : Buffer.from(bytes)
			).toString('utf8');
		}),
	);
	return new Set(
		texts
			.flatMap(text => parseHistory(text))
			.filter(entry => entry.asked.some(name => names.includes(name)))
			.flatMap(entry => entry.along),
	);
};

/** The transactions in apt's history: what was asked for and what came along. */
export const parseHistory = (
	text: string,
): readonly {readonly asked: readonly string[]; readonly along: readonly string[]}[] =>
	[...text.matchAll(/^Install: (.*)$/gm)].map(([, line = '']) => {
		const items = [...line.matchAll(/([^\s,:()]+):[^\s,()]+ \(([^)]*)\)/g)].map(([, name = '', inside = '']) => ({
			name,
			automatic: /\bautomatic$/.test(inside),
		}));
		return {
			asked: items.filter(one => !one.automatic).map(one => one.name),
			along: items.filter(one => one.automatic).map(one => one.name),
		};
	});
