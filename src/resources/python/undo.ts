/** Taking an environment back: it goes when it holds only what we installed; packages that somebody added keep it. */
import type {Host} from '#model/host.ts';
import type {Undone} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {distributionsIn} from './distributions.ts';

/** `wanted` is missing until pip came to its end. `top`: the names in site-packages. */
export type VenvStamp = {
	readonly created: boolean;
	readonly over: Over;
	readonly wanted?: string;
	readonly packages: readonly (readonly [string, string])[];
	readonly top: readonly string[];
};

/** The empty directory that was there before. */
export type Over = {readonly mode: number; readonly owner: string} | null;

export type VenvRecord =
	| {readonly what: 'nothing'; readonly directory: string}
	| {readonly what: 'updated'; readonly directory: string; readonly kept?: Kept}
	| {readonly what: 'created'; readonly directory: string; readonly over: Over};

/** The environment as it was before an update, whole, with its stamp. */
export type Kept = {readonly at: string; readonly stamp: VenvStamp};

const made = new Set([
	'bin',
	'include',
	'lib',
	'lib64',
	'local',
	'share',
	'src',
	'man',
	'etc',
	'pyvenv.cfg',
	'.gitignore',
	'CACHEDIR.TAG',
]);

export const undoVenv = async (record: VenvRecord, host: Host, back = false): Promise<Undone> => {
	const {directory} = record;
	const was = (await host.stat(directory))?.id;
	const names = await host.list(directory);
	if (record.what === 'nothing') return {outcome: 'already'};
	if (record.what === 'updated' && record.kept !== undefined) {
		const kept = await host.stat(record.kept.at);
		if (back && kept !== undefined) {
			await host.removeTree(directory, {was});
			await host.rename(record.kept.at, directory, {was: kept.id});
			await writeStamp(host, `venv:${directory}`, record.kept.stamp);
			return {outcome: 'undone'};
		}
		await clear(host, record.kept.at);
	}
	if (names === undefined) {
		await removeStamp(host, `venv:${directory}`);
		return {outcome: 'already'};
	}
	if (record.what !== 'created') return {outcome: 'kept', why: `the Python packages of ${directory} stay as they are`};
	const stamp = await readStamp<VenvStamp>(host, `venv:${directory}`);
	const others = [
		...names.filter(name => !made.has(name)),
		...(stamp === undefined || stamp.packages.length === 0 ? [] : await addedTo(directory, stamp, host)),
	];
	if (others.length > 0)
		return {outcome: 'kept', why: `${directory} holds what setup did not install: ${others.slice(0, 10).join(', ')}`};
	await host.removeTree(directory, {was});
	if (record.over) await host.mkdir(directory, record.over);
	await removeStamp(host, `venv:${directory}`);
	return {outcome: 'undone'};
};

/** What was kept for going back is not needed any more. */
export const forgetKept = async (record: VenvRecord, host: Host): Promise<void> => {
	if (record.what === 'updated' && record.kept !== undefined) await clear(host, record.kept.at);
};

const addedTo = async (directory: string, stamp: VenvStamp, host: Host): Promise<readonly string[]> => {
	const lib = (await host.list(`${directory}/lib`))?.find(one => /^python\d+\.\d+$/.test(one));
	const ours = new Set(stamp.packages.map(([name]) => name));
	return [...(await distributionsIn(host, [`${directory}/lib/${lib}/site-packages`])).keys()].filter(
		name => !ours.has(name),
	);
};
