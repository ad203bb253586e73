/** The run's side of being started detached: what it was told about itself, and how it tells its starter that it could not begin. */
import {existsSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {FaultData} from '#model/fault.ts';
import type {Person, RunInfo} from './messages.ts';

/** In the environment of a detached run. Programs that the run starts do not get it. */
export const variable = 'HOST_SETUP_DETACHED';

/** What the starter knows and the run cannot find out. */
export type Detached = {
	readonly run: string;
	readonly what: string;
	readonly stack?: string;
	readonly by: Person;
	/** Where the starter put what is handed over, and looks for a fault. */
	readonly start: string;
	/** The systemd unit; left out for a session of its own. */
	readonly unit?: string;
};

/** undefined where we run in somebody's terminal, or in a script. */
export const detached = (env: NodeJS.ProcessEnv = process.env): Detached | undefined => {
	const text = env[variable];
	return text === undefined ? undefined : (JSON.parse(text) as Detached);
};

export const howDetached = (told: Detached | undefined): RunInfo['how'] =>
	told === undefined ? 'terminal' : told.unit === undefined ? {session: process.pid} : {unit: told.unit};

/** The environment and the secrets were read when we began; the starter may have died before it could remove them. */
export const removeHandedOver = ({start}: Detached): void => {
	for (const name of ['env', 'stdin']) rmSync(join(start, name), {force: true});
};

/** Tells the starter why there is no run; it waits for this or for the run's record. Without a starter, or too late for it, nothing happens. */
export const tellStarter = (fault: FaultData): void => {
	const told = detached();
	if (told === undefined || !existsSync(told.start)) return;
	removeHandedOver(told);
	try {
		writeFileSync(join(told.start, 'fault'), `${JSON.stringify(fault)}\n`, {mode: 0o600});
	} catch {
		// A full disk: the starter still sees that we ended, and our last lines.
	}
};
