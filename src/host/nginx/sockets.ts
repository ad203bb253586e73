/** Where an nginx takes connections at this moment, by the kernel's word. */
import type {Listener} from '../system/listeners.ts';
import type {Nginx} from './now.ts';

/** Its TCP sockets by port. Who is not root cannot see whose a socket is: then the usual ports stand for it. */
export const availableSockets = (
	nginx: Nginx,
	listeners: readonly Listener[],
): readonly {readonly host: string; readonly port: number}[] => {
	const pids = new Set([nginx.running?.master.pid, ...(nginx.running?.workers ?? []).map(({pid}) => pid)]);
	const tcp = listeners.filter(({protocol}) => protocol.startsWith('tcp'));
	const own = tcp.filter(({process}) => process !== undefined && pids.has(process.pid));
	const guessed = tcp.filter(({process, port}) => process === undefined && [80, 443, 8080].includes(port));
	return (own.length > 0 ? own : guessed)
		.toSorted((a, b) => a.port - b.port || a.protocol.length - b.protocol.length)
		.map(({address, port}) => ({host: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address, port}));
};
