/** What several runs would build at once is built by one while the others wait. Held by the kernel, so it never outlives its holder. */
import {spawn} from 'node:child_process';
import {closeSync, mkdirSync, openSync} from 'node:fs';
import {dirname} from 'node:path';
import {guardedArgv} from '#host/programs/guard.ts';
import {Fault} from '#model/fault.ts';

/** Waits for the lock on this file (made when missing), works, lets go. */
export const withLock = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
	mkdirSync(dirname(path), {recursive: true});
	const file = openSync(path, 'a+', 0o600);
	try {
		await new Promise<void>((held, failed) => {
			// flock ends at once, and the lock stays on the descriptor, which is ours.
			const [flock = ''] = guardedArgv(['flock']);
			spawn(flock, ['--exclusive', '3'], {stdio: ['ignore', 'ignore', 'ignore', file]})
				.once('error', error =>
					failed(
						new Fault(
							'rehearse.needs',
							`flock cannot be started: ${error.message}`,
							'It is part of util-linux, which every Debian has.',
						),
					),
				)
				.once('exit', code =>
					code === 0
						? held()
						: failed(new Fault('rehearse.lock', `no lock on ${path}`, 'See whether the directory can be written.')),
				);
		});
		return await work();
	} finally {
		closeSync(file);
	}
};
