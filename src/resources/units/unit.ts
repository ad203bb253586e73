/** A systemd unit: enabled at boot, running, and not older than the files it runs from, so that a restart that got lost shows as drift. */

import {changedSince} from '#host/files/changed-since.ts';
import {standUp} from '#host/units/taken-down.ts';
import {type UnitState as Seen, unitState} from '#host/units/units.ts';
import {newDropIns} from '#host/units/unread-files.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {file} from '../files/file.ts';

export type UnitSpec = {
	/** `nginx.service`. */
	readonly name: string;
	/** At boot. Left out: as it is. */
	readonly enabled?: boolean;
	/** Left out: as it is. */
	readonly running?: boolean;
	/** Files (or with a `/` behind, what is in a directory) that the running unit must not be older than, beside its own unit files. */
	readonly files?: readonly string[];
	/** Milliseconds since the epoch: it must have started (or taken up its files) since, because what ran then was seen to be out of date. */
	readonly notBefore?: number;
	/** How it takes up changed files. Default restart. */
	readonly takesUp?: 'restart' | 'reload';
	/** Seconds it must stay up after a start. Default 1.5 where systemd cannot tell that it is ready, else 0.3. */
	readonly staysUp?: number;
};

export type UnitState =
	| 'absent'
	| (Pick<Seen, 'load' | 'active' | 'result' | 'enabled' | 'needsReload' | 'type'> & {
			/** The files that are newer than the running unit. */
			readonly newer: readonly string[];
	  });

/** A unit. Give the package or the file that brings it, and the files it reads, as needs; provides `unit:NAME` for those that need it running. */
export const unit = (spec: UnitSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		unitType,
		{
			...edges,
			id: edges.id ?? `unit:${spec.name}`,
			needs: edges.needs ?? [],
			provides: [`unit:${spec.name}`, ...(edges.provides ?? [])],
			locks: ['systemd', ...(edges.locks ?? [])],
		},
		spec,
	);

/** The unit file of a unit that is ours, in /etc/systemd/system. A drop-in has the name `NAME.d/ours.conf`. */
export const unitFile = (
	spec: {readonly name: string; readonly text: Text | string; readonly mode?: number},
	edges: Partial<Edges> = {},
): Resource =>
	file(
		{
			path: `/etc/systemd/system/${spec.name}`,
			text: spec.text,
			mode: spec.mode ?? 0o644,
			owner: 'root:root',
		},
		edges,
	);

export const unitType: ResourceType<UnitSpec, UnitState> = {
	name: 'unit',
	settle: 5,
	rereads: changes => changes.some(({key, to}) => key === 'stale' || (key === 'running' && to === 'active')),
	async inspect(spec, host) {
		const {load, active, result, enabled, needsReload, type, files, activeSince, changedAt} = await unitState(
			spec.name,
			host,
		);
		if (load === 'not-found') return 'absent';
		if (load === 'masked' && (spec.enabled || spec.running))
			throw new Fault(
				'unit.masked',
				`${spec.name} is masked, so it cannot start`,
				`systemctl unmask ${spec.name}, if that was not on purpose.`,
			);
		if (load === 'error' || load === 'bad-setting')
			throw new Fault(
				'unit.bad',
				`systemd cannot load ${spec.name}`,
				`systemctl status ${spec.name} says what is wrong with its file.`,
			);
		const since = spec.takesUp === 'reload' ? changedAt : activeSince;
		const unread = await newDropIns(spec.name, files, host);
		const watched = [...(spec.files ?? []), ...(spec.takesUp === 'reload' ? [] : [...files, ...unread])];
		const newer =
			spec.running === true && activeSince !== undefined && since !== undefined
				? await newerThan(since, watched, host)
				: [];
		const outdated =
			spec.notBefore !== undefined && since !== undefined && since < spec.notBefore && newer.length === 0
				? ['what it was started with']
				: [];
		return {
			load,
			active,
			result,
			enabled,
			needsReload: needsReload || unread.length > 0,
			type,
			newer: [...newer, ...outdated],
		};
	},
	diff(spec, seen) {
		const state = seen === 'absent' ? undefined : seen;
		const up = state?.active === 'active' || state?.active === 'reloading';
		const changes: Change[] = [];
		if (state?.needsReload) changes.push({what: 'unit file', from: 'as systemd read it before', to: 'read again'});
		if (spec.enabled !== undefined && state?.enabled !== 'always' && (state?.enabled ?? false) !== spec.enabled)
			changes.push({
				key: 'boot',
				what: 'at boot',
				from: state === undefined ? null : onOff(!spec.enabled),
				to: onOff(spec.enabled),
			});
		if (spec.running === true && !up)
			changes.push({key: 'running', what: 'running', from: state === undefined ? null : state.active, to: 'active'});
		if (spec.running === false && state !== undefined && (up || state.active === 'activating'))
			changes.push({key: 'running', what: 'running', from: state.active, to: 'inactive'});
		if (up && state.newer.length > 0)
			changes.push({
				key: 'stale',
				what: 'runs with older files',
				from: state.newer.slice(0, 5).join(', '),
				to: spec.takesUp === 'reload' ? 'reloaded' : 'restarted',
			});
		return changes;
	},
	holds: ({name}) => [{thing: `unit:${name}`}],
	undoOf: (spec, state) => ({
		can: true,
		record: {
			name: spec.name,
			set: {enabled: spec.enabled ?? null, running: spec.running ?? null},
			was:
				state === 'absent'
					? {enabled: false, running: false}
					: {enabled: state.enabled === true, running: state.active === 'active' || state.active === 'reloading'},
		},
	}),
	async apply(spec, state, changes, host) {
		const changed = (key: string): boolean => changes.some(change => change.key === key);
		if (state === 'absent' || state.needsReload) await host.exec(['systemctl', 'daemon-reload']);
		const {load} = await unitState(spec.name, host);
		if (load === 'not-found')
			throw new Fault(
				'unit.missing',
				`there is no unit ${spec.name}`,
				'The package or the step that brings it has to come first.',
			);
		if (changed('boot')) await host.exec(['systemctl', spec.enabled ? 'enable' : 'disable', spec.name]);
		if (changed('running') && spec.running === false) await host.exec(['systemctl', 'stop', spec.name]);
		else if (changed('running') || changed('stale'))
			await host.serve(changed('running') ? 'start' : (spec.takesUp ?? 'restart'), spec.name, {
				...(spec.staysUp !== undefined && {staysUp: spec.staysUp}),
			});
	},
	async undo(record, host, {gone}) {
		const {name, set, was} = record as UnitRecord;
		const now = await unitState(name, host);
		if (now.load === 'not-found') return {outcome: 'already'};
		const acts: string[][] = [];
		const up = now.active !== 'inactive' && now.active !== 'failed';
		if (set.running === true && !was.running && up) acts.push(['stop']);
		if (set.running === false && was.running && !up) acts.push(['start']);
		if (set.enabled !== null && set.enabled !== was.enabled && now.enabled === set.enabled)
			acts.push([was.enabled ? 'enable' : 'disable']);
		for (const [verb = ''] of acts) {
			if (verb !== 'start') await host.exec(['systemctl', verb, name]);
			// systemd opens no socket whose service runs by itself already: it is back at the next boot.
			else if (name.endsWith('.socket')) await standUp([name], host);
			else await host.serve('start', name);
		}
		if (acts.some(([verb]) => verb === 'stop')) await host.exec(['systemctl', 'reset-failed', name], {codes: [0, 1]});
		if (acts.some(([verb]) => verb === 'stop')) gone?.add(`unit:${name}`);
		return {outcome: acts.length > 0 ? 'undone' : 'already'};
	},
};

type UnitRecord = {
	readonly name: string;
	readonly set: {readonly enabled: boolean | null; readonly running: boolean | null};
	readonly was: {readonly enabled: boolean; readonly running: boolean};
} & {readonly [key: string]: Json};

const onOff = (on: boolean): string => (on ? 'enabled' : 'disabled');

const newerThan = async (since: number, paths: readonly string[], host: Reader): Promise<readonly string[]> => {
	const all = await Promise.all(
		paths.map(async path =>
			path.endsWith('/')
				? [path.slice(0, -1), ...((await host.list(path)) ?? []).map(name => `${path}${name}`)]
				: [path],
		),
	);
	return (await changedSince(host, all.flat(), since)).map(({path}) => path);
};
