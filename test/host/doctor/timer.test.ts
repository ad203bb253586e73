/** The doctor by a timer: its figures whole or not at all, its words only when something changed, and all of it gone again. */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {hostTest, withPackages} from '../support/with-host.ts';
import {withProgram} from './support/recipes.ts';

const metrics = '/var/lib/prometheus/node-exporter/host-setup-doctor.prom';
const timer = 'host-setup-doctor.timer';

/** Runs the service once, and gives what it said in the journal of this run. */
const once = async (host: ThrowAway): Promise<string> => {
	await host.must(['systemctl', 'start', 'host-setup-doctor.service']);
	const id = (
		await host.must(['systemctl', 'show', '--property=InvocationID', '--value', 'host-setup-doctor.service'])
	).trim();
	return host.must(['journalctl', '--no-pager', '--output=cat', `_SYSTEMD_INVOCATION_ID=${id}`]);
};

const state = async (host: ThrowAway, ...argv: readonly string[]): Promise<string> =>
	(await host.run(['systemctl', ...argv])).stdout.trim();

const doctor = (host: ThrowAway, ...argv: readonly string[]) =>
	host.run([setup, 'doctor', ...argv], {timeout: 120_000});

hostTest(
	'a timer that runs the doctor',
	withProgram({layer: withPackages('node', ['libatomic1']), network: 'none'}),
	async host => {
		buildProgram();
		expect(await doctor(host, '--install-timer')).toMatchObject({
			code: 64,
			stderr: expect.stringMatching(/Add --yes/) as string,
		});
		const planned = await doctor(host, '--install-timer', '--plan');
		expect(planned).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/\+ExecStart="\/.*\/setup" doctor --format prometheus --output/) as string,
		});
		expect((await host.run(['test', '-e', `/etc/systemd/system/${timer}`])).code).toBe(1);

		const made = await doctor(host, '--install-timer', '--yes');
		expect(made.code, made.stdout + made.stderr).toBe(0);
		expect([await state(host, 'is-enabled', timer), await state(host, 'is-active', timer)]).toEqual([
			'enabled',
			'active',
		]);
		await host.must([
			'systemd-analyze',
			'verify',
			`/etc/systemd/system/${timer}`,
			'/etc/systemd/system/host-setup-doctor.service',
		]);
		expect((await doctor(host, '--install-timer', '--yes')).stdout).toMatch(/is installed and runs/);

		// Who comes later sees what was done, by whom, and what the programs said; nobody but root does.
		const log = await host.run([setup, 'log', '--format', 'json']);
		expect(JSON.parse(log.stdout), log.stderr).toMatchObject({
			runs: [{what: 'setup doctor --install-timer', by: {user: 'root'}, outcome: 'done', stack: 'doctor'}],
			left: 0,
		});
		expect((await host.run([setup, 'log', 'last'])).stdout).toMatch(
			/^ok {2}\[doctor-timer\] unit:host-setup-doctor\.timer .*\n[\s\S]*\$ systemctl enable /m,
		);
		expect((await host.run([setup, 'log', '2026-nothing'])).code).toBe(64);
		const nobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--'];
		expect(await host.run([...nobody, setup, 'log'])).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('[journal.needs-root]') as string,
		});

		// What is found the first time is new; after that nothing is, until something happens.
		await once(host);
		expect(await once(host)).not.toMatch(/new:|mended:/);
		expect(await host.must(['stat', '-c', '%a %U', metrics])).toBe('644 root\n');
		const figures = await host.must(['cat', metrics]);
		expect(figures).toMatch(/^host_setup_doctor_state\{check="host\.failed-units",subject="host"\} 0$/m);
		expect(
			Number(/^host_setup_doctor_last_run_timestamp_seconds ([\d.]+)$/m.exec(figures)?.[1]) * 1000,
		).toBeGreaterThan(Date.now() - 600_000);
		expect((await host.must(['ls', '-A', '/var/lib/prometheus/node-exporter'])).trim()).toBe('host-setup-doctor.prom');

		await host.must([
			'sh',
			'-c',
			'printf "[Service]\\nExecStart=/bin/false\\n" > /etc/systemd/system/broken.service; systemctl start broken.service; until systemctl is-failed -q broken.service; do :; done',
		]);
		expect(await once(host)).toMatch(/^new: fail: host\.failed-units\[broken\.service\]: broken\.service has failed$/m);
		// A finding is no failure of the timer's own service.
		expect(await state(host, 'is-failed', 'host-setup-doctor.service')).toBe('inactive');
		expect(await host.must(['cat', metrics])).toMatch(
			/^host_setup_doctor_state\{check="host\.failed-units",subject="host",item="broken\.service"\} 2$/m,
		);
		await host.must(['systemctl', 'reset-failed', 'broken.service']);
		expect(await once(host)).toMatch(/^mended: host\.failed-units\[broken\.service\]/m);

		// The other ways that a machine asks.
		const nagios = await doctor(host, 'host.failed-units', '--format', 'nagios');
		expect(nagios).toMatchObject({code: 0, stdout: expect.stringMatching(/^DOCTOR OK - /) as string});
		const denied = await host.run([
			'setpriv',
			'--reuid=nobody',
			'--regid=nogroup',
			'--clear-groups',
			'--',
			setup,
			'doctor',
			'host.memory',
			'--output',
			'/etc/x.prom',
		]);
		expect(denied).toMatchObject({
			code: 64,
			stderr: expect.stringMatching(/usage\.output.*\/etc\/x\.prom cannot be written/) as string,
		});

		const gone = await doctor(host, '--remove-timer', '--yes');
		expect(gone.code, gone.stdout + gone.stderr).toBe(0);
		expect(
			(await host.run(['ls', metrics, `/etc/systemd/system/${timer}`, '/etc/systemd/system/host-setup-doctor.service']))
				.stdout,
		).toBe('');
		expect(await state(host, 'is-active', timer)).toBe('inactive');
		expect((await doctor(host, '--remove-timer', '--yes')).stdout).toMatch(/There is no/);

		// Both runs are in the journal and are taken back together; the figures came from the timer, not from them, so they stay with their directory.
		const undone = await host.run([setup, 'undo'], {timeout: 120_000});
		expect(undone.code, undone.stdout + undone.stderr).toBe(0);
		expect(undone.stdout).toMatch(/kept .*node-exporter is not empty/);
		expect(
			(await host.run(['ls', `/etc/systemd/system/${timer}`, '/etc/systemd/system/host-setup-doctor.service'])).stdout,
		).toBe('');
		expect(await state(host, 'is-active', timer)).toBe('inactive');
	},
);
