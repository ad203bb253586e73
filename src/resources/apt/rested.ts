/**
 * Services of packages that stay after an undo: they were not there before, so they are stopped and do not start at boot. What was stopped is
 * written down, for an apply that wants them again, and for an undo that has to ask their data.
 */
import {packages} from '#host/apt/packages.ts';
import {unitState} from '#host/units/units.ts';
import type {Host, Reader} from '#model/host.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import type {HeldData} from './data-servers.ts';

/** `names` are the packages that were asked for; each unit with the package that has it. */
export type Rested = {
	readonly names: readonly string[];
	readonly units: readonly RestedUnit[];
	/** What each data server held then, by its name. */
	readonly held: Readonly<Record<string, readonly HeldData[]>>;
};

export type RestedUnit = {readonly unit: string; readonly package: string; readonly enabled: boolean};

const id = 'rested-services';

/** Services that have to run to be asked what they hold. */
const dataUnits: ReadonlySet<string> = new Set(['postgresql.service', 'slapd.service', 'redis-server.service']);

/** Nobody's in particular: two stacks may have brought the same package. */
const ofNobody = <T extends Reader>({stack: _, ...host}: T): Omit<T, 'stack'> => host;

/** Those of these packages that an undo stopped; none where none was. */
export const restedOf = async (names: readonly string[], host: Reader): Promise<readonly RestedUnit[]> => {
	const stamp = await readStamp<Rested>(ofNobody(host), id);
	return stamp?.names.some(name => names.includes(name)) ? stamp.units : [];
};

/** All that an undo stopped. */
export const restedUnits = async (host: Reader): Promise<readonly RestedUnit[]> =>
	(await readStamp<Rested>(ofNobody(host), id))?.units ?? [];

/** What the servers held when they were stopped. */
export const heldThen = async (host: Reader): Promise<Rested['held']> =>
	(await readStamp<Rested>(ofNobody(host), id))?.held ?? {};

/** Stops and disables the services of these packages. Gives those that it did so with. */
export const restServices = async (
	all: readonly string[],
	{names, held, spare}: Pick<Rested, 'names' | 'held'> & {spare(unit: string): boolean},
	host: Host,
): Promise<readonly RestedUnit[]> => {
	const found = (await unitsOf(all, host)).filter(({unit}) => !spare(unit));
	const states = await Promise.all(found.map(async one => ({...one, ...(await unitState(one.unit, host))})));
	const awake = states
		.filter(({active, enabled}) => !['inactive', 'failed'].includes(active) || enabled === true)
		.map(one => ({unit: one.unit, package: one.package, enabled: one.enabled === true}));
	if (awake.length === 0) return [];
	const before = await readStamp<Rested>(ofNobody(host), id);
	const old = (before?.units ?? []).filter(({unit}) => !awake.some(one => one.unit === unit));
	const wasEnabled = (unit: string): boolean => before?.units.some(one => one.unit === unit && one.enabled) === true;
	await writeStamp(ofNobody(host), id, {
		names: [...new Set([...(before?.names ?? []), ...names])],
		units: [...old, ...awake.map(one => ({...one, enabled: one.enabled || wasEnabled(one.unit)}))],
		held: {...before?.held, ...held},
	});
	const units = awake.map(({unit}) => unit);
	await host.exec(['systemctl', 'stop', ...units]);
	for (const {unit} of awake.filter(({enabled}) => enabled)) await host.exec(['systemctl', 'disable', unit]);
	await host.exec(['systemctl', 'reset-failed', ...units], {codes: [0, 1]});
	return awake;
};

/** As they were before the undo. */
export const wakeServices = async (units: readonly RestedUnit[], host: Host): Promise<void> => {
	for (const {unit, enabled} of units) {
		if ((await unitState(unit, host)).load === 'not-found') continue;
		if (enabled) await host.exec(['systemctl', 'enable', unit]);
		await host.serve('start', unit);
	}
	await removeStamp(ofNobody(host), id);
};

/** Only those that hold data, only for now. */
export const wakeData = async (names: readonly string[], host: Host): Promise<void> => {
	const units = (await restedOf(names, host)).map(({unit}) => unit).filter(unit => dataUnits.has(unit));
	if (units.length === 0) return;
	// A purge may have taken one away since.
	for (const unit of units) if ((await unitState(unit, host)).load !== 'not-found') await host.serve('start', unit);
	host.forget();
};

/** Nothing is left of them. */
export const forgetRested = (host: Host): Promise<void> => removeStamp(ofNobody(host), id);

/** A host without these cannot be reached or does not come up: they are left alone, whoever brought them. */
const neverStopped =
	/^(systemd.*|dbus.*|udev|openssh-server|ifupdown|network-manager|netplan.*|cloud-init|sudo|init.*|procps|kmod)$/;

const unitsOf = async (
	names: readonly string[],
	host: Reader,
): Promise<readonly {readonly unit: string; readonly package: string}[]> => {
	const {all} = await host.fact(packages);
	const found = await Promise.all(
		names
			.filter(name => !neverStopped.test(name))
			.map(async name => {
				const list =
					(await host.read(`/var/lib/dpkg/info/${name}.list`)) ??
					(await host.read(`/var/lib/dpkg/info/${name}:${all.get(name)?.architecture ?? ''}.list`));
				return Buffer.from(list ?? '')
					.toString('utf8')
					.split('\n')
					.flatMap(path => unitAt(path) ?? [])
					.map(unit => ({unit, package: name}));
			}),
	);
	return [...new Map(found.flat().map(one => [one.unit, one])).values()];
};

/** A template is no unit; its instances stop with what started them. */
const unitAt = (path: string): string | undefined => {
	const unit = /^(?:\/usr)?\/lib\/systemd\/system\/([^/@]+\.(?:service|socket|timer|path))$/.exec(path)?.[1];
	const script = /^\/etc\/init\.d\/([^/]+)$/.exec(path)?.[1];
	return unit ?? (script === undefined ? undefined : `${script}.service`);
};
