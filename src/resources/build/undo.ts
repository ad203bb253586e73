/** Taking a build back: the prefix goes only when nothing in it is somebody's work; a rebuild gives its place back to the one before. */
import type {Host} from '#model/host.ts';
import type {Undone} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {asideOf, type BuildStamp, isVolatile, previousOf, readBuildStamp, workOf} from './build-places.ts';
import {beyond, carryOver, mendSwap} from './exchange.ts';

type Common = {
	readonly prefix: string;
	readonly name: string;
	readonly keep: readonly string[] | null;
	readonly volatile: readonly string[] | null;
};
type Key = {readonly version: string; readonly flags: readonly string[]; readonly archive: string | null};

export type BuildRecord =
	| (Common & {readonly what: 'install'; readonly over: {readonly mode: number; readonly owner: string} | null})
	| (Common & {readonly what: 'rebuild'; readonly was: Key; readonly became: Key});

export const undoBuild = async (record: BuildRecord, host: Host): Promise<Undone> => {
	await mendSwap(host, record.prefix);
	const done = await (record.what === 'install' ? undoInstall(record, host) : undoRebuild(record, host));
	if (done.outcome !== 'kept') await clear(host, workOf(record.prefix));
	return done;
};

const undoInstall = async (
	{prefix, over, ...spec}: BuildRecord & {readonly what: 'install'},
	host: Host,
): Promise<Undone> => {
	const was = (await host.stat(prefix))?.id;
	const stamp = await readBuildStamp(host, prefix);
	if (stamp === undefined) return {outcome: 'already'};
	const {added, changed} = await beyond(host, prefix, stamp);
	const others = [...added, ...changed].filter(path => !isVolatile(patternsOf(spec), path));
	if (others.length > 0)
		return {
			outcome: 'kept',
			why: `${prefix} holds files that setup did not put there or that were changed since: ${others.slice(0, 10).join(', ')}${others.length > 10 ? ` and ${others.length - 10} more` : ''}`,
		};
	await host.removeTree(prefix, {was});
	if (over) await host.mkdir(prefix, over);
	for (const left of [previousOf(prefix), asideOf(prefix)]) await clear(host, left);
	return {outcome: 'undone'};
};

const undoRebuild = async (
	{prefix, was, became, ...spec}: BuildRecord & {readonly what: 'rebuild'},
	host: Host,
): Promise<Undone> => {
	const stands = (await host.stat(prefix))?.id;
	const now = await readBuildStamp(host, prefix);
	if (now !== undefined && isBuild(now, was) && !isBuild(now, became)) return {outcome: 'already'};
	if (now === undefined || !isBuild(now, became)) return {outcome: 'conflict', why: `${prefix} was built again since`};
	const previous = previousOf(prefix);
	const kept = (await host.stat(previous))?.id;
	const before = await readBuildStamp(host, previous);
	if (before === undefined || !isBuild(before, was))
		return {outcome: 'kept', why: `the build of ${spec.name} before this one is not there any more`};
	await carryOver(patternsOf(spec), host, prefix, previous, now);
	await host.rename(prefix, asideOf(prefix), {was: stands});
	await host.rename(previous, prefix, {was: kept});
	await host.removeTree(asideOf(prefix), {was: stands});
	return {outcome: 'undone'};
};

const patternsOf = ({
	keep,
	volatile,
}: Pick<Common, 'keep' | 'volatile'>): {readonly keep?: readonly string[]; readonly volatile?: readonly string[]} => ({
	...(keep && {keep}),
	...(volatile && {volatile}),
});

const isBuild = (stamp: BuildStamp, key: Key): boolean =>
	stamp.version === key.version &&
	JSON.stringify(stamp.flags) === JSON.stringify(key.flags) &&
	(key.archive === null || key.archive === stamp.archive);
