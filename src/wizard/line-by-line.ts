/** The wizard line by line: a serial console, a screen reader, a terminal that cannot move its cursor. */

import {showsUnicode} from '#model/ascii.ts';
import {control} from '#ui/controller.ts';
import {plainRenderer} from '#ui/plain/renderer.ts';
import type {State} from '#ui/state/types.ts';
import {glyphsFor} from '#ui/terminal/glyphs.ts';
import {sizeOf} from '#ui/terminal/kind.ts';
import {perform} from './perform.ts';
import type {Session} from './session.ts';

/** Runs until it is left. A terminal that hangs up leaves, and everything is kept. */
export const lineByLine = async (session: Session): Promise<NonNullable<State['leave']>> => {
	const {stdin, stdout} = process;
	let gone = (_code: number): void => {};
	const onTerm = (): void => gone(143);
	const onHup = (): void => gone(129);
	process.on('SIGTERM', onTerm).on('SIGHUP', onHup);
	stdout.on('error', onHup);
	try {
		return await control({
			size: sizeOf(stdout),
			perform: (effect, send, state) => perform(effect, session, send, state),
			open(send) {
				gone = code => send({type: 'gone', code});
				const renderer = plainRenderer({stdin, stdout, glyphs: glyphsFor(showsUnicode(process.env)), onMsg: send});
				session.away = renderer.away;
				return renderer;
			},
		});
	} finally {
		process.off('SIGTERM', onTerm).off('SIGHUP', onHup);
		stdout.off('error', onHup);
	}
};
