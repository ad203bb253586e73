/** A stdin for Ink that never says anything: the keys are read by keyboard.ts, and two readers of one terminal lose half of them each. */
import {Readable} from 'node:stream';

/** Looks like a terminal, because Ink refuses to draw an input on anything else. */
export const quietStdin = (): NodeJS.ReadStream => {
	const silent = new Readable({read: () => {}});
	const self = (): Readable => silent;
	return Object.assign(silent, {isTTY: true, setRawMode: self, ref: self, unref: self}) as unknown as NodeJS.ReadStream;
};
