/** Nothing that a build started may outlive it: what keeps a file open for writing could change what root has taken over. */
import {readdirSync, statSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {builder} from './program.ts';

/** Ends every process of the builder's uid, which nothing else has. Throws Fault build.still-runs after five seconds. */
export const endBuilder = (host: Host): Promise<void> =>
	host.act('end what the build left running', async () => {
		for (let round = 0; round < 100; round += 1) {
			const left = processesOf(builder);
			if (left.length === 0) return;
			for (const pid of left) end(pid);
			await pause(50);
		}
		throw new Fault(
			'build.still-runs',
			`what the build started does not end: process ${processesOf(builder).slice(0, 5).join(', ')}`,
			`End it by hand, or reboot; then run the same command again. All of it runs as uid ${builder}.`,
		);
	});

const processesOf = (uid: number): readonly number[] =>
	readdirSync('/proc')
		.filter(name => /^\d+$/.test(name) && statSync(`/proc/${name}`, {throwIfNoEntry: false})?.uid === uid)
		.map(Number);

const end = (pid: number): void => {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It ended by itself.
	}
};
