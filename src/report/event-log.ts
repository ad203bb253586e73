/** Every run's events on disk, 0600, the last twenty kept: what a report, a later screen or a colleague reads. */
import {closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {Listener} from '#model/event.ts';
import {printableJson} from '#model/printable.ts';

const keep = 20;

/** A listener that appends to STATE/events/RUN.ndjson. A disk that is full costs the log, not the run: it says so once through `complain`. */
export const eventLog = (
	state: string,
	run: string,
	complain: (line: string) => void,
): {readonly listen: Listener; readonly path: string; close(): void} => {
	const directory = join(state, 'events');
	mkdirSync(directory, {recursive: true, mode: 0o700});
	for (const old of readdirSync(directory)
		.filter(name => name.endsWith('.ndjson'))
		.sort()
		.slice(0, -keep + 1))
		rmSync(join(directory, old), {force: true});
	const path = join(directory, `${run}.ndjson`);
	const file = openSync(path, 'a', 0o600);
	let broken = false;
	return {
		path,
		listen(event) {
			if (broken) return;
			try {
				writeSync(file, `${printableJson({at: Date.now(), ...event})}\n`);
			} catch (error) {
				broken = true;
				complain(
					`the event log ${path} cannot be written (${(error as NodeJS.ErrnoException).code}); the run goes on without it`,
				);
			}
		},
		close: () => closeSync(file),
	};
};
