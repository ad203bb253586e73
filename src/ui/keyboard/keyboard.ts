/**
 * Keys from the terminal, so that nothing is lost or made up on a slow line: Ink's own reading takes the pieces of an arrow key for Escape
 * and text, and swallows Enter after text. One key is given per turn of the event loop, so that the screen has taken in each before the next.
 */
import {createDecoder} from './decode.ts';
import type {Key} from './keys.ts';

export type KeyboardOptions = {
	readonly stdin: NodeJS.ReadableStream;
	readonly onKey: (key: Key) => void;
	/** The terminal is gone. */
	readonly onEnd?: () => void;
	/** Milliseconds; default SETUP_ESC_MS or 120. */
	readonly holdEscape?: number;
};

export type Keyboard = {
	/** Drops all that was typed until now, also what the kernel still holds. An interrupt is not dropped. */
	drain(): void;
	/** Leaves the terminal to somebody else until it is done. */
	away<T>(run: () => Promise<T>): Promise<T>;
	close(): void;
};

/** Reads until closed. Raw mode is not its business: see terminal.ts. */
export const createKeyboard = ({
	stdin,
	onKey,
	onEnd,
	holdEscape = heldEscape(process.env),
}: KeyboardOptions): Keyboard => {
	const decoder = createDecoder(holdEscape);
	let queue: Key[] = [];
	let giving: NodeJS.Immediate | undefined;
	let silent: NodeJS.Timeout | undefined;
	let draining = false;
	let closed = false;
	let pieces = 0;

	const give = (): void => {
		const key = queue.shift();
		giving = queue.length > 0 ? setImmediate(give) : undefined;
		if (key !== undefined) onKey(key);
	};
	const take = (keys: readonly Key[]): void => {
		queue.push(...(draining ? keys.filter(isInterrupt) : keys.flatMap(apart)));
		if (queue.length > 0) giving ??= setImmediate(give);
		clearTimeout(silent);
		const wait = decoder.wait();
		silent = wait === undefined ? undefined : setTimeout(settle, wait, pieces);
	};
	/** A busy loop runs its timers before it reads: what came in time must be read first. */
	const settle = (then: number): void => {
		setImmediate(() => {
			if (then === pieces) take(decoder.settle());
		});
	};
	const read = (chunk: Buffer | string): void => {
		pieces++;
		take(decoder.push(Buffer.from(chunk as string)));
	};
	const ended = (): void => onEnd?.();

	const open = (): void => {
		stdin.on('data', read);
		stdin.resume();
	};
	const shut = (): void => {
		stdin.off('data', read);
		stdin.pause();
		pieces++;
		clearTimeout(silent);
	};
	stdin.on('end', ended);
	// Without a listener a terminal that is gone (EIO) would be an uncaught exception.
	stdin.on('error', ended);
	open();

	return {
		drain() {
			queue = queue.filter(isInterrupt);
			decoder.forget();
			draining = true;
			// After the next time that the loop has read.
			setImmediate(() => setImmediate(() => (draining = false)));
		},
		async away(run) {
			shut();
			try {
				return await run();
			} finally {
				if (!closed) open();
			}
		},
		close() {
			closed = true;
			shut();
			stdin.off('end', ended);
			clearImmediate(giving);
			queue = [];
		},
	};
};

/** Letters that a slow line brought together are commands one by one. What nobody types that fast stays in one piece, and is no command. */
const apart = (key: Key): readonly Key[] => {
	if (key.key !== 'text' || key.paste === true || key.text.length > mostTyped) return [key];
	return [...graphemes.segment(key.text)].map(({segment}) => ({key: 'text', text: segment}));
};
const graphemes = new Intl.Segmenter(undefined, {granularity: 'grapheme'});
const mostTyped = 32;

const isInterrupt = ({key}: Key): boolean => key === 'interrupt';

const heldEscape = (env: NodeJS.ProcessEnv): number => {
	const asked = Number(env['SETUP_ESC_MS']);
	return asked >= 10 && asked <= 5000 ? asked : 120;
};
