/** What a program prints comes in pieces that respect neither lines nor characters. */
import {StringDecoder} from 'node:string_decoder';
import {printable, redact} from '../secrets/redact.ts';

export type LineCutter = {take(chunk: Buffer): void; end(): void};

/** Gives whole lines, printable and freed of secrets, empty ones left out. A carriage return ends a line too: progress bars. */
export const lineCutter = (onLine: (line: string) => void = () => {}): LineCutter => {
	const decoder = new StringDecoder('utf8');
	let rest = '';
	const tell = (line: string): void => {
		const clean = printable(redact(line)).trimEnd();
		if (clean !== '') onLine(clean);
	};
	return {
		take(chunk) {
			const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r/);
			rest = lines.pop() ?? '';
			lines.forEach(tell);
		},
		end() {
			tell(rest + decoder.end());
			rest = '';
		},
	};
};
