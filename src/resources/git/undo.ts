/** Taking a checkout back: removed only when nothing in it is somebody's work; moved back only when it is where we left it. */
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Undone} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {removeStamp, writeStamp} from '../shared/stamp.ts';
import {draftOf, moveTo} from './deploy.ts';
import {type LinesOfOthers, linesOfOthers} from './lines-of-others.ts';
import {lookAtTree} from './look.ts';
import {askGit} from './program.ts';

type Place = {
	readonly directory: string;
	readonly url: string;
	readonly user: string;
	readonly ours: readonly string[];
};

export type GitRecord =
	| (Place & {readonly what: 'clone'; readonly empty: {readonly mode: number; readonly owner: string} | null})
	| (Place & {readonly what: 'adopt'; readonly pinned: Json})
	| (Place & {
			readonly what: 'move';
			readonly from: string;
			readonly branch: string | null;
			readonly to: string;
			readonly pinned: Json;
	  });

export const undoGit = async (record: GitRecord, host: Host): Promise<Undone> => {
	if (record.what === 'clone') return undoClone(record, host);
	if (record.what === 'move') {
		const back = await undoMove(record, host);
		if (back.outcome === 'conflict') return back;
	}
	await (record.pinned === null
		? removeStamp(host, `git:${record.directory}`)
		: writeStamp(host, `git:${record.directory}`, record.pinned));
	return {outcome: 'undone'};
};

const undoClone = async (place: GitRecord & {readonly what: 'clone'}, host: Host): Promise<Undone> => {
	const {directory} = place;
	const draft = draftOf(directory);
	const was = (await host.stat(directory))?.id;
	const names = await host.list(directory);
	if (names !== undefined && names.length > 0) {
		const tree = await lookAtTree(host, directory, place, place.ours, {ignored: true});
		if (tree.foreign.length > 0)
			return {
				outcome: 'kept',
				why: `${directory} holds files that setup did not put there: ${tree.foreign.slice(0, 10).join(', ')}`,
			};
		const others = await linesOfOthers(host, place, directory, tree.ours);
		if (others.length > 0)
			return {
				outcome: 'conflict',
				why: `somebody wrote into ${others.map(({path}) => `${directory}/${path}`).join(', ')}`,
				...diffOf(others),
			};
		const unpushed = Number(
			await askGit(host, place, [
				'-C',
				directory,
				'rev-list',
				'--count',
				'HEAD',
				'--branches',
				'--not',
				'--remotes',
				'--tags',
			]),
		);
		const stashed = (await host.stat(`${directory}/.git/refs/stash`)) !== undefined;
		if (unpushed > 0 || stashed)
			return {
				outcome: 'kept',
				why: `${directory} has ${stashed ? 'stashed changes' : `${unpushed} commits`} that are nowhere else`,
			};
		await host.removeTree(directory, {was});
	}
	if (place.empty && (await host.stat(directory)) === undefined) await host.mkdir(directory, place.empty);
	await clear(host, draft);
	await removeStamp(host, `git:${directory}`);
	return {outcome: names === undefined || names.length === 0 ? 'already' : 'undone'};
};

const undoMove = async (record: GitRecord & {readonly what: 'move'}, host: Host): Promise<Undone> => {
	const {directory, from, branch, to} = record;
	const tree = await lookAtTree(host, directory, record, record.ours);
	if (tree.head === from) return {outcome: 'already'};
	if (tree.head !== to)
		return {
			outcome: 'conflict',
			why: `${directory} is at ${tree.head.slice(0, 12)} by now, neither where setup brought it nor where it was`,
		};
	if (tree.foreign.length > 0)
		return {
			outcome: 'conflict',
			why: `${directory} has changes that setup did not make: ${tree.foreign.slice(0, 10).join(', ')}`,
		};
	const target =
		branch === null
			? {kind: 'commit' as const, name: from, commit: from}
			: {kind: 'branch' as const, name: branch, commit: from};
	const carry = await linesOfOthers(host, record, directory, tree.ours);
	try {
		await moveTo(host, {...record, ref: from}, target, [...tree.ours, ...tree.missing], {fetch: false, carry});
	} catch (error) {
		if (!(error instanceof Fault) || error.code !== 'git.lines-of-others') throw error;
		return {outcome: 'conflict', why: error.sentence, ...diffOf(carry)};
	}
	return {outcome: 'undone'};
};

const diffOf = (others: readonly LinesOfOthers[]): {readonly diff?: string} => {
	const diff = others.flatMap(({patch}) => patch ?? []).join('\n');
	return diff === '' ? {} : {diff};
};
