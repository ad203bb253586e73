/** A host with an application's account and directory, things of root that nobody may touch, and what tells whether somebody did. */
import {createHash} from 'node:crypto';
import {lstatSync, readFileSync} from 'node:fs';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {bringLight, lightHost} from './light.ts';
import {type Want, withPackages} from './with-host.ts';

export const app = '/srv/www/app';
/** Of root, in places and with modes as a host has them. */
export const victims = {
	directory: '/root/victim',
	file: '/root/victim/key',
	open: '/etc/victim.conf',
	openDirectory: '/etc/victim.d',
};
/** What only root may read. */
const secret = 'PASSWORD=only-for-root';

export const ownedHost: Want = {...lightHost, layer: withPackages('adversary', ['libatomic1', 'python3', 'strace'])};

/** The account, the program that plays setup, and the victims. */
export const furnishOwned = async (host: ThrowAway): Promise<void> => {
	await bringLight(host);
	// No system account: a directory that one of those keeps for itself is an application's, which the doctor leaves alone.
	await host.must(['useradd', '--home-dir', app, '--shell', '/bin/sh', '--groups', 'www-data', 'hsapp']);
	await host.must(['mkdir', '-p', '/usr/share/host-setup-test', victims.directory, victims.openDirectory]);
	await write(host, '/usr/share/host-setup-test/archive', 'archive\n');
	await write(host, victims.file, `${secret}\n`);
	await write(host, victims.open, 'of root\n');
	await write(host, `${victims.openDirectory}/one`, 'of root\n');
	await host.must(['chmod', '-R', 'go=', victims.directory]);
	await freshApp(host);
};

/** The application as its user has it before setup comes. */
export const freshApp = async (host: ThrowAway): Promise<void> => {
	await host.must(['rm', '-rf', '/srv/www', '/var/lib/light', '/var/lib/host-setup']);
	await host.must(['install', '-d', '-g', 'www-data', '-m', '2775', '/srv/www']);
	await host.must(['mkdir', '-p', `${app}/less/css`, `${app}/static/css`]);
	for (const [name, text] of Object.entries({
		'settings.py': 'DEBUG=yes\n',
		'old.conf': 'old\n',
		'less/css/site.css': 'site\n',
		'static/css/old.css': 'old\n',
	}))
		await write(host, `${app}/${name}`, text);
	await host.must(['chown', '-R', 'hsapp:hsapp', app]);
};

export const write = (host: ThrowAway, path: string, text: string): Promise<string> =>
	host.must(['tee', path], {stdin: text});

/** Everything about the victims that a run could change; their number of names is the adversary's to change. */
export const victimsOf = (host: ThrowAway): readonly string[] =>
	[...Object.values(victims), `${victims.openDirectory}/one`].map(path => {
		const stat = lstatSync(`${host.root}${path}`);
		const text = stat.isFile()
			? createHash('sha256')
					.update(readFileSync(`${host.root}${path}`))
					.digest('hex')
			: '';
		return [path, stat.uid, stat.gid, stat.mode.toString(8), stat.mtimeMs, stat.ctimeMs, stat.ino, text].join(' ');
	});

/** What the application got that it must not have: files outside its directory, and root's secret inside. */
export const loot = async (host: ThrowAway): Promise<readonly string[]> => {
	const strewn = await host.run([
		'find',
		'/',
		'-xdev',
		'(',
		'-path',
		'/proc',
		'-o',
		'-path',
		'/sys',
		'-o',
		'-path',
		'/srv/www',
		'-o',
		'-path',
		'/tmp',
		')',
		'-prune',
		'-o',
		'(',
		'-user',
		'hsapp',
		'-o',
		'-group',
		'hsapp',
		')',
		'-print',
	]);
	const read = await host.run(['grep', '-rls', '--devices=skip', secret, '/srv/www']);
	const setuid = await host.run([
		'find',
		'/srv/www',
		victims.directory,
		'-type',
		'f',
		'-perm',
		'/6000',
		'-user',
		'root',
		'-print',
	]);
	return [strewn.stdout, read.stdout, setuid.stdout]
		.join('\n')
		.split('\n')
		.filter(line => line !== '');
};

/** Runs something as the application's user. */
export const asApp = (argv: readonly string[]): readonly string[] => [
	'setpriv',
	'--reuid=hsapp',
	'--regid=hsapp',
	'--init-groups',
	'--',
	...argv,
];
