/** One round of the adversary (fixtures/light/adversary.py): it swaps and answers while root applies, undoes and looks. */
import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {lightArgv} from './light.ts';
import {app, asApp, freshApp, furnishOwned, loot, ownedHost, victims, victimsOf} from './owned.ts';
import {buildProgram, checkout, setup} from './setup.ts';
import {hostTest} from './with-host.ts';

const program = '/usr/local/bin/adversary';
const stop = '/run/adversary.stop';
/** Milliseconds that a run may take with everything swapped under it; undisturbed it takes one or two seconds. */
const bound = 60_000;
/** A doctor looks at the whole host, so one for some rounds. */
const roundsForDoctor = 5;

/** Lets it at the stack, round after round. */
export const adversaryRounds = (rounds: number): void =>
	hostTest(
		`${rounds} rounds of an adversary: no file of root has changed`,
		{...ownedHost, timeout: 60_000 + rounds * 60_000},
		async host => {
			buildProgram();
			await furnishOwned(host);
			copyFileSync(join(checkout, 'fixtures/light/adversary.py'), `${host.root}${program}`);
			await host.must(['chmod', '755', program]);
			const before = victimsOf(host);
			const codes: number[] = [];
			let [swaps, changed, kinds] = [0, 0, 0];
			for (let round = 1; round <= rounds; round += 1) {
				await freshApp(host);
				await host.must(['rm', '-f', stop]);
				const adversary = host.run(asApp(['python3', program, app, stop, ...Object.values(victims)]), {
					timeout: bound * 5,
				});
				try {
					for (const act of actsOf(round)) {
						const {code, stdout} = await act(host);
						codes.push(code);
						changed += stdout.split(/"outcome":"(?:changed|undone)"/).length - 1;
					}
				} finally {
					await host.must(['touch', stop]);
					const [swapped = 0, , ways = 0] = (await adversary).stdout.split(' ').map(Number);
					swaps += swapped;
					kinds = Math.max(kinds, ways);
				}
				expect(victimsOf(host), `round ${round}`).toEqual(before);
				expect(await loot(host), `round ${round}`).toEqual([]);
			}
			// Both were at work: it swapped, and root changed what it was let.
			expect(swaps).toBeGreaterThan(rounds * 20);
			expect(kinds).toBe(7);
			expect(changed).toBeGreaterThan(rounds * 3);
			process.stdout.write(`adversary: ${swaps} swaps, ${changed} changes in ${rounds} rounds\n`);
			await mendsInPeace(host);
			// 137 would be one that did not end; 70 a defect of ours that shows itself.
			expect(codes.filter(code => ![0, 1, 2, 3].includes(code))).toEqual([]);
		},
	);

type Act = (host: ThrowAway) => Promise<{readonly code: number; readonly stdout: string; readonly stderr: string}>;

const light =
	(order: Parameters<typeof lightArgv>[0]): Act =>
	host =>
		host.run(lightArgv(order), {timeout: bound});

const actsOf = (round: number): readonly Act[] => [
	light({do: 'apply', stack: 'owned'}),
	light({do: 'plan', stack: 'owned'}),
	light({do: 'apply', stack: 'owned'}),
	light({do: 'undo', stack: 'owned'}),
	light({do: 'apply', stack: 'owned'}),
	light({do: 'undo', stack: 'owned', purgeData: round % 2 === 0}),
	...(round % roundsForDoctor === 1 ? [doctor, mend] : []),
];

/** A repair that only ever refused would have changed no victim either. */
const mendsInPeace = async (host: ThrowAway): Promise<void> => {
	await freshApp(host);
	const look = async (): Promise<string> => (await host.must(['stat', '-c', '%U:%G %a', app])).trim();
	const before = await look();
	const {code, stdout, stderr} = await mend(host);
	expect({code, stdout}, stderr).toMatchObject({code: 0, stdout: expect.stringContaining('"outcome":"changed"')});
	expect(await look()).toBe('hsapp:www-data 2775');
	await host.must([setup, 'undo', '--format', 'ndjson', '--step', 'host.srv-www']);
	expect(await look()).toBe(before);
};

const mend: Act = host =>
	host.run([setup, 'doctor', 'fix', 'host.srv-www', '--yes', '--format', 'ndjson'], {timeout: bound * 3});

const doctor: Act = host => host.run([setup, 'doctor', '--format', 'json'], {timeout: bound * 3});
