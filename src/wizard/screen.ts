/** The wizard on the full screen: terminal, keyboard and Ink put together around the state machine. */

import {showsUnicode} from '#model/ascii.ts';
import {control} from '#ui/controller.ts';
import {mount} from '#ui/ink/mount.tsx';
import {inkRenderer} from '#ui/ink/renderer.tsx';
import {drainBefore} from '#ui/keyboard/drain-before.ts';
import {createKeyboard} from '#ui/keyboard/keyboard.ts';
import type {Effect} from '#ui/state/effects.ts';
import type {State} from '#ui/state/types.ts';
import {glyphsFor} from '#ui/terminal/glyphs.ts';
import {isOverSsh} from '#ui/terminal/kind.ts';
import {openTerminal} from '#ui/terminal/terminal.ts';
import {perform} from './perform.ts';
import type {Session} from './session.ts';

/** Runs until it is left; gives the code and the lines for the normal screen, which is back by then. */
export const onScreen = async (session: Session, first?: Effect): Promise<NonNullable<State['leave']>> => {
	const {stdin, stdout} = process;
	let gone = (_code: number): void => {};
	const terminal = openTerminal({
		stdin,
		stdout,
		onGone: why => gone(why === 'SIGTERM' ? 143 : why === 'SIGINT' ? 130 : 129),
	});
	try {
		return await control({
			size: terminal.size(),
			...(first && {first}),
			perform: (effect, send, state) => perform(effect, session, send, state),
			open(send) {
				gone = code => send({type: 'gone', code});
				const drawn = inkRenderer({
					mount: element => mount(element, {stdout, ssh: isOverSsh(process.env), terminal}),
					glyphs: glyphsFor(showsUnicode(process.env)),
				});
				const keyboard = createKeyboard({stdin, onKey: key => send({type: 'key', key}), onEnd: () => gone(129)});
				const resized = (): void => send({type: 'resize', ...terminal.size()});
				stdout.on('resize', resized);
				session.away = run => drawn.away(() => keyboard.away(() => terminal.away(run)));
				session.redraw = drawn.redraw;
				return {
					show: drainBefore(drawn.show, keyboard),
					async close() {
						stdout.off('resize', resized);
						keyboard.close();
						await drawn.close();
					},
				};
			},
		});
	} finally {
		terminal.close();
	}
};
