/** A program that opens a throw-away host and waits to be killed, or with `check` looks round in it and closes it. Run on its own by the tests. */
import {type HostOptions, openHost} from '#rehearse/throwaway.ts';

const [mode = 'wait', options = '{"lower":"host"}'] = process.argv.slice(2);
const host = await openHost(JSON.parse(options) as HostOptions);
if (mode === 'check') {
	await host.must(['touch', '/etc/was-here']);
	await host.reboot();
	const ran = await host.run(['sh', '-c', 'systemctl is-system-running; ls /etc/was-here; hostname']);
	const changes = await host.changes();
	await host.close();
	process.stdout.write(
		`${JSON.stringify({ran, added: changes.files.filter(one => one.change === 'added').map(one => one.path)})}\n`,
	);
} else {
	process.stdout.write(`${JSON.stringify({name: host.name, address: host.address, root: host.root})}\n`);
	setInterval(() => undefined, 60_000);
}
