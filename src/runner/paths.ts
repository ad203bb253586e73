/** The files of a run below the state directory. */
import {join} from 'node:path';

/** The socket that a run listens on. */
export const socketOf = (state: string): string => join(state, 'run.sock');

/** The event log of a run. */
export const logOf = (state: string, run: string): string => join(state, 'events', `${run}.ndjson`);

/** What a run without systemd prints. */
export const outputOf = (state: string, run: string): string => join(state, 'events', `${run}.out`);

/** What is handed to a run that is being started: its environment, its stdin, and the fault with which it could not start. */
export const startOf = (state: string, run: string): string => join(state, 'starting', run);
