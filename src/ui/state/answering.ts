/** What the editors of questions share: taking an answer, and what is said of a paste. */
import type {Asked} from '#answers/interview/interview.ts';
import type {Key} from '../keyboard/keys.ts';
import type {Step} from './after-message.ts';
import type {Effect, Move} from './effects.ts';
import type {Screen, State} from './types.ts';

type Question = Extract<Screen, {at: 'question'}>;

/** Asks for an answer to be taken; the move is made when it is. */
export const answer = (state: State, effect: Effect, after: Move | undefined): Step => ({
	state: {...state, busy: true, ...(after !== undefined && {after})},
	effects: [effect],
});

export type Choosing<Kind extends Question['editor']['kind']> = {
	readonly screen: Question;
	readonly editor: Extract<Question['editor'], {kind: Kind}>;
	readonly step: string;
	readonly asked: Asked;
};

/** A paste may have lost its line breaks; that is said. */
export const removedNote = (state: State, key: Key): State =>
	key.key === 'text' && (key.removed ?? 0) > 0
		? {
				...state,
				notice: `${key.removed} control character${key.removed === 1 ? '' : 's'} (line breaks too) taken out of what was pasted`,
			}
		: state;
