/** Lines from a terminal or a pipe, one when it is asked for. On a terminal, what is typed while nothing is asked is not taken for an answer; a secret is read without echo. */
import {StringDecoder} from 'node:string_decoder';

type Input = NodeJS.ReadableStream & {readonly isTTY?: boolean; setRawMode?(on: boolean): unknown};

export type PlainInput = {
	/** Asks for one line. Asking again replaces what was asked before. */
	ask(masked: boolean): void;
	/** Nothing is asked now. */
	rest(): void;
	close(): void;
};

export type PlainInputOptions = {
	readonly stdin: Input;
	readonly onLine: (line: string) => void;
	/** A line came while nothing was asked, on a terminal. */
	readonly onStray: (line: string) => void;
	/** Ctrl-C while a secret is typed; elsewhere the terminal makes a signal of it. */
	readonly onInterrupt: () => void;
	/** The input is at its end, and something is asked. */
	readonly onEnd: () => void;
};

/** Starts reading. */
export const plainInput = ({stdin, onLine, onStray, onInterrupt, onEnd}: PlainInputOptions): PlainInput => {
	const decoder = new StringDecoder('utf8');
	const lines: string[] = [];
	let begun = '';
	let asked = false;
	let raw = false;
	let ended = false;
	let told = false;

	const setRaw = (on: boolean): void => {
		if (stdin.isTTY !== true || raw === on) return;
		raw = on;
		stdin.setRawMode?.(on);
	};
	const deliver = (): void => {
		if (!asked) return;
		const line = lines.shift();
		if (line !== undefined) {
			asked = false;
			setRaw(false);
			onLine(line);
		} else if (ended && !told) {
			told = true;
			onEnd();
		}
	};
	const take = (line: string): void => {
		if (stdin.isTTY === true && !asked) onStray(line);
		else lines.push(line);
		deliver();
	};
	const takeOne = (one: string): void => {
		if (one === '\n' || (raw && one === '\r')) {
			const line = begun.replace(/\r$/, '');
			begun = '';
			take(line);
		} else if (!raw) begun += one;
		else if (one === '\u0003') {
			begun = '';
			onInterrupt();
		} else if (one === '\u0004') finish();
		else if (one === '\u007f' || one === '\b') begun = [...begun].slice(0, -1).join('');
		else if (one === '\u0015') begun = '';
		else if (one >= ' ') begun += one;
	};
	const finish = (): void => {
		ended = true;
		deliver();
	};
	const onData = (bytes: Buffer | string): void => {
		for (const one of typeof bytes === 'string' ? bytes : decoder.write(bytes)) takeOne(one);
	};
	const atEnd = (): void => {
		if (begun !== '') takeOne('\n');
		finish();
	};

	stdin.on('data', onData);
	stdin.on('end', atEnd);
	stdin.resume();
	return {
		ask(masked) {
			asked = true;
			setRaw(masked);
			deliver();
		},
		rest() {
			asked = false;
			setRaw(false);
		},
		close() {
			asked = false;
			setRaw(false);
			stdin.off('data', onData);
			stdin.off('end', atEnd);
			stdin.pause();
		},
	};
};
