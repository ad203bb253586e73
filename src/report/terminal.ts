/**
 * The streams as commands get them. Every text of others is made printable where it is put into a sentence; this is the last guard, for what was
 * forgotten: of all that a terminal obeys only the colours of our own reports and the erasing of a line come through.
 */
import {visible} from '#model/printable.ts';

type Stream = {readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown};

/** The stream with the guard before it; width and kind are asked anew each time, for a window changes. */
export const guarded = (stream: Stream): Stream => ({
	get isTTY() {
		return stream.isTTY === true;
	},
	get columns() {
		// There where it is a terminal.
		return stream.columns as number;
	},
	write: text => stream.write(plain.test(text) ? text : text.split(ours).map(guardedPart).join('')),
});

const guardedPart = (part: string, at: number): string => (at % 2 === 1 ? part : visible(part));

const plain = /^[\n\t -~]*$/;

/** What style.ts and the live lines write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are let through
const ours = /(\r\u001b\[K|\u001b\[(?:0|1|2|31|32|33|36)m)/;
