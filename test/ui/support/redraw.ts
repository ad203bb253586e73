/** Tells ghosts of old frames: what is on the screen must be what a full redraw puts there. */
import {expect} from 'vitest';
import type {Pty} from './pty.ts';

/** Ctrl-L draws everything anew; for a screen on which nothing moves. */
export const expectSameAfterRedraw = async (pty: Pty): Promise<void> => {
	await pty.quiet();
	const before = pty.screen();
	const bytes = pty.bytes();
	pty.type('\u000c');
	await pty.until(() => pty.bytes() > bytes);
	await pty.quiet();
	expect(before).toEqual(pty.screen());
};
