import {mkdir, rm, utimes, writeFile} from 'node:fs/promises';
import {unit, unitFile} from '#resources/units/unit.ts';
import {conformance} from './suite.ts';
import {output, quietly} from './tools.ts';

// releases: bookworm trixie

const name = 'conformer.service';
const path = `/etc/systemd/system/${name}`;
const dropIns = `${path}.d`;
const config = '/etc/conformer.conf';
const script = '/etc/init.d/conformer';

const clean = async (): Promise<void> => {
	await quietly('systemctl', 'stop', name);
	await quietly(
		'sh',
		'-c',
		`rm -f /etc/systemd/system/*.wants/${name} /etc/rc?.d/*conformer ${path} ${config} ${script}; rm -rf ${dropIns}`,
	);
	await quietly('systemctl', 'daemon-reload');
	await quietly('systemctl', 'reset-failed', name);
};

const service = `[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n`;

const fresh = async (): Promise<void> => {
	await clean();
	await writeFile(config, 'one\n');
	await writeFile(path, service);
};

const running = async (): Promise<void> => {
	await fresh();
	await quietly('systemctl', 'daemon-reload');
	await quietly('systemctl', 'enable', '--now', name);
};

const edited = async (): Promise<void> => {
	await writeFile(config, `${Date.now()}\n`);
	await younger(config);
};

/** Than what was just started: the clock of files is some milliseconds behind. */
const younger = async (file: string): Promise<void> => {
	const soon = new Date(Date.now() + 5);
	await utimes(file, soon, soon);
};

let seenAt = 0;

const rows = async (): Promise<string> =>
	output('sh', '-c', `systemctl is-enabled ${name}; systemctl is-active ${name}; ls /etc/rc?.d | grep conformer; true`);

const sysv = `#!/bin/sh
### BEGIN INIT INFO
# Provides: conformer
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: of the suite
### END INIT INFO
case "$1" in
start) sleep infinity & echo $! > /run/conformer.pid ;;
stop) kill "$(cat /run/conformer.pid)" ;;
esac
`;

conformance('unit', [
	{
		name: 'enabled and running',
		prepare: fresh,
		resource: () => unit({name, enabled: true, running: true, files: [config], staysUp: 0.3}),
		breakIt: () => quietly('systemctl', 'stop', name),
		touches: [path, '/etc/systemd/system/multi-user.target.wants'],
		rows,
	},
	{
		name: 'older than its file',
		prepare: async () => {
			await running();
			await edited();
		},
		resource: () => unit({name, enabled: true, running: true, files: [config], staysUp: 0.3}),
		breakIt: edited,
		touches: [path],
		rows,
		undone: 'already',
	},
	{
		name: 'started before it was seen to be out of date',
		prepare: async () => {
			await running();
			seenAt = Date.now() + 1;
		},
		resource: () => unit({name, running: true, notBefore: seenAt, staysUp: 0.3}),
		touches: [path],
		rows,
		undone: 'already',
	},
	{
		name: 'a changed unit file',
		prepare: async () => {
			await running();
			await writeFile(path, service.replace('[Service]', '[Service]\nNice=1'));
			await younger(path);
		},
		resource: () => unit({name, running: true, staysUp: 0.3}),
		touches: [path],
		rows,
		undone: 'already',
	},
	{
		name: 'a drop-in that systemd has not read',
		prepare: async () => {
			await running();
			await mkdir(dropIns, {recursive: true});
			await writeFile(`${dropIns}/more.conf`, '[Service]\nNice=1\n');
			await younger(`${dropIns}/more.conf`);
		},
		resource: () => unit({name, running: true, staysUp: 0.3}),
		touches: [path],
		rows,
		undone: 'already',
	},
	{
		name: 'to be stopped and disabled',
		prepare: running,
		resource: () => unit({name, enabled: false, running: false}),
		breakIt: () => quietly('systemctl', 'start', name),
		touches: [path, '/etc/systemd/system/multi-user.target.wants'],
		rows,
	},
	{
		name: 'that failed too often',
		async prepare() {
			await fresh();
			await writeFile(path, '[Service]\nExecStart=/bin/false\n');
			await quietly('systemctl', 'daemon-reload');
			for (let at = 0; at < 6; at += 1) await quietly('systemctl', 'start', name);
			await writeFile(path, service);
		},
		resource: () => unit({name, running: true, staysUp: 0.3}),
		touches: [path],
	},
	{
		name: 'of an init script, which systemd calls generated either way',
		async prepare() {
			await clean();
			await writeFile(script, sysv, {mode: 0o755});
			await quietly('systemctl', 'daemon-reload');
		},
		resource: () => unit({name, enabled: true}),
		breakIt: () => quietly('update-rc.d', 'conformer', 'disable'),
		touches: [script],
		undoes: false,
	},
]);

conformance('unit file', [
	{
		name: 'of ours',
		prepare: clean,
		resource: () => unitFile({name, text: service}),
		breakIt: () => rm(path),
		touches: [path],
	},
]);
