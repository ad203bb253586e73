/**
 * Does a boot reach a unit? "enabled" only says that some target wants it: that target may be one that no boot reaches, and what is "disabled" may be wanted by
 * another unit, or started by a socket when somebody first asks.
 */
import {basename} from 'node:path';
import type {Reader} from '#model/host.ts';
import {type UnitState, unitState} from './units.ts';

/** `onRequest`: a socket of the boot starts it. `unreached`: it is enabled, into what no boot reaches. */
export type AtBoot = 'yes' | 'onRequest' | 'no' | 'unreached';

/** It is there after a boot, or as soon as somebody asks. */
export const reachesIt: readonly AtBoot[] = ['yes', 'onRequest'];

export const atBoot = async (state: UnitState, host: Reader): Promise<AtBoot> => {
	if (state.load !== 'loaded') return 'no';
	if (host.root !== '/' || state.enabled === 'always' || state.fileState === 'generated')
		return state.enabled === false ? 'no' : 'yes';
	const target = await defaultTarget(host);
	// Enabled in /run, which a boot empties.
	if (state.fileState === 'enabled-runtime') return 'no';
	if (await isReached(state.pulledBy, target, host)) return 'yes';
	const starters = state.triggeredBy.filter(name => name.endsWith('.socket'));
	for (const name of starters)
		if (await isReached((await unitState(name, host)).pulledBy, target, host)) return 'onRequest';
	return state.enabled === true ? 'unreached' : 'no';
};

/** Reached by every boot that is one: basic.target pulls them in. */
const always = [
	'sysinit.target',
	'basic.target',
	'sockets.target',
	'timers.target',
	'paths.target',
	'local-fs.target',
	'remote-fs.target',
	'network.target',
	'network-online.target',
	'getty.target',
	'default.target',
];

const defaultTarget = async (host: Reader): Promise<string> => {
	for (const directory of ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']) {
		const {target} = (await host.stat(`${directory}/default.target`)) ?? {};
		if (target !== undefined) return basename(target);
	}
	return 'multi-user.target';
};

const isReached = async (
	parents: readonly string[],
	target: string,
	host: Reader,
	seen: ReadonlySet<string> = new Set(),
): Promise<boolean> => {
	if (parents.some(name => name === target || always.includes(name))) return true;
	// The graphical one brings the other.
	if (target === 'graphical.target' && parents.includes('multi-user.target')) return true;
	const further = parents.filter(name => !seen.has(name));
	if (further.length === 0 || seen.size > 20) return false;
	const known = new Set([...seen, ...further]);
	const states = await Promise.all(further.map(name => unitState(name, host)));
	return isReached([...new Set(states.flatMap(({pulledBy}) => pulledBy))], target, host, known);
};
