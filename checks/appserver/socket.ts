import type {AppServer, Socket} from '#host/app-servers/app-server.ts';
import {appServers, inDirectory} from '#host/app-servers/app-servers.ts';
import {lastIn} from '#host/nginx/config.ts';
import {isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {type Accounts, accounts, groupsOf, ownerName} from '#host/system/accounts.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {listed, seen} from '../shared/seeing.ts';

const groupOfWeb =
	'Let it belong to the group of the web server, with mode 0660 (chmod-socket = 660; gunicorn: --umask 007), so that it comes out right at the next start as well.';

const bindIt: Remedy = {
	sentence:
		'Bind it to 127.0.0.1, or to a socket in a directory under /run that only the web server enters, and restart it.',
};

const kinds = defineKinds({
	everybody: {
		state: 'fail',
		example: {mode: '0666', path: '/run/ipynbsrv/ipynbsrv.sock'},
		says: ({mode}) => `everybody on this host can write to it (mode ${mode})`,
		remedy: ({path}) => ({sentence: groupOfWeb, commands: [['chmod', 'o=', path]]}),
	},
	unreachable: {
		state: 'fail',
		example: {mode: '0640', owner: 'root:root', user: 'www-data'},
		says: ({mode, owner, user}) => `${user} cannot write to it (mode ${mode}, ${owner}): the web server answers 502`,
		remedy: {sentence: groupOfWeb},
	},
	outside: {
		state: 'fail',
		example: {port: 8001, outside: ['0.0.0.0'] as readonly string[], address: '0.0.0.0'},
		says: ({port, outside}) => `port ${port} answers from outside (${listed(outside)})`,
		remedy: bindIt,
	},
	stillOutside: {
		state: 'fail',
		example: {
			port: 8001,
			outside: ['0.0.0.0'] as readonly string[],
			address: '127.0.0.1',
			unit: 'coralnet.service' as string | undefined,
		},
		says: ({port, outside}) =>
			`port ${port} answers from outside (${listed(outside)}), though its file says otherwise: changed in the file, not in the process`,
		remedy: ({unit}) => ({
			sentence: 'Restart it: its file is right, and the process has not read it.',
			...(unit !== undefined && {
				commands: [
					['systemctl', 'daemon-reload'],
					['systemctl', 'restart', unit],
				],
			}),
		}),
	},
	outsideNext: {
		state: 'fail',
		example: {port: 8001, outside: [] as readonly string[], address: '0.0.0.0'},
		says: ({address}) => `it is written to answer from outside (${address}), from its next start on`,
		remedy: bindIt,
	},
});

/** Behind the proxy there is no password, no TLS and no limit: nobody but the proxy should come in there. */
export const check = defineCheck({
	id: 'appserver.socket',
	title: 'Only the web server reaches the application server',
	why: 'A socket that everybody may write to, or a port that answers from outside, goes past the TLS, the passwords and the limits of the web server; uwsgi’s own protocol even lets who reaches it choose the code that runs.',
	reads: [
		'socket, bind and chmod-socket as they are written',
		'mode and owner of the socket in the file system, or the address of the port in the kernel',
		'the user that the web server runs as',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	source: 'coralnet: Running (--bind=127.0.0.1:8001); ipynbsrv: Django/Application (/var/run/ipynbsrv)',
	verify: 'ls -l /run/ipynbsrv/; cat /proc/net/tcp',
	facts: {servers: appServers, web: nginxSites, accounts, listeners},
	kinds,
	appliesTo: ({facts}) =>
		facts.servers.length === 0
			? 'neither uwsgi nor gunicorn is told to run here'
			: facts.servers.some(({sockets}) => sockets.length > 0) || 'no application server names a socket',
	async inspect({host, facts}) {
		const all = facts.servers.flatMap(server => server.sockets.map(socket => ({server, socket})));
		const user = webUser(facts.web);
		return findings(
			await Promise.all(
				all.map(({server, socket}) =>
					socket.kind === 'unix'
						? unixFinding(server, socket, user, facts.accounts, host)
						: tcpFinding(server, socket, facts.listeners, host),
				),
			),
		);
	},
});

type SocketFinding = FoundOf<typeof kinds>;

const unixFinding = async (
	server: AppServer,
	socket: Extract<Socket, {readonly kind: 'unix'}>,
	user: string,
	known: Accounts,
	host: Reader,
): Promise<SocketFinding> => {
	const path = inDirectory(server, socket.path);
	const expected = `for ${user} only`;
	const item = `${server.item} ${path}`;
	const written = seen(socket.mode === undefined ? 'no mode' : socket.mode.toString(8), server.conf ?? server.where);
	const stat = await host.stat(path);
	if (stat === undefined) {
		const kernel: Unknown = {
			because: host.root === '/' ? 'unreadable' : 'offline-root',
			need: `${path} is not there: ${server.item} does not run`,
		};
		return {item, is: 'ok', expected, layers: {file: written, kernel}};
	}
	const account = known.users.get(user);
	const groups = groupsOf(known, user).map(({gid}) => gid);
	const mode = stat.mode.toString(8).padStart(4, '0');
	const open = (stat.mode & 0o002) !== 0 && (await canPass(path, host));
	const able = open || stat.uid === account?.uid || (groups.includes(stat.gid) && (stat.mode & 0o020) !== 0);
	const owner = ownerName(known, stat);
	const sight = {item, expected, layers: {file: written, kernel: seen(`mode ${mode}, ${owner}`, path)}};
	if (open) return {...sight, is: 'everybody', data: {mode, path}};
	if (!able) return {...sight, is: 'unreachable', data: {mode, owner, user}};
	return {...sight, is: 'ok', says: `mode ${mode}, ${owner}`};
};

/** A closed directory above closes the socket. */
const canPass = async (path: string, host: Reader): Promise<boolean> => {
	const parts = path.split('/').slice(1, -1);
	const above = await Promise.all(parts.map((_part, at) => host.stat(`/${parts.slice(0, at + 1).join('/')}`)));
	return above.every(stat => stat === undefined || stat.kind === 'symlink' || (stat.mode & 0o001) !== 0);
};

const tcpFinding = (
	server: AppServer,
	{host: address, port}: Extract<Socket, {readonly kind: 'tcp'}>,
	sockets: readonly Listener[],
	host: Reader,
): SocketFinding => {
	const there = sockets.filter(one => one.protocol.startsWith('tcp') && one.port === port);
	const local = (at: string): boolean => /^(127\.|::1$|localhost$)/.test(at);
	const outside = there.filter(one => !local(one.address)).map(one => one.address);
	const kernel: Seen | Unknown =
		there.length > 0
			? seen(listed(there.map(one => `${one.address}:${one.port}`)), 'the sockets of the kernel')
			: {
					because: host.root === '/' ? 'unreadable' : 'offline-root',
					need: `nobody listens on port ${port}: ${server.item} does not run`,
				};
	const sight = {
		item: `${server.item} ${port}`,
		expected: 'this host only',
		layers: {file: seen(`${address}:${port}`, server.where), kernel},
	};
	const data = {port, outside, address};
	if (outside.length === 0)
		return local(address)
			? {...sight, is: 'ok', says: `only this host reaches port ${port}`}
			: {...sight, is: 'outsideNext', data};
	return local(address)
		? {...sight, is: 'stillOutside', data: {...data, unit: server.unit}}
		: {...sight, is: 'outside', data};
};

/** As the running nginx's own file says; Debian's otherwise, which Apache has as well. */
const webUser = (sites: readonly Site[]): string => {
	const used = sites.find(({nginx}) => nginx.running !== undefined) ?? sites[0];
	return (used && isRead(used.config) ? lastIn({children: used.config.top}, 'user')?.args[0] : undefined) ?? 'www-data';
};
