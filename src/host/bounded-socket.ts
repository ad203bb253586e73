/** A connection to a server that may be of an evil mind: what it says is counted, because a library of a protocol keeps all of an answer, and waits for a handshake for ever. */
import type {Socket} from 'node:net';
import type {TLSSocket} from 'node:tls';

/** The same socket, which is destroyed with an error once more than `most` bytes came. */
export const bounded = <T extends Socket>(socket: T, most: number): T => {
	// By no event of the socket: whoever it is given to may remove all listeners.
	const counting = setInterval(() => {
		if (socket.bytesRead > most) socket.destroy(new Error('it answers without end'));
		if (socket.destroyed) clearInterval(counting);
	}, 50).unref();
	return socket;
};

/** The same socket, which is destroyed with an error where no handshake came about in so many milliseconds. */
export const soonSecured = (socket: TLSSocket, patience: number): TLSSocket => {
	const late = setTimeout(() => socket.destroy(new Error('no TLS in time')), patience);
	socket.once('secureConnect', () => clearTimeout(late)).once('close', () => clearTimeout(late));
	return socket;
};
