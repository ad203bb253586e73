/** Every run's events on disk, 0600, the last twenty kept: what a report, a later screen or a colleague reads. */
import {closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {Event, Listener, LogEdge} from '#model/event.ts';
import {printableJson} from '#model/printable.ts';

const keep = 20;

/** Bytes of one log. Beyond them only what a later screen cannot do without is written. */
const most = 64 * 1024 * 1024;
const passing: ReadonlySet<Event['type']> = new Set(['node-line', 'node-progress', 'node-program']);

/** A listener that appends to STATE/events/RUN.ndjson. A disk that is full costs the log, not the run: it says so once through `complain`. */
export const eventLog = (
	state: string,
	run: string,
	complain: (line: string) => void,
): {readonly listen: Listener; edge(line: LogEdge): void; readonly path: string; close(): void} => {
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
	let size = fstatSync(file).size;
	const write = (line: Event | LogEdge): void => {
		if (broken) return;
		try {
			size += writeSync(file, `${printableJson({at: Date.now(), ...line})}\n`);
		} catch (error) {
			broken = true;
			complain(
				`the event log ${path} cannot be written (${(error as NodeJS.ErrnoException).code}); the run goes on without it`,
			);
		}
	};
	return {
		path,
		listen(event) {
			if (size <= most || !passing.has(event.type)) write(event);
		},
		edge: write,
		close: () => closeSync(file),
	};
};
