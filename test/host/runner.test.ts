/** The run is not the screen: what a detached run makes of the end of who started it, of those who watch it, and of systemd; and what apt makes of the end of the run. */
import {existsSync} from 'node:fs';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {goFile} from '../../fixtures/debs/build.ts';
import {addDebs} from './support/debs.ts';
import {attach, bringHeld, eventsOf, heldArgv, recordOf, runHeld, saysInLog} from './support/held.ts';
import {forgetState, lightHost, state, textOf} from './support/light.ts';
import {until} from './support/until.ts';
import {hostTest} from './support/with-host.ts';

const slow = (seconds: number) => ({do: 'apply', stack: 'slow', with: {seconds: String(seconds)}}) as const;
const installs = {do: 'apply', stack: 'packages', with: {names: 'hs-slow'}} as const;
const secret = 'hunter22-of-the-database';

describe('a detached run', () => {
	hostTest(
		'is a unit of its own: it outlives who started it and who watches it; many watch, one drives',
		lightHost,
		async host => {
			await bringHeld(host);
			const started = await runHeld(
				host,
				{...slow(600), detach: true, given: {'db/password': secret}},
				{env: {http_proxy: `http://me:${secret}@proxy:3128`}},
			);
			expect(started).toMatchObject({
				code: 0,
				stderr: '',
				stdout: expect.stringMatching(
					/^Run \S+ goes on by itself: unit host-setup-\S+\.service\.\n {2}setup attach --state/,
				),
			});
			const {how, pid, run} = recordOf(host);
			const unit = `host-setup-${run}.service`;
			expect(how).toEqual({unit});
			expect(await host.must(['cat', `/proc/${pid}/cgroup`])).toContain(unit);
			const shown = await host.must(['systemctl', 'show', unit]);
			for (const property of ['KillMode=process', 'SendSIGKILL=no', 'OOMPolicy=continue', 'TimeoutStopUSec=15min'])
				expect(shown).toContain(`${property}\n`);
			expect(
				shown + (await host.must(['systemctl', 'cat', unit])) + (await host.must(['cat', `/proc/${pid}/cmdline`])),
			).not.toContain('hunter22');
			expect(existsSync(`${host.root}${state}/starting/${run}`)).toBe(false);

			const terminal = new AbortController();
			const watching = host.run(['script', '-qefc', 'exec "$node" "$program" "$order"', '/dev/null'], {
				env: Object.fromEntries(['node', 'program', 'order'].map((name, n) => [name, heldArgv({do: 'attach'})[n]!])),
				signal: terminal.signal,
			});
			const first = attach(host);
			await first.hears(message => message.type === 'event' && message.event.type === 'node-line');
			terminal.abort();
			await watching;
			expect(existsSync(`/proc/${host.leader()}/root/proc/${pid}`)).toBe(true);

			expect(JSON.parse((await runHeld(host, {do: 'status'})).stdout)).toMatchObject({
				running: {pid, run, what: 'setup apply slow.yaml', how: {unit}, at: {step: 1, steps: 1, id: 'trouble'}},
				last: {outcome: 'running'},
			});
			expect(await runHeld(host, slow(0))).toMatchObject({
				code: 75,
				stderr: expect.stringContaining('setup apply slow.yaml'),
			});
			const third = await runHeld(host, {...slow(0), detach: true});
			expect(third).toMatchObject({code: 75, stdout: '', stderr: expect.stringContaining('[run.held]')});

			const second = attach(host, {stop: true});
			await until(() => eventsOf(host).some(event => event.type === 'note'), {
				what: 'the word of the run',
				deadline: 60_000,
			});
			await wake(host);
			expect(await second.ended).toMatchObject({code: 130});
			expect(second.heard.map(message => message.type)).toEqual(
				expect.arrayContaining(['hello', 'event', 'now', 'end']),
			);
			expect(second.heard.find(message => message.type === 'event')).toMatchObject({
				event: {type: 'run-start', nodes: 2},
			});
			expect(await first.ended).toMatchObject({code: 130});
			expect(first.heard).toContainEqual({type: 'driver', you: 'watches', driver: {user: 'root'}});
			expect(eventsOf(host).at(-1)).toMatchObject({type: 'run-end', outcome: 'interrupted', changed: 1, skipped: 1});
			expect(textOf(host, '/srv/one.txt')).toBe('worked\n');
			await until(
				async () => (await host.must(['journalctl', '-q', '-o', 'cat', '-u', unit])).includes('Stopped as asked'),
				{
					what: 'its journal',
					deadline: 60_000,
				},
			);
			const journal = await host.must(['journalctl', '--output=verbose', '--all']);
			expect(journal).toContain('SYSLOG_IDENTIFIER=host-setup');
			expect(journal).not.toContain('hunter22');

			expect(await runHeld(host, {do: 'attach'})).toMatchObject({
				code: 1,
				stderr: expect.stringMatching(/nothing runs here; the last run \(slow, .*\) ended as interrupted/),
			});
			expect(await runHeld(host, slow(0))).toMatchObject({code: 0, stdout: expect.stringContaining('Continuing slow')});
			expect(textOf(host, '/srv/two.txt')).toBe('worked\n');
		},
	);

	hostTest(
		'in the foreground is watched as well; one that was killed is told as lost, and the next one goes on',
		lightHost,
		async host => {
			await bringHeld(host);
			const foreground = host.run(heldArgv(slow(600)));
			await until(() => recordOf(host).how === 'terminal', {what: 'the run', deadline: 60_000});
			const watcher = attach(host);
			await watcher.hears(message => message.type === 'now');
			await wake(host);
			expect(await foreground).toMatchObject({code: 0});
			expect(await watcher.ended).toMatchObject({code: 0});
			expect(watcher.heard.at(-1)).toEqual({type: 'end', code: 0});
			for (const path of ['one', 'two']) await host.must(['rm', `/srv/${path}.txt`]);

			expect(await runHeld(host, {...slow(600), detach: true})).toMatchObject({code: 0});
			const {pid, run} = recordOf(host);
			await saysInLog(host, 'working');
			await leavesWithCtrlC(host);
			const lost = attach(host);
			await lost.hears(message => message.type === 'now');
			await host.must(['systemctl', 'kill', '--signal=KILL', '--kill-who=main', `host-setup-${run}.service`]);
			expect(await lost.ended).toMatchObject({code: 1, stderr: expect.stringContaining(`process ${pid}`)});
			expect(existsSync(`${host.root}${state}/run.sock`)).toBe(true);
			expect(JSON.parse((await runHeld(host, {do: 'status'})).stdout)).toMatchObject({
				running: null,
				last: {outcome: 'cut off'},
			});
			expect(await runHeld(host, {do: 'attach'})).toMatchObject({
				code: 1,
				stderr: expect.stringContaining('was cut off'),
			});
			expect(await runHeld(host, {...slow(0), detach: true})).toMatchObject({code: 0});
			const next = attach(host);
			const told = (await next.ended).code === 0 || recordOf(host).ended?.code === 0;
			expect(told).toBe(true);
			expect(textOf(host, '/srv/one.txt') + textOf(host, '/srv/two.txt')).toBe('worked\nworked\n');
			expect(existsSync(`${host.root}${state}/run.sock`)).toBe(false);
		},
	);

	hostTest(
		'that is stopped or killed leaves apt alone, and the next one waits for it; shutdowns are held off',
		lightHost,
		async host => {
			await bringHeld(host);
			await addDebs(host);
			expect(await runHeld(host, {...installs, detach: true})).toMatchObject({code: 0});
			const unit = `host-setup-${recordOf(host).run}.service`;
			await saysInLog(host, 'hs-slow: waiting');
			await until(async () => (await host.must(['systemd-inhibit', '--list'])).includes('host-setup'), {
				what: 'the inhibitor',
				deadline: 60_000,
			});
			const apt = await host.must(['sh', '-c', 'cat /proc/[0-9]*/cgroup | grep -c host-setup-apt-.*scope']);
			expect(Number(apt)).toBeGreaterThan(2);
			// To every process of the unit, as an operator says it who knows no better.
			await host.must(['systemctl', 'kill', unit]);
			await host.must(['systemctl', 'stop', '--no-block', 'host-setup-apt-*.scope']);
			await until(() => eventsOf(host).some(event => event.type === 'note' && event.line.startsWith('SIGTERM')), {
				what: 'the word of the run',
				deadline: 60_000,
			});
			expect(await statusOf(host)).toBe('install ok half-configured');
			await host.must(['systemctl', 'kill', '--signal=KILL', '--kill-who=main', unit]);
			const next = host.run(heldArgv(installs));
			await until(() => eventsOf(host).some(event => event.type === 'wait' && event.for.startsWith('apt-get')), {
				what: 'the next run',
				deadline: 60_000,
			});
			expect(await statusOf(host)).toBe('install ok half-configured');
			await host.must(['touch', goFile]);
			expect(await next).toMatchObject({code: 0});
			expect(await statusOf(host)).toBe('install ok installed');
			await until(async () => !(await host.must(['systemd-inhibit', '--list'])).includes('host-setup'), {
				what: 'the end of the inhibitor',
				deadline: 60_000,
			});
			forgetState(host);

			await host.must(['dpkg', '--purge', 'hs-slow']);
			await host.must(['rm', goFile]);
			expect(await runHeld(host, {...installs, detach: true})).toMatchObject({code: 0});
			await saysInLog(host, 'hs-slow: waiting');
			const stop = host.must(['systemctl', 'stop', `host-setup-${recordOf(host).run}.service`]);
			await until(() => eventsOf(host).some(event => event.type === 'note'), {
				what: 'the word of the run',
				deadline: 60_000,
			});
			await host.must(['touch', goFile]);
			await stop;
			expect(eventsOf(host).at(-1)).toMatchObject({type: 'run-end', outcome: 'done'});
			expect(await statusOf(host)).toBe('install ok installed');

			expect(await runHeld(host, {do: 'undo', detach: true})).toMatchObject({code: 0});
			await until(() => recordOf(host).ended, {what: 'the end of the undo', deadline: 60_000});
			expect(
				eventsOf(host).map(event => event.type),
				textOf(host, `${state}/journal.jsonl`),
			).toEqual(expect.arrayContaining(['undo', 'run-end']));
		},
	);

	hostTest('has a session of its own where systemd is not', lightHost, async host => {
		await bringHeld(host);
		// In front of a terminal that then goes away, on a host whose /run says nothing of systemd.
		const order = heldArgv({...slow(600), detach: true}).map(word => `'${word}'`);
		const hidden = `mount -t tmpfs none /run/systemd && exec ${order.join(' ')}`;
		const ran = await host.run(['script', '-qefc', `unshare --mount sh -c "$hidden"`, '/dev/null'], {env: {hidden}});
		expect(ran).toMatchObject({code: 0, stdout: expect.stringContaining('goes on by itself: session')});
		const {pid, how, run} = recordOf(host);
		expect(how).toEqual({session: pid});
		const [session, terminal] = (await host.must(['cat', `/proc/${pid}/stat`]))
			.replace(/^.*\) /s, '')
			.split(' ')
			.slice(3, 5);
		expect([session, terminal]).toEqual([String(pid), '0']);
		const watcher = attach(host);
		await watcher.hears(message => message.type === 'now');
		await wake(host);
		expect(await watcher.ended).toMatchObject({code: 0});
		expect(textOf(host, '/srv/two.txt')).toBe('worked\n');
		expect(textOf(host, `${state}/events/${run}.out`)).toContain('Done: 2 changed');
		expect((await host.must(['stat', '-c', '%a', `${state}/events/${run}.out`])).trim()).toBe('600');
	});
});

/** Lets the programs of the run be done, one after the other, until there is no run. */
const wake = async (host: ThrowAway): Promise<unknown> => {
	const sleepers = 'for one in /proc/[0-9]*; do [ "$(cat $one/comm 2>&1)" != sleep ] || kill "${one#/proc/}"; done';
	return until(async () => (await host.run(['bash', '-c', sleepers])) && recordOf(host).ended, {
		what: 'the end of the run',
		deadline: 60_000,
	});
};

/** As a terminal says it: SIGINT to who watches. */
const leavesWithCtrlC = async (host: ThrowAway): Promise<void> => {
	let said = '';
	const [file, ...rest] = heldArgv({do: 'attach'});
	const watching = host.run(['sh', '-c', 'echo "pid $$"; exec "$0" "$@"', file!, ...rest], {
		onLine: line => {
			said += `${line}\n`;
		},
	});
	await until(() => said.includes('slow: 2 of 2'), {what: 'the story', deadline: 60_000});
	await host.must(['bash', '-c', `kill -INT ${/^pid (\d+)/.exec(said)?.[1]}`]);
	expect(await watching).toMatchObject({code: 130, stderr: expect.stringContaining('The run goes on without you')});
	expect(recordOf(host).ended).toBeUndefined();
};

const statusOf = (host: ThrowAway): Promise<string> => host.must(['dpkg-query', '-W', '-f', '${Status}', 'hs-slow']);
