/**
 * A shutdown in the middle of a package's configuration breaks it: logind is asked to hold one off while apt runs. The lock is held by a process
 * that watches apt's own, so it outlives us as apt does, ends with apt, and its failure costs apt nothing.
 */
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';

/** Holds shutdowns off as long as the process runs. The function it gives lets go at once. Where there is no logind nothing happens. */
export const holdShutdown = (pid: number): (() => void) => {
	if (!hasLogind()) return () => {};
	const child = spawn(
		'systemd-inhibit',
		[
			'--what=shutdown',
			'--mode=block',
			'--who=host-setup',
			'--why=packages are being installed',
			'tail',
			`--pid=${pid}`,
			'--sleep-interval=0.5',
			'-f',
			'/dev/null',
		],
		{cwd: '/', stdio: 'ignore', detached: true, env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8'}},
	);
	child.on('error', () => {}).unref();
	return () => {
		try {
			if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
		} catch {
			// It has seen the end by itself.
		}
	};
};

/** sd_login(3): the directory is there when logind is; it listens on the system bus. */
const hasLogind = (): boolean => existsSync('/run/systemd/seats') && existsSync('/run/dbus/system_bus_socket');
