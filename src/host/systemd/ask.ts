/** Calls to systemd over its own socket, which only root may open: many questions in one write, and no child, which costs a process of our size 20 ms. */
import {connect} from 'node:net';
import {after} from '../system/patience.ts';
import {type Call, callBytes, largestMessage, type Reply, repliesIn} from './message.ts';

/** PID 1 made it, in a directory of root's. */
const privateSocket = '/run/systemd/private';

export type AskOptions = {
	readonly signal?: AbortSignal | undefined;
	readonly socket?: string;
	/** Milliseconds. systemctl itself waits for 25 s: a PID 1 that reloads answers nobody meanwhile. */
	readonly patience?: number;
};

/** The replies in the order of the calls; undefined where it cannot be asked so, or not in time: systemctl is asked then, and says why. */
export const askSystemd = (
	calls: readonly Call[],
	{signal, socket: path = privateSocket, patience = 3000}: AskOptions = {},
): Promise<readonly Reply[] | undefined> =>
	new Promise(resolve => {
		const socket = connect(path);
		const end = (all?: readonly Reply[]): void => {
			over();
			signal?.removeEventListener('abort', stopped);
			socket.destroy();
			resolve(all);
		};
		const stopped = (): void => end();
		const over = after(patience, stopped);
		signal?.addEventListener('abort', stopped, {once: true});
		if (signal?.aborted) return end();
		const read = conversation(calls.length, () =>
			socket.write(Buffer.concat(calls.map((call, at) => callBytes(at + 1, call)))),
		);
		socket.on('error', stopped);
		socket.on('close', stopped);
		socket.on('data', (piece: Buffer) => {
			const said = read(piece);
			if (said === 'more') return;
			end(said === 'nonsense' ? undefined : said);
		});
		const uid = Buffer.from(String(process.geteuid?.() ?? 0)).toString('hex');
		socket.write(Buffer.from(`\0AUTH EXTERNAL ${uid}\r\nBEGIN\r\n`, 'latin1'));
	});

/** Of the greeting. */
const longestLine = 200;

/**
 * Takes what comes, piece by piece: the line that lets us in, then messages, until each call has its reply. The calls are sent behind that line: what systemd
 * reads together with BEGIN it leaves lying until something else comes.
 */
const conversation = (
	calls: number,
	begin: () => void,
): ((piece: Buffer) => 'more' | 'nonsense' | readonly Reply[]) => {
	const replies = new Map<number, Reply>();
	let got: Buffer = Buffer.alloc(0);
	let welcome = false;
	return piece => {
		got = got.length === 0 ? piece : Buffer.concat([got, piece]);
		if (!welcome) {
			const line = got.indexOf('\r\n');
			if (line < 0) return got.length > longestLine ? 'nonsense' : 'more';
			if (!got.toString('latin1', 0, line).startsWith('OK ')) return 'nonsense';
			welcome = true;
			got = got.subarray(line + 2);
			begin();
		}
		try {
			const read = repliesIn(got);
			got = got.subarray(read.taken);
			for (const reply of read.replies) if (reply.to <= calls) replies.set(reply.to, reply);
		} catch (error) {
			if (error instanceof RangeError) return 'nonsense';
			throw error;
		}
		if (got.length > largestMessage) return 'nonsense';
		if (replies.size < calls) return 'more';
		return Array.from({length: calls}, (_none, at) => replies.get(at + 1) ?? {to: at + 1, error: ''});
	};
};
