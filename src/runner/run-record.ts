/** STATE/run.json: the run that holds the lock, and, once it is over, how it ended, so that who comes too late still hears of it. */
import {randomBytes} from 'node:crypto';
import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {isHeld, readHolder} from '#engine/lock.ts';
import type {FaultData} from '#model/fault.ts';
import type {RunInfo} from './messages.ts';

export type RunRecord = RunInfo & {
	readonly ended?: {readonly at: number; readonly code: number; readonly fault?: FaultData};
};

/** Replaces the record, 0600. For the lock's holder only. Throws the system's error. */
export const writeRecord = (state: string, record: RunRecord): void => {
	const draft = join(state, `.run.json.${randomBytes(4).toString('hex')}~`);
	try {
		writeFileSync(draft, `${JSON.stringify(record)}\n`, {mode: 0o600, flag: 'wx'});
		renameSync(draft, join(state, 'run.json'));
	} catch (error) {
		rmSync(draft, {force: true});
		throw error;
	}
};

/** The present run or the last one; undefined where there was none, or it cannot be read. */
export const readRecord = (state: string): RunRecord | undefined => {
	try {
		return JSON.parse(readFileSync(join(state, 'run.json'), 'utf8')) as RunRecord;
	} catch {
		return undefined;
	}
};

/** The run in progress, by the kernel's word: what a dead run left lying here does not count. undefined also while a run that just took the lock has said nothing yet. */
export const runningNow = async (state: string): Promise<RunInfo | undefined> => {
	if (!isHeld(state)) return undefined;
	const {ended, ...info} = readRecord(state) ?? {pid: -1};
	return ended === undefined && info.pid === readHolder(state)?.pid ? (info as RunInfo) : undefined;
};
