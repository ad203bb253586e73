/** What a run makes of signals and of a terminal that goes away; and that apt, once started, is left to end whatever happens to us. */
import {existsSync} from 'node:fs';
import {describe, expect} from 'vitest';
import {lastRun, readJournal} from '#engine/journal.ts';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {goFile} from '../../fixtures/debs/build.ts';
import {addDebs} from './support/debs.ts';
import {begin, bringLight, forgetState, lightArgv, lightHost, node, runLight, state, textOf} from './support/light.ts';
import {until} from './support/until.ts';
import {hostTest} from './support/with-host.ts';

const slow = (seconds: number) => ({do: 'apply', stack: 'slow', with: {seconds: String(seconds)}}) as const;
const installs = {do: 'apply', stack: 'packages', with: {names: 'hs-slow'}} as const;

describe('a signal', () => {
	for (const signal of ['INT', 'TERM'] as const) {
		hostTest(
			`SIG${signal} lets finish what runs, starts nothing new, says how to go on; the next run ends it`,
			lightHost,
			async host => {
				await bringLight(host);
				const run = begin(host, slow(1));
				await run.says('working');
				await toGroup(host, signal);
				const {code, told} = await run.ended;
				expect(code).toBe(130);
				expect(told).toContainEqual({
					type: 'note',
					line: `SIG${signal}: finishing what runs, starting nothing new. Run the same command again to go on.`,
				});
				expect(told.at(-1)).toMatchObject({type: 'run-end', outcome: 'interrupted', changed: 1, failed: 0, skipped: 1});
				expect(textOf(host, '/srv/one.txt')).toBe('worked\n');
				expect(existsSync(`${host.root}/srv/two.txt`)).toBe(false);
				expect(await runLight(host, slow(0))).toMatchObject({code: 0});
				expect(textOf(host, '/srv/one.txt') + textOf(host, '/srv/two.txt')).toBe('worked\nworked\n');
			},
		);
	}

	for (const signal of ['INT', 'TERM'] as const) {
		hostTest(
			`a second SIG${signal} ends a program that never does, frees the host, and leaves nothing behind`,
			lightHost,
			async host => {
				await bringLight(host);
				const run = begin(host, slow(600));
				await run.says('working');
				await toGroup(host, signal);
				await run.says('finishing what runs');
				// One press may come as two signals; what comes later is a second one.
				await host.must(['sleep', '0.4']);
				const asked = performance.now();
				await toGroup(host, signal);
				const {code, told} = await run.ended;
				expect(performance.now() - asked).toBeLessThan(8000);
				expect(code).toBe(130);
				expect(told).toContainEqual({type: 'note', line: `SIG${signal}: ending what runs`});
				expect(told).toContainEqual(
					expect.objectContaining({outcome: 'failed', fault: expect.objectContaining({code: 'run.cut-off'})}),
				);
				expect(await processes(host)).not.toContain('sleep 600');
				expect(await runLight(host, slow(0))).toMatchObject({code: 0});
			},
		);
	}

	hostTest('SIGHUP, and a terminal that is gone, change nothing', lightHost, async host => {
		await bringLight(host);
		const run = begin(host, slow(1));
		await run.says('working');
		await toGroup(host, 'HUP');
		expect((await run.ended).code).toBe(0);
		for (const path of ['one', 'two']) await host.must(['rm', `/srv/${path}.txt`]);

		const [file, program, order] = lightArgv(slow(1));
		const terminal = new AbortController();
		let typed = '';
		const shown = host.run(['script', '-qefc', 'exec "$file" "$program" "$order"', '/dev/null'], {
			env: {file: file!, program: program!, order: order!},
			signal: terminal.signal,
			onLine: line => {
				typed += line;
			},
		});
		await until(() => typed.includes('"working"'), {what: 'the run in a terminal'});
		terminal.abort();
		await shown;
		expect(existsSync(`${host.root}/srv/two.txt`)).toBe(false);
		await until(() => lastRun(readJournal(`${host.root}${state}/journal.jsonl`))?.outcome === 'done', {
			what: 'the end of the run',
		});
		expect(textOf(host, '/srv/two.txt')).toBe('worked\n');
	});

	hostTest(
		'SIGKILL lets go of the host that a second run could not have; what ran on is ended by the next one, before it looks',
		lightHost,
		async host => {
			await bringLight(host);
			const run = begin(host, slow(600));
			await run.says('working');
			const second = await runLight(host, slow(0));
			expect(second).toMatchObject({
				code: 75,
				told: [
					{
						type: 'refused',
						fault: {
							code: 'run.held',
							sentence: expect.stringContaining(`light apply, process ${holder(host)}, since 2`),
						},
					},
				],
			});
			const cli = await host.run([node, `${programDir}/src/cli.ts`, 'undo', '--state', state]);
			expect(cli).toMatchObject({
				code: 75,
				stdout: '',
				stderr: expect.stringMatching(/\[run\.held\][\s\S]*next {2}Wait for it/),
			});

			await host.must(['bash', '-c', `kill -KILL ${holder(host)}`]);
			expect((await run.ended).code).toBe(137);
			expect(await processes(host)).toContain('sleep 600');
			const status = await host.run([node, `${programDir}/src/cli.ts`, 'status', '--state', state]);
			expect(status).toMatchObject({code: 2, stdout: expect.stringMatching(/running {4}nothing\n.*cut off/)});
			expect(await runLight(host, slow(0))).toMatchObject({code: 0});
			expect(await processes(host)).not.toContain('sleep 600');
			expect(textOf(host, '/srv/one.txt')).toBe('worked\n');
		},
	);
});

describe('apt-get', () => {
	hostTest(
		'ends in peace: SIGINT and SIGTERM do not reach it, and a run that was killed is waited for',
		lightHost,
		async host => {
			await bringLight(host);
			await addDebs(host);
			const first = begin(host, installs);
			await first.says('hs-slow: waiting');
			await toGroup(host, 'INT');
			await toGroup(host, 'TERM');
			await host.must(['touch', goFile]);
			expect(await first.ended).toMatchObject({
				code: 130,
				told: expect.arrayContaining([
					{type: 'note', line: 'SIGTERM: ending what runs, but for apt'},
					expect.objectContaining({type: 'node-line', line: 'hs-slow: waited'}),
				]),
			});
			expect(await statusOf(host)).toBe('install ok installed');

			await host.must(['dpkg', '--purge', 'hs-slow']);
			await host.must(['rm', goFile]);
			forgetState(host);
			const second = begin(host, installs);
			await second.says('hs-slow: waiting');
			await host.must(['sh', '-c', `kill -KILL ${holder(host)}`]);
			await second.ended;
			const third = begin(host, installs);
			await third.says('apt-get of the run that was cut off');
			expect(await statusOf(host)).toBe('install ok half-configured');
			await host.must(['touch', goFile]);
			const {code, told} = await third.ended;
			expect(await statusOf(host)).toBe('install ok installed');
			expect(told.at(-1)).toMatchObject({type: 'run-end', outcome: 'done', changed: 0});
			expect(code).toBe(0);
		},
	);
});

/** The run as the lock names it: its process group is what a terminal would send a signal to. */
const holder = (host: ThrowAway): number => (JSON.parse(textOf(host, `${state}/lock`)) as {pid: number}).pid;

const toGroup = (host: ThrowAway, signal: string): Promise<string> =>
	host.must(['bash', '-c', `kill -${signal} -- -${holder(host)}`]);

const processes = async (host: ThrowAway): Promise<readonly string[]> =>
	(await host.must(['sh', '-c', 'for one in /proc/[0-9]*; do tr "\\0" " " < $one/cmdline; echo; done 2>/dev/null']))
		.split('\n')
		.map(line => line.trim());

const statusOf = (host: ThrowAway): Promise<string> => host.must(['dpkg-query', '-W', '-f', '${Status}', 'hs-slow']);
