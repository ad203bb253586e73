/**
 * The preflight: can this host carry the stack? Every finding is told at once, each by a name under which it can be accepted. It changes
 * nothing; as a resource it stands before everything else, so that a plan already says what an install would stumble over.
 */

import {behindProxy, mirrorsOf, reach} from '#host/apt/mirrors.ts';
import {release} from '#host/apt/release.ts';
import {listeners} from '#host/system/listeners.ts';
import {memory, spaceOf} from '#host/system/memory.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type RequirementsSpec = {
	/** MiB. Under `least` is a finding, under `advised` is said. */
	readonly memory: {readonly least: number; readonly advised: number};
	/** MiB free on /, /usr and /var, wherever they lie. */
	readonly diskMb: number;
	/** Ports that must be free, or held by one of these programs. */
	readonly ports: readonly {readonly port: number; readonly ours: readonly string[]}[];
	/** Once this is there, disk and network are no question any more: the stack is installed. */
	readonly installed: string;
	/** Findings that the operator accepted, by name. */
	readonly accept: readonly string[];
};

type Finding = {readonly name: string; readonly sentence: string};

export const requirements = (spec: RequirementsSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		requirementsType,
		withEdges({id: 'requirements', title: 'This host can carry the stack', provides: ['done:requirements']}, edges),
		spec,
	);

export const requirementsType: ResourceType<RequirementsSpec, 'met'> = {
	name: 'requirements',
	async inspect(spec, host) {
		const findings = (
			await Promise.all([
				releaseFinding(host),
				machineFindings(spec, host),
				portFindings(spec, host),
				networkFindings(spec, host),
			])
		)
			.flat()
			.filter(one => !spec.accept.includes(one.name));
		if (findings.length > 0) {
			throw new Fault(
				'requirements.unmet',
				`this host lacks what the stack needs: ${[...new Set(findings.map(one => one.name))].join(', ')}`,
				`Mend each, or accept it by name in the answers (packages.accept: [${[...new Set(findings.map(one => one.name))].join(', ')}]).`,
				{details: findings.map(one => `${one.name}: ${one.sentence}`)},
			);
		}
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'memory, disk and ports are those of the running host'});
		return 'met';
	},
	diff: () => [],
	undoOf: () => ({can: true, record: null}),
	apply: async () => {},
	undo: async () => ({outcome: 'already'}),
};

const releaseFinding = async (host: Reader): Promise<readonly Finding[]> => {
	const {known, name} = await host.fact(release);
	return known ? [] : [{name: 'release', sentence: `${name} is none of Debian 11, 12, 13 and Ubuntu 22.04, 24.04`}];
};

const machineFindings = async (
	{memory: wanted, diskMb, installed}: RequirementsSpec,
	host: Reader,
): Promise<readonly Finding[]> => {
	const findings: Finding[] = [];
	if (host.root !== '/') return findings;
	const {total} = await host.fact(memory);
	// The kernel keeps some of what the machine has: 2 GB of memory show as a little less.
	if (total > 0 && total < wanted.least * 0.93 * 2 ** 20)
		findings.push({
			name: 'memory',
			sentence: `${Math.round(total / 2 ** 20)} MiB, at least ${wanted.least} are needed and ${wanted.advised} advised`,
		});
	if (!['x64', 'arm64'].includes(process.arch))
		findings.push({name: 'architecture', sentence: `${process.arch} is neither amd64 nor arm64`});
	if ((await host.stat('/run/systemd/system')) === undefined)
		findings.push({
			name: 'systemd',
			sentence: 'systemd does not run as the first process: units cannot be started here',
		});
	if ((await host.stat(installed)) !== undefined) return findings;
	for (const place of ['/', '/usr', '/var']) {
		const space = await spaceOf(place, host);
		if (space && space.free < diskMb * 2 ** 20) {
			findings.push({
				name: 'disk',
				sentence: `${Math.round(space.free / 2 ** 20)} MiB free on ${place}, ${diskMb} are needed`,
			});
			break;
		}
	}
	return findings;
};

/** Packages and sources come from the mirrors that apt is set up with: found by name, and answering. Behind a proxy that is the proxy's business. */
const networkFindings = async ({installed}: RequirementsSpec, host: Reader): Promise<readonly Finding[]> => {
	if (host.root !== '/' || (await host.stat(installed)) !== undefined || (await behindProxy(host))) return [];
	const mirrors = await mirrorsOf(host);
	if (mirrors.length === 0)
		return [
			{name: 'network', sentence: 'apt has no package mirror: /etc/apt/sources.list and sources.list.d name none'},
		];
	const asked = mirrors.map(async url => ({url, fault: await reach(url)}));
	const answered = Promise.any(
		asked.map(async one => {
			if ((await one).fault !== undefined) throw new Error('not this one');
		}),
	).then(
		() => true,
		() => false,
	);
	if (await answered) return [];
	const all = await Promise.all(asked);
	return all.map(({url, fault}) => ({
		name: 'network',
		sentence: `${url.hostname}, a package mirror of this host: ${fault}`,
	}));
};

const portFindings = async ({ports}: RequirementsSpec, host: Reader): Promise<readonly Finding[]> => {
	if (host.root !== '/') return [];
	const open = await host.fact(listeners);
	return ports.flatMap(({port, ours}) => {
		const holder = open.find(
			one =>
				one.port === port &&
				one.protocol.startsWith('tcp') &&
				one.process !== undefined &&
				!ours.includes(one.process.name),
		);
		return holder
			? [{name: 'ports', sentence: `port ${port} is held by ${holder.process!.name} (process ${holder.process!.pid})`}]
			: [];
	});
};
