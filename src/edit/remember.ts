/** Several settings look at one source in turn; it is parsed once. */

import {inTime} from './in-time.ts';

/** The function, remembering the answer for the last source it was asked about. */
export const remember = <T>(read: (source: string) => T): ((source: string) => T) => {
	let last: {readonly source: string; readonly answer: T} | undefined;
	return source => {
		if (last?.source !== source) last = {source, answer: inTime('a text', () => read(source))};
		return last.answer;
	};
};
