/** A conversation in lines with a server of this host, as mail servers hold it: what it says is bounded, and all of it ends in three seconds. */
import {connect} from 'node:net';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';
import {tryPatience} from './nobody.ts';

export type Door = {
	readonly host: string;
	readonly port: number;
	/** The address to come from: a server takes one that is its own for a secure connection. */
	readonly from?: string;
};

/** Sends a line, or only listens, and gives what came up to the end that `done` matches. Throws Blocked. */
export type Ask = (line: string | undefined, done: RegExp) => Promise<string>;

/** Throws Blocked: nobody there, no answer in time, an answer without end. */
export const inLines = async <T>({host, port, from}: Door, talk: (ask: Ask) => Promise<T>): Promise<T> => {
	refuseWithoutLoopback(host);
	const place = `${host}:${port}`;
	const socket = connect({host, port, ...(from !== undefined && {localAddress: from})});
	let text = '';
	let broken: Blocked | undefined;
	let waiting: (() => void) | undefined;
	const wake = (): void => waiting?.();
	const end = (because: 'timeout' | 'unreadable', need: string): void => {
		broken ??= new Blocked({because, need});
		socket.destroy();
		wake();
	};
	const over = after(tryPatience, () => end('timeout', `${place} gave no answer within ${tryPatience / 1000} s`));
	socket
		.on('data', part => {
			text += part.toString('latin1');
			if (text.length > largest) end('unreadable', `${place} answers without end`);
			wake();
		})
		.on('error', () => end('unreadable', `nobody takes connections on ${place}`))
		.on('close', () => end('unreadable', `${place} closed the connection`));
	const ask: Ask = async (line, done) => {
		if (line !== undefined) socket.write(`${line}\r\n`);
		for (;;) {
			const found = done.exec(text);
			if (found !== null) {
				const answer = text.slice(0, found.index + found[0].length);
				text = text.slice(answer.length);
				return answer;
			}
			if (broken !== undefined) throw broken;
			await new Promise<void>(resolve => {
				waiting = resolve;
			});
		}
	};
	try {
		return await talk(ask);
	} finally {
		over();
		socket.removeAllListeners('close').destroy();
	}
};

const largest = 65_536;
