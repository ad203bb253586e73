/** Taking packages away again: only ours, only what nothing else needs, and never a database that its package would drop in silence. */
import {aptEnvironment} from '#host/apt/environment.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {transact} from '#host/apt/transaction.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Undone} from '#model/resource.ts';

/** Without --purge packages stay, and are listed. */
export const keepPackages = async (names: readonly string[], host: Reader): Promise<Undone> => {
	const there = await installedOf(names, host);
	return there.length === 0
		? {outcome: 'already'}
		: {outcome: 'kept', why: `packages stay without --purge: ${there.join(', ')}`};
};

/** Purges `names` and what apt brought along for them, as far as nothing else needs it. */
export const purgePackages = async (
	names: readonly string[],
	host: Host,
	{purgeData, spared}: {readonly purgeData: boolean; readonly spared: (name: string) => boolean},
): Promise<Undone> => {
	const along = new Set([...(await broughtAlong(names, host))].filter(name => !spared(name)));
	const there = await installedOf(names, host, true);
	if (there.length > 0) {
		const others = (await removedBy(['purge', ...there], host)).filter(
			name => !there.includes(name) && !along.has(name),
		);
		if (others.length > 0)
			return {
				outcome: 'kept',
				why: `${others.join(', ')} would go as well, and ${others.length === 1 ? 'is' : 'are'} not ours`,
			};
		if (!purgeData) await keepDatabases([...there, ...along], host);
		await transact({verb: 'purge', targets: there, mayRemove: true}, host);
	}
	const left = (await removedBy(['autoremove'], host)).filter(name => along.has(name));
	if (left.length > 0) await transact({verb: 'purge', targets: left, mayRemove: true}, host);
	return there.length + left.length === 0 ? {outcome: 'already'} : {outcome: 'undone'};
};

const installedOf = async (names: readonly string[], host: Reader, remains = false): Promise<readonly string[]> => {
	const {all} = await host.fact(packages);
	return names.filter(
		name => isInstalled(all.get(name)) || (remains && !['not-installed', undefined].includes(all.get(name)?.status)),
	);
};

/** What apt installed by itself in the transactions that installed one of the names, from its own history. */
const broughtAlong = async (names: readonly string[], host: Reader): Promise<ReadonlySet<string>> => {
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

const removedBy = async (act: readonly string[], host: Reader): Promise<readonly string[]> => {
	const text = await host.query(['apt-get', '-s', '-q', '-o', 'Debug::NoLocking=1', ...act], {timeout: 120_000});
	return [...text.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map(([, name = '']) => name.split(':')[0] ?? name);
};

/** PostgreSQL's packages drop every cluster when purged, unless told not to. */
const keepDatabases = async (names: readonly string[], host: Host): Promise<void> => {
	const servers = names.filter(name => /^postgresql-\d+$/.test(name));
	if (servers.length === 0) return;
	await host.exec(['debconf-set-selections'], {
		env: aptEnvironment,
		stdin: [servers.map(name => `${name} ${name}/postrm_purge_data boolean false\n`).join('')],
	});
};
