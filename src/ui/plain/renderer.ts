/**
 * The wizard line by line, for a serial console, a screen reader, a terminal that cannot move its cursor: it says what is new, asks, and reads a line.
 * Nothing is painted over. The same views and the same state machine as the full screen.
 */
import type {Renderer} from '../controller.ts';
import type {Key} from '../keyboard/keys.ts';
import type {Msg} from '../state/msg.ts';
import type {State} from '../state/types.ts';
import type {Glyphs} from '../terminal/glyphs.ts';
import type {View} from '../view/types.ts';
import {view} from '../view/view.ts';
import {type PlainInput, plainInput} from './input.ts';
import {news} from './news.ts';
import {runLines} from './run.ts';
import {plainPrompt} from './text.ts';
import {understand} from './understand.ts';

export type PlainOptions = {
	readonly stdin: NodeJS.ReadableStream & {readonly isTTY?: boolean; setRawMode?(on: boolean): unknown};
	readonly stdout: Pick<NodeJS.WritableStream, 'write'>;
	readonly glyphs: Glyphs;
	readonly onMsg: (msg: Msg) => void;
};

export type PlainRenderer = Renderer & {
	/** Leaves the terminal to another program until it is done. */
	away<T>(run: () => Promise<T>): Promise<T>;
};

/** Says at once what happens; asks when the state has settled. Ctrl-C is the key of that name; the end of the input leaves and keeps everything. */
export const plainRenderer = ({stdin, stdout, glyphs, onMsg}: PlainOptions): PlainRenderer => {
	let state: State | undefined;
	let waits = false;
	let said: View | undefined;
	let notice: string | undefined;
	/** The prompt at the end of the last line, not answered yet. */
	let asking = '';
	let sending = false;
	let input: PlainInput | undefined;

	const print = (lines: readonly string[]): void => {
		if (lines.length === 0) return;
		stdout.write(`${asking === '' ? '' : '\n'}${lines.map(line => `${glyphs.text(line)}\n`).join('')}`);
		asking = '';
	};
	const send = (...keys: readonly Key[]): void => {
		notice = undefined;
		// The keys of one line are one act: what lies between them is not said.
		sending = true;
		for (const key of keys) onMsg({type: 'key', key});
		sending = false;
		settle();
	};
	const onLine = (line: string): void => {
		// The line break after a secret was not echoed either.
		if (said?.asks?.kind === 'text' && said.asks.masked && stdin.isTTY === true) stdout.write('\n');
		asking = '';
		const meant = said ? understand(line, said) : [];
		if (typeof meant === 'string') print([meant]);
		send(...(typeof meant === 'string' ? [] : meant));
	};
	const open = (): PlainInput =>
		plainInput({
			stdin,
			onLine,
			onStray: line => print(line.trim() === '' ? [] : ['(not taken: nothing was asked)']),
			onInterrupt: () => send({key: 'interrupt'}),
			onEnd: () => send({key: 'suspend'}),
		});
	const onSignal = (): void => send({key: 'interrupt'});

	const settle = (): void => {
		// An answer that is being checked changes nothing yet.
		if (!state || !input || state.leave || state.busy || waits) return;
		const next = view(state);
		const lines = news(said, next);
		print(lines);
		said = next;
		const known = state.notice === notice || lines.some(line => line.includes(state?.notice ?? ''));
		if (state.notice !== undefined && !known) print([state.notice]);
		notice = state.notice;
		ask(next, input);
	};
	const ask = (next: View, from: PlainInput): void => {
		if (!next.asks) {
			// A run takes words at any time, and asks nothing.
			if (next.screen === 'install') from.ask(false);
			else from.rest();
			return;
		}
		const prompt = plainPrompt(next);
		if (prompt === asking) return;
		if (asking !== '') stdout.write('\n');
		asking = prompt;
		stdout.write(glyphs.text(prompt));
		from.ask(next.asks.kind === 'text' && next.asks.masked);
	};

	process.on('SIGINT', onSignal);
	input = open();
	return {
		show(next, held = false) {
			const before = state?.run;
			state = next;
			waits = held;
			if (next.run && next.run !== before) print(runLines(before, next.run));
			if (!sending) settle();
		},
		async away(run) {
			input?.close();
			input = undefined;
			try {
				return await run();
			} finally {
				input = open();
				asking = '';
				settle();
			}
		},
		async close() {
			process.off('SIGINT', onSignal);
			input?.close();
			if (asking !== '') stdout.write('\n');
		},
	};
};
