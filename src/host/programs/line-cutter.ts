/** What a program prints comes in pieces that respect neither lines nor characters. */
import {StringDecoder} from 'node:string_decoder';
import {printableLines} from '#model/printable.ts';
import {redact} from '../secrets/redact.ts';

export type LineCutter = {take(chunk: Buffer): void; end(): void};

/** What one program may tell while it runs; its log has no more than that, and neither has an event log. */
export type Telling = {readonly lines: number; readonly characters: number; readonly line: number};
const enough: Telling = {lines: 50_000, characters: 4_000_000, line: 8000};

/**
 * Gives whole lines, printable and freed of secrets, empty ones left out. A carriage return ends a line too: progress bars. What is longer than a
 * line may be is cut; after `most` nothing more is told, and at the end how much that was.
 */
export const lineCutter = (onLine: (line: string) => void = () => {}, most: Telling = enough): LineCutter => {
	const decoder = new StringDecoder('utf8');
	let rest = '';
	let overlong = false;
	let [lines, characters, untold] = [0, 0, 0];
	const tell = (line: string): void => {
		if (lines >= most.lines || characters >= most.characters) {
			untold += 1;
			return;
		}
		const clean = plainLine(redact(line), most.line);
		if (clean === '') return;
		lines += 1;
		characters += clean.length;
		onLine(clean);
	};
	return {
		take(chunk) {
			const whole = (rest + decoder.write(chunk)).split(/\r\n|\n|\r/);
			rest = whole.pop() ?? '';
			if (overlong && whole.length > 0) {
				// The end of a line whose beginning was told: half of a secret would not be known for one.
				whole.shift();
				overlong = false;
			}
			whole.forEach(tell);
			if (overlong) rest = '';
			else if (rest.length > longestKept) {
				tell(rest);
				rest = '';
				overlong = true;
			}
		},
		end() {
			const last = rest + decoder.end();
			if (!overlong && last !== '') tell(last);
			rest = '';
			if (untold > 0) onLine(`(${untold} more lines were not kept: it printed too much)`);
			untold = 0;
		},
	};
};

const longestKept = 65_536;

/** A line of a program; its colours alone are left out, for npm and pip use them in every line. */
export const plainLine = (line: string, characters?: number): string =>
	printableLines(line.replace(colour, ''), characters).trimEnd();

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const colour = /\u001b\[[0-9;]*m/g;
