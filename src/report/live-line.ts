/** One line at the bottom of a terminal that says how far the doctor is; nothing where nobody watches. */
import {printable} from '#model/printable.ts';

type Output = {readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown};

export type LiveLine = {ended(name: string): void; end(): void};

/** `watched`: the report goes to a terminal as well, so that somebody waits for it. */
export const liveLine = (out: Output, watched: boolean, total: number): LiveLine => {
	const live = watched && out.isTTY === true && process.env['TERM'] !== 'dumb';
	let done = 0;
	return {
		ended(name) {
			done += 1;
			if (live)
				out.write(`\r\u001b[K${`${done}/${total} checked  ${printable(name)}`.slice(0, (out.columns ?? 80) - 1)}`);
		},
		end() {
			if (live) out.write('\r\u001b[K');
		},
	};
};
