/** A screen's side of the socket: the whole story from the start, then what happens, and at the end how it ended, also where the run was killed. */
import {once} from 'node:events';
import {createConnection, type Socket} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {isHeld} from '#engine/lock.ts';
import type {FaultData} from '#model/fault.ts';
import {decoder, encode} from './json-lines.ts';
import {readLog} from './log.ts';
import type {FromRun, Person, ToRun} from './messages.ts';
import {socketOf} from './paths.ts';
import {readRecord} from './run-record.ts';

export type AttachOptions = {
	readonly by: Person;
	/** Take the wheel, from whoever has it. */
	readonly drive: boolean;
	/** The id of a run: when it has ended already, its story is told from its log. Without it only a run in progress is joined. */
	readonly run?: string;
};

export type AttachEnd =
	| {readonly how: 'ended'; readonly code: number; readonly fault?: FaultData}
	/** It was killed: the connection ended without a word, and nobody holds the host. The journal is there for the next run. */
	| {readonly how: 'lost'; readonly why: string}
	/** The run goes on and let this client go: attach again. */
	| {readonly how: 'dropped'}
	/** close() was called. */
	| {readonly how: 'left'}
	| {readonly how: 'nothing'};

/** Iterate it once, to its end; then `ended` says what became of the run. */
export type Attached = AsyncIterable<FromRun> & {
	send(message: ToRun): void;
	/** Leaves; the run goes on. */
	close(): void;
	readonly ended: Promise<AttachEnd>;
};

/** Connects in the background. Nothing is thrown: that there is no run, or that it was lost, is how it ended. */
export const attachRun = (state: string, {by, drive, run}: AttachOptions): Attached => {
	const {promise: ended, resolve: end} = Promise.withResolvers<AttachEnd>();
	const early: ToRun[] = [{do: 'hello', by, drive}];
	let socket: Socket | undefined;
	let left = false;

	const send = (message: ToRun): void => {
		if (socket === undefined) early.push(message);
		else if (!socket.destroyed) socket.write(encode(message));
	};
	const story = async function* (): AsyncGenerator<FromRun> {
		const heard: Heard = {events: 0};
		try {
			socket = await connected(state, () => left);
			for (const message of early.splice(0)) send(message);
			if (socket) yield* messages(socket, heard);
			if (!heard.end && !left) yield* tooLate(state, run, heard);
		} finally {
			end(heard.end ?? {how: 'left'});
		}
	};
	return {
		[Symbol.asyncIterator]: story,
		send,
		close() {
			left = true;
			socket?.destroy();
		},
		ended,
	};
};

type Heard = {run?: string; events: number; end?: AttachEnd};

/** The connection ended, or there was none: the record and the lock say why, and the log holds what was not heard. */
async function* tooLate(state: string, run: string | undefined, heard: Heard): AsyncGenerator<FromRun> {
	const held = isHeld(state);
	const record = readRecord(state);
	const ours = record !== undefined && record.run === (heard.run ?? run);
	if (!ours) heard.end = held && run === undefined ? {how: 'dropped'} : {how: 'nothing'};
	else if (record.ended) {
		const {ended, ...info} = record;
		const result = {code: ended.code, ...(ended.fault && {fault: ended.fault})};
		if (heard.run === undefined) yield {type: 'hello', run: info, you: 'watches', driver: undefined};
		for (const event of readLog(state, record.run).slice(heard.events)) yield {type: 'event', event};
		yield {type: 'end', ...result};
		heard.end = {how: 'ended', ...result};
	} else
		heard.end = held
			? {how: 'dropped'}
			: {how: 'lost', why: `process ${record.pid} ended without a word: it was killed`};
}

/** A run that has just taken the lock makes its socket in a moment. */
const connected = async (state: string, left: () => boolean): Promise<Socket | undefined> => {
	const late = Date.now() + 5000;
	for (;;) {
		const socket = createConnection(socketOf(state));
		try {
			await once(socket, 'connect');
			// What goes wrong later ends the reading, and that says all.
			socket.on('error', () => {});
			return socket;
		} catch {
			socket.destroy();
		}
		if (left() || Date.now() > late || !isHeld(state)) return undefined;
		await pause(50);
	}
};

async function* messages(socket: Socket, heard: Heard): AsyncGenerator<FromRun> {
	const lines = decoder();
	try {
		for await (const chunk of socket) {
			for (const message of lines.take(chunk as Buffer) as readonly FromRun[]) {
				if (message.type === 'hello') heard.run = message.run.run;
				if (message.type === 'event') heard.events += 1;
				if (message.type === 'end')
					heard.end = {how: 'ended', code: message.code, ...(message.fault && {fault: message.fault})};
				yield message;
			}
		}
	} catch {
		// Cut off, on one side or the other.
	} finally {
		socket.destroy();
	}
}
