/** Is this an address? Node's own question tries a long pattern on every word, and making that pattern ready costs more than reading a whole file. */
import {isIPv4, isIPv6} from 'node:net';

/** 4, 6, or 0 for what is no address. */
export const ipFamily = (text: string): 0 | 4 | 6 => {
	if (!text.includes(':')) return isIPv4(text) ? 4 : 0;
	return text === '::1' || text === '::' || isIPv6(text) ? 6 : 0;
};
