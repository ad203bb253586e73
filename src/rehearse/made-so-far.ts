/**
 * What was made for a throw-away host, written down before it is made, so that a later run can take away what a dead one
 * left. The number of the record is also the claim: of a /30 of addresses, an interface name, a cgroup.
 */
import {randomBytes} from 'node:crypto';
import {linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Fault} from '#model/fault.ts';
import {isAlive, type ProcessId, processOf} from './machine/alive.ts';

export type Claim = {
	readonly slot: number;
	readonly name: string;
	/** undefined: it was kept on purpose and belongs to nobody. */
	readonly owner?: ProcessId;
	/** Holds its namespaces and takes everything away at the end. */
	readonly guard?: ProcessId;
	/** Its own directory, removed at the end. */
	readonly dir: string;
	/** When it was opened, ISO. */
	readonly since: string;
};

export const recordsDir = '/run/host-setup/throwaway';

/** Takes the first free slot for a host of this name. `taken` tells of addresses that others use. Throws Fault 'rehearse.name' when the name lives. */
export const claim = (
	name: string,
	dirOf: (slot: number) => string,
	keep: boolean,
	taken: (slot: number) => boolean,
): Claim => {
	mkdirSync(recordsDir, {recursive: true, mode: 0o700});
	const owner = processOf(process.pid);
	if (claims().some(one => one.name === name))
		throw new Fault(
			'rehearse.name',
			`a throw-away host named ${name} exists already`,
			`Choose another name, or end that one first: setup rehearse --end ${name}`,
		);
	for (let slot = 0; slot < slots; slot++) {
		if (taken(slot)) continue;
		const made: Claim = {slot, name, dir: dirOf(slot), since: new Date().toISOString(), ...(!keep && owner && {owner})};
		if (linkNew(recordPath(slot), made)) return made;
	}
	throw new Fault(
		'rehearse.slots',
		'all addresses for throw-away hosts are taken',
		`End some with setup rehearse --end NAME: ${claims()
			.slice(0, 5)
			.map(one => one.name)
			.join(', ')}`,
	);
};

/** Writes what became known later (the guard). */
export const note = (known: Claim): void => {
	const draft = draftOf(known);
	renameSync(draft, recordPath(known.slot));
};

/** Every host that is written down, dead or alive, in order. */
export const claims = (): readonly Claim[] =>
	names()
		.flatMap(name => {
			try {
				return [JSON.parse(readFileSync(join(recordsDir, name), 'utf8')) as Claim];
			} catch {
				return [];
			}
		})
		.sort((a, b) => a.slot - b.slot);

/** Left behind: its owner has died and nobody takes it away, or it was kept and its guard has gone (the machine was restarted, say). */
export const isLeft = (one: Claim): boolean => {
	if (one.guard && isAlive(one.guard)) return false;
	return one.owner ? !isAlive(one.owner) : one.guard !== undefined;
};

export const recordPath = (slot: number): string => join(recordsDir, `${slot}.json`);

/** 10.213.0.0/16 has room for so many /30. */
const slots = 16_384;

const names = (): readonly string[] => {
	try {
		return readdirSync(recordsDir).filter(name => /^\d+\.json$/.test(name));
	} catch {
		return [];
	}
};

const draftOf = (made: Claim): string => {
	const draft = join(recordsDir, `.${made.slot}.${randomBytes(4).toString('hex')}~`);
	writeFileSync(draft, `${JSON.stringify(made)}\n`, {mode: 0o600});
	return draft;
};

/** A link, because it appears whole or not at all and never over another. */
const linkNew = (path: string, made: Claim): boolean => {
	const draft = draftOf(made);
	try {
		linkSync(draft, path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	} finally {
		rmSync(draft, {force: true});
	}
};
