/** The wizard for programs: every view that is new as one JSON line, and JSON lines that drive the same state machine. */

import {printableJson} from '#model/printable.ts';
import {coalesce} from '../coalesce.ts';
import type {Renderer} from '../controller.ts';
import type {Key} from '../keyboard/keys.ts';
import type {Msg} from '../state/msg.ts';
import type {State} from '../state/types.ts';
import type {View} from '../view/types.ts';
import {view} from '../view/view.ts';
import {keysOf} from './input.ts';

export type NdjsonOptions = {
	readonly stdin: NodeJS.ReadableStream;
	readonly stdout: Pick<NodeJS.WritableStream, 'write'>;
	readonly onMsg: (msg: Msg) => void;
};

/** What is written: `view` with `busy` while an answer is checked, `error` for a line that was refused, `leave` as the last. */
export type NdjsonLine =
	| ({readonly type: 'view'; readonly busy: boolean} & View)
	| {readonly type: 'error'; readonly line: number; readonly message: string}
	| {readonly type: 'leave'; readonly code: number; readonly lines: readonly string[]};

/** A run that is joined tells thousands of events at once. */
const interval = 100;

/** Longer than any answer: what comes in one line is not kept without end. */
const longest = 100_000;

/** The end of the input leaves and keeps everything. */
export const ndjsonRenderer = ({stdin, stdout, onMsg}: NdjsonOptions): Renderer => {
	let state: State | undefined;
	let waits = false;
	let last = '';
	let begun = '';
	let count = 0;
	let sending = false;
	let left = false;

	const write = (line: NdjsonLine): void => {
		stdout.write(`${printableJson(line)}\n`);
	};
	const take = (line: string): void => {
		count++;
		if (line.trim() === '') return;
		const keys = state?.busy
			? 'an answer is being checked: wait for a view that is not busy'
			: keysOf(line, state && view(state));
		if (typeof keys === 'string') write({type: 'error', line: count, message: keys});
		else send(keys);
	};
	/** The keys of one line are one act: what lies between them is not shown. */
	const send = (keys: readonly Key[]): void => {
		sending = true;
		for (const key of keys) onMsg({type: 'key', key});
		sending = false;
		if (state) later(state);
		later.flush();
	};
	const flush = (state: State): void => {
		if (left || waits) return;
		if (state.leave) {
			left = true;
			write({type: 'leave', ...state.leave});
			return;
		}
		const shown = view(state);
		const text = printableJson({type: 'view', busy: state.busy, ...shown} satisfies NdjsonLine);
		if (text !== last) stdout.write(`${text}\n`);
		last = text;
	};
	const later = coalesce(flush, interval);
	const onData = (chunk: string): void => {
		const lines = (begun + chunk).split('\n');
		begun = lines.pop() ?? '';
		lines.forEach(take);
		if (begun.length > longest) {
			begun = '';
			write({type: 'error', line: count + 1, message: `a line is longer than ${longest} characters`});
		}
	};
	const onEnd = (): void => {
		if (begun !== '') take(begun);
		begun = '';
		send([{key: 'suspend'}]);
	};

	stdin.setEncoding('utf8');
	stdin.on('data', onData);
	stdin.on('end', onEnd);
	return {
		show(next, held = false) {
			state = next;
			waits = held;
			if (sending) return;
			later(next);
			if (next.leave) later.flush();
		},
		async close() {
			stdin.off('data', onData);
			stdin.off('end', onEnd);
			stdin.pause();
			later.flush();
			later.stop();
		},
	};
};
