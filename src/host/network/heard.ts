/** Whether anybody takes connections at a place of this host: by the kernel's tables, and where they have nobody by a connection, which also rules that lead elsewhere and other names of a socket answer. */
import {connect, type NetConnectOpts} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {answersFor, type Listener, listeners} from '../system/listeners.ts';
import {unixListeners} from './unix-listeners.ts';

/** A Unix socket, or a port of the loopback: 127.0.0.1, ::1, or localhost, which is both. */
export type LocalPlace = {readonly path: string} | {readonly host: string; readonly port: number};

export type Heard = 'heard' | 'nobody' | 'missing';

/** One that restarts at this moment is asked once more. Throws Blocked where it cannot be known. */
export const heardAtLast = (place: LocalPlace): Fact<Heard> => ({
	id: `heard:${JSON.stringify(place)}`,
	async read(host) {
		const first = await isHeard(host, place);
		if (first === 'heard') return first;
		await pause(1000);
		return isHeard(host, place, true);
	},
});

/** The connection is closed at once, with nothing said. `anew`: the tables were read before. */
const isHeard = async (host: Reader, place: LocalPlace, anew = false): Promise<Heard> => {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'who listens on the running host'});
	if ('path' in place) {
		const known = !anew && (await host.fact(unixListeners)).some(({path}) => path === place.path);
		return known && (await host.stat(place.path)) !== undefined ? 'heard' : await knock({path: place.path});
	}
	if (!anew && (await host.fact(listeners)).some(one => answers(one, place))) return 'heard';
	const addresses = place.host === 'localhost' ? ['127.0.0.1', '::1'] : [place.host];
	const all = await Promise.all(addresses.map(address => knock({host: address, port: place.port})));
	return all.includes('heard') ? 'heard' : 'nobody';
};

const answers = ({protocol, address, port}: Listener, place: {readonly host: string; readonly port: number}): boolean =>
	protocol.startsWith('tcp') && port === place.port && answersFor(address, place.host);

const patience = 1000;

const knock = (to: NetConnectOpts): Promise<Heard> =>
	new Promise((resolve, reject) => {
		const socket = connect(to);
		// A queue that is full, and a filter that is silent, are no proof that nobody is there.
		socket.setTimeout(patience, () => end('heard'));
		const end = (heard: Heard): void => {
			socket.destroy();
			resolve(heard);
		};
		socket.on('connect', () => end('heard'));
		socket.on('error', ({code, message}: NodeJS.ErrnoException) => {
			if (code === 'ENOENT' || code === 'ENOTDIR') end('missing');
			else if (['ECONNREFUSED', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EAFNOSUPPORT'].includes(code ?? '')) end('nobody');
			else if (code === 'EACCES' || code === 'EPERM')
				reject(
					new Blocked({because: 'needs-root', need: `whether somebody listens on ${'path' in to ? to.path : to.port}`}),
				);
			else if (['EAGAIN', 'EPROTOTYPE', 'ECONNRESET', 'ETIMEDOUT'].includes(code ?? '')) end('heard');
			else reject(new Blocked({because: 'unreadable', need: message}));
		});
	});
