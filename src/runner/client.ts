/** One connection at the run's side. It takes the story at its own pace: nothing is copied for it, and what it has not read costs nothing. */
import {once} from 'node:events';
import type {Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import type {Backlog} from './backlog.ts';
import {decoder, encode} from './json-lines.ts';
import type {FromRun, Person, ToRun} from './messages.ts';

export type Client = {
	/** Known once it said hello. */
	by: Person | undefined;
	/** Says something to this one alone. */
	tell(message: FromRun): void;
	/** Begins the story. */
	follow(): void;
	/** There is more to tell; a client before this place has lost lines and has to go. */
	more(whole: number): void;
	/** Lets it take the rest for so many milliseconds, then lets go. */
	finish(patience: number): Promise<void>;
};

/** Words to one client alone (who drives) are not held back for it: above so many unread bytes it is let go. */
const unread = 1024 * 1024;
/** No message to a run is long. */
const longest = 64 * 1024;

export const createClient = (socket: Socket, backlog: Backlog, heard: (message: ToRun) => void): Client => {
	let place: number | undefined;
	let caughtUp = false;
	let blocked = false;
	const send = (text: string): void => {
		if (socket.destroyed) return;
		blocked = !socket.write(text);
	};
	const pump = (): void => {
		if (place === undefined) return;
		for (let line = backlog.at(place); line !== undefined && !blocked && !socket.destroyed; line = backlog.at(place)) {
			place += 1;
			send(`${line}\n`);
		}
		if (caughtUp || blocked || backlog.at(place) !== undefined) return;
		caughtUp = true;
		send(encode({type: 'now'} satisfies FromRun));
	};
	const lines = decoder(longest);
	socket.on('data', chunk => {
		try {
			for (const message of lines.take(chunk as Buffer)) heard(message as ToRun);
		} catch {
			// It does not speak our language.
			socket.destroy();
		}
	});
	socket.on('drain', () => {
		blocked = false;
		pump();
	});
	socket.on('error', () => socket.destroy());
	return {
		by: undefined,
		tell(message) {
			send(encode(message));
			if (socket.writableLength > unread) socket.destroy();
		},
		follow() {
			place = backlog.start;
			pump();
		},
		more(whole) {
			if (place !== undefined && place < whole) socket.destroy();
			else pump();
		},
		async finish(patience) {
			if (socket.destroyed) return;
			const waiting = new AbortController();
			const {signal} = waiting;
			const taken = async (): Promise<void> => {
				while (place !== undefined && backlog.at(place) !== undefined && !socket.destroyed)
					await once(socket, 'drain', {signal});
				if (socket.destroyed) return;
				const closed = once(socket, 'close', {signal});
				socket.end();
				await closed;
			};
			await Promise.race([taken(), pause(patience, undefined, {signal, ref: true})]).catch(() => {});
			waiting.abort();
			socket.destroy();
		},
	};
};
