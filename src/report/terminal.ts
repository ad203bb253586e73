/**
 * The streams as commands get them. Every text of others is made printable where it is put into a sentence; this is the last guard, for what was
 * forgotten: of all that a terminal obeys only the colours of our own reports and the erasing of a line come through.
 */
import {asciiText, showsUnicode} from '#model/ascii.ts';
import {visible} from '#model/printable.ts';

type Stream = {readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown};

/** The stream with the guard before it; width and kind are asked anew each time, for a window changes. A terminal without UTF-8 gets ASCII; a pipe and a file have no locale. */
export const guarded = (stream: Stream, env: NodeJS.ProcessEnv = process.env): Stream => ({
	get isTTY() {
		return stream.isTTY === true;
	},
	get columns() {
		// There where it is a terminal.
		return stream.columns as number;
	},
	write(text) {
		if (plain.test(text)) return stream.write(text);
		const show = stream.isTTY === true && !showsUnicode(env) ? (part: string) => asciiText(visible(part)) : visible;
		return stream.write(
			text
				.split(ours)
				.map((part, at) => (at % 2 === 1 ? part : show(part)))
				.join(''),
		);
	},
});

const plain = /^[\n\t -~]*$/;

/** What style.ts and the live lines write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are let through
const ours = /(\r\u001b\[K|\u001b\[(?:0|1|2|31|32|33|36)m)/;
