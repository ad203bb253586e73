/** A real MongoDB. Debian has none since 10 and its own mirror may not be reached: Ubuntu 20.04 has 3.6, whose libraries Debian 11 has too. */
import {connect} from 'node:net';
import {type Layer, packageLists} from '../../support/with-host.ts';

const archive = 'archive.ubuntu.com';

/** On bullseye. */
export const mongodb: Layer = {
	name: 'doctor-mongodb',
	key: '1',
	on: packageLists,
	async build(host) {
		// No package of Debian 11 has Ubuntu's keys; the host is thrown away.
		await host.must(['tee', '/etc/apt/sources.list.d/ubuntu.list'], {
			stdin: `deb [trusted=yes] http://${archive}/ubuntu focal main universe\n`,
		});
		await host.must(['tee', '/etc/apt/preferences.d/ubuntu'], {
			stdin: 'Package: *\nPin: release o=Ubuntu\nPin-Priority: 100\n',
		});
		await host.must(['apt-get', 'update', '-q'], {timeout: 300_000});
		await host.must(['apt-get', 'install', '-y', '--no-install-recommends', 'mongodb-server', 'libatomic1'], {
			env: {DEBIAN_FRONTEND: 'noninteractive'},
			timeout: 900_000,
		});
	},
};

/** What is missing for it, in words; undefined where it can be had. */
export const lackingMongodb = (): Promise<string | undefined> =>
	process.arch !== 'x64'
		? Promise.resolve('MongoDB 3.6 of Ubuntu 20.04, which this archive has for amd64 only')
		: new Promise(done => {
				const socket = connect({host: archive, port: 80, timeout: 10_000});
				const end = (lack: string | undefined) => (): void => {
					socket.destroy();
					done(lack);
				};
				const lack = `MongoDB 3.6 of Ubuntu 20.04 (${archive}, port 80): Debian has no MongoDB`;
				socket.once('connect', end(undefined)).once('error', end(lack)).once('timeout', end(lack));
			});
