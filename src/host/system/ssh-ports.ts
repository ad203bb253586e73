/**
 * Every port on which somebody may log in to this host: a firewall that forgets one locks out. From sshd's files with all their includes, from the
 * sockets of systemd that start one, and from what listens by now, whose files may have changed since.
 */
import type {Fact} from '#model/host.ts';
import {type Listener, listeners} from './listeners.ts';
import {portsInFiles} from './sshd.ts';

/** Sorted; 22 among them where nothing says otherwise. */
export const sshPorts: Fact<readonly number[]> = {
	id: 'ssh-ports',
	async read(host) {
		const [files, listening, sockets] = await Promise.all([
			portsInFiles(host),
			host.fact(sshListeners).then(all => all.map(({port}) => port)),
			host.fact(socketPorts),
		]);
		return [...new Set([...files, ...listening, ...sockets])].toSorted((a, b) => a - b);
	},
};

/** What listens by now for a login from elsewhere, a socket of systemd's included. */
export const sshListeners: Fact<readonly Listener[]> = {
	id: 'ssh-listeners',
	async read(host) {
		if (host.root !== '/') return [];
		const [all, sockets] = await Promise.all([host.fact(listeners), host.fact(socketPorts)]);
		return all.filter(
			({protocol, process, address, port, uid}) =>
				protocol.startsWith('tcp') &&
				// Root's: a stranger that calls itself sshd would have a port of its choice opened, or keep every firewall away.
				uid === 0 &&
				!/^127\.|^::1$/.test(address) &&
				(programs.has(process?.name ?? '') || (sockets.includes(port) && process?.pid === 1)),
		);
	},
};

const programs: ReadonlySet<string> = new Set(['sshd', 'dropbear']);

/** `systemctl list-sockets`: what it listens on, the socket, what that starts. Asked only where systemd listens for anybody. */
const socketPorts: Fact<readonly number[]> = {
	id: 'ssh-socket-ports',
	async read(host) {
		if (host.root !== '/') return [];
		const all = await host.fact(listeners);
		// Who it is that listens, only root sees.
		if (!all.some(({protocol, process}) => protocol.startsWith('tcp') && (process === undefined || process.pid === 1)))
			return [];
		const ran = await host
			.probe(['systemctl', 'list-sockets', '--no-legend', '--no-pager', '--full'])
			.catch(() => undefined);
		return (ran?.stdout ?? '').split('\n').flatMap(line => {
			const [listen = '', , starts = ''] = line.trim().split(/\s+/);
			const port = /^(?:.*:)?(\d+)$/.exec(listen)?.[1];
			return port !== undefined && /^(ssh|sshd|dropbear)(@.*)?\.service$/.test(starts) ? [Number(port)] : [];
		});
	},
};
