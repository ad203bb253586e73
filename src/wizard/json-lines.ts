/** The wizard for programs: the same state machine, driven and shown as JSON lines. */
import {control} from '#ui/controller.ts';
import {ndjsonRenderer} from '#ui/ndjson/renderer.ts';
import type {State} from '#ui/state/types.ts';
import {perform} from './perform.ts';
import type {Session} from './session.ts';

/** Runs until it is left, or its input ends. */
export const asJsonLines = async (session: Session): Promise<NonNullable<State['leave']>> => {
	let gone = (_code: number): void => {};
	const onTerm = (): void => gone(143);
	process.on('SIGTERM', onTerm);
	try {
		return await control({
			size: {columns: 80, rows: 24},
			perform: (effect, send, state) => perform(effect, session, send, state),
			open(send) {
				gone = code => send({type: 'gone', code});
				return ndjsonRenderer({stdin: process.stdin, stdout: process.stdout, onMsg: send});
			},
		});
	} finally {
		process.off('SIGTERM', onTerm);
	}
};
