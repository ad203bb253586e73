/**
 * The preflight: can this host carry the stack? Each look has a name under which what it finds can be accepted. The wizard shows them before
 * its first question, and the plan has them as its first node: one measure for both.
 */

import {behindProxy, mirrorsOf, reach} from '#host/apt/mirrors.ts';
import {release} from '#host/apt/release.ts';
import {outgoing} from '#host/outgoing/way-out.ts';
import {isOfSystem, listeners} from '#host/system/listeners.ts';
import {memory, spaceOf} from '#host/system/memory.ts';
import type {Reader} from '#model/host.ts';
import type {HostNeeds} from '#model/needs.ts';

export const preflightNames = ['release', 'architecture', 'memory', 'disk', 'ports', 'systemd', 'network'] as const;
export type PreflightName = (typeof preflightNames)[number];

/** `lines`: what was seen, or each thing that is wrong. 'na': no question on this host. */
export type Seen = {readonly state: 'ok' | 'warn' | 'fail' | 'na'; readonly lines: readonly string[]};

export type PreflightLook = {
	readonly name: PreflightName;
	readonly title: string;
	/** How to mend what it finds. */
	readonly remedy: string;
	look(needs: HostNeeds, host: Reader): Promise<Seen>;
};

/** Only the release can be told of an offline root. */
const running =
	(look: PreflightLook['look']): PreflightLook['look'] =>
	async (needs, host) =>
		host.root === '/' ? look(needs, host) : {state: 'na', lines: ['asked of a running host only']};

/** Before the install only. */
const first =
	(look: PreflightLook['look']): PreflightLook['look'] =>
	async (needs, host) =>
		(await host.stat(needs.installed)) === undefined ? look(needs, host) : {state: 'na', lines: ['it is installed']};

const ok = (line: string): Seen => ({state: 'ok', lines: [line]});
const fail = (...lines: readonly string[]): Seen => ({state: 'fail', lines});

export const preflightLooks: readonly PreflightLook[] = [
	{
		name: 'release',
		title: 'Release',
		remedy: 'Install on one of the releases that are known, or accept it: names of packages may be others here.',
		async look({releases}, host) {
			const {known, name, codename} = await host.fact(release);
			if (!known) return fail(`${name} is none of Debian 11, 12, 13 and Ubuntu 22.04, 24.04`);
			return releases === undefined || releases.includes(codename)
				? ok(name)
				: fail(`${name} is none of ${releases.join(', ')}`);
		},
	},
	{
		name: 'architecture',
		title: 'Architecture',
		remedy: 'Nothing was tried on others than amd64 and arm64.',
		look: running(async () =>
			['x64', 'arm64'].includes(process.arch)
				? ok(process.arch === 'x64' ? 'amd64' : process.arch)
				: fail(`${process.arch} is neither amd64 nor arm64`),
		),
	},
	{
		name: 'memory',
		title: 'Memory',
		remedy: 'Give the host more, or swap: when memory runs out the kernel ends what needs it most.',
		look: running(async ({memoryMiB: [least, advised]}, host) => {
			const {total} = await host.fact(memory);
			const has = Math.round(total / 2 ** 20);
			// The kernel keeps some of what the machine has: 2 GB of memory show as a little less.
			const under = (wanted: number): boolean => total > 0 && total < wanted * 0.93 * 2 ** 20;
			const line = `${has} MiB, at least ${least} are needed and ${advised} advised`;
			if (under(least)) return fail(line);
			return under(advised) ? {state: 'warn', lines: [line]} : ok(`${has} MiB`);
		}),
	},
	{
		name: 'disk',
		title: 'Disk',
		remedy: 'apt-get clean and journalctl --vacuum-size=200M free some without harm.',
		look: running(
			first(async ({diskMiB}, host) => {
				let least = Number.POSITIVE_INFINITY;
				for (const place of ['/', '/usr', '/var']) {
					const space = await spaceOf(place, host);
					if (!space) continue;
					const free = Math.round(space.free / 2 ** 20);
					if (space.free < diskMiB * 2 ** 20) return fail(`${free} MiB free on ${place}, ${diskMiB} are needed`);
					least = Math.min(least, free);
				}
				return ok(Number.isFinite(least) ? `${least} MiB free` : 'not told by this host');
			}),
		),
	},
	{
		name: 'ports',
		title: 'Ports',
		remedy: 'Stop what holds the port, or let it listen elsewhere.',
		look: running(async ({ports}, host) => {
			const open = await host.fact(listeners);
			const held = ports.flatMap(({port, ours}) => {
				const holder = open.find(
					one =>
						one.port === port &&
						one.protocol.startsWith('tcp') &&
						one.process !== undefined &&
						!(ours.includes(one.process.name) && isOfSystem(one)),
				);
				return holder ? [`port ${port} is held by ${holder.process!.name} (process ${holder.process!.pid})`] : [];
			});
			const numbers = ports.map(({port}) => port).join(', ');
			return held.length > 0
				? fail(...held)
				: ok(numbers === '' ? 'none are asked for' : `${numbers} are free or ours`);
		}),
	},
	{
		name: 'systemd',
		title: 'systemd',
		remedy: 'Start the host with systemd as its first process.',
		look: running(async (_needs, host) =>
			(await host.stat('/run/systemd/system')) === undefined
				? fail('systemd does not run as the first process: units cannot be started here')
				: ok('it runs'),
		),
	},
	{
		name: 'network',
		title: 'Package mirrors',
		remedy: 'Mend the network or /etc/apt/sources.list; accept it where every package lies on the host already.',
		look: running(first(async (_needs, host) => mirrorsAnswer(host))),
	},
];

/** Packages and sources come from the mirrors that apt is set up with: found by name, and answering. Behind a proxy that is the proxy's business. */
const mirrorsAnswer = async (host: Reader): Promise<Seen> => {
	if (outgoing().apt !== undefined) return ok('packages come from the medium');
	if (await behindProxy(host)) return ok('behind a proxy');
	const mirrors = await mirrorsOf(host);
	if (mirrors.length === 0)
		return fail('apt has no package mirror: /etc/apt/sources.list and sources.list.d name none');
	const asked = mirrors.map(async url => ({url, fault: await reach(url)}));
	const answered = await Promise.any(
		asked.map(async one => {
			const {url, fault} = await one;
			if (fault !== undefined) throw new Error('not this one');
			return url.hostname;
		}),
	).catch(() => undefined);
	if (answered !== undefined) return ok(`${answered} answers`);
	const all = await Promise.all(asked);
	return fail(...all.map(({url, fault}) => `${url.hostname}, a package mirror of this host: ${fault}`));
};
