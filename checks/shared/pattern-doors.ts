/** Whether a location with a pattern takes what a location with a password seems to guard: nginx lets patterns come before a plain path, each with its own rules. */
import type {Node} from '#host/nginx/config.ts';
import {endingsIn, patternsOf} from '#host/nginx/patterns.ts';

export const unauthorized = 401;

export type Besides = {
	readonly data: {readonly path: string; readonly answer: number; readonly other: string; readonly where: string};
	readonly where: string;
};

type Ask = (path: string) => Promise<{readonly status: number; readonly where: string}>;

/**
 * `path`: that of the location, which asked for a password. Names are asked for that no file has: whether nginx wants a password is known before it looks
 * for the file, and no program is started by it.
 */
export const besides = async (server: Node, path: string, ask: Ask): Promise<Besides | undefined> => {
	for (const {args, where: at} of patternsOf(server).slice(0, 6))
		for (const ending of endingsIn(args[1] ?? '').slice(0, 2)) {
			const asked = `${path.replace(/\/$/, '')}/setup-asks-for-nothing.${ending}`;
			const {status, where} = await ask(asked);
			// Refused by another rule, sent elsewhere, or limited: none of it is an answer of what lies there.
			if (status === unauthorized || status === 403 || status === 429 || (status >= 300 && status < 400)) continue;
			return {data: {path: asked, answer: status, other: args.join(' '), where: at}, where};
		}
	return undefined;
};
