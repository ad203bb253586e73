/** The keys of a secret: generate it, type it twice, or say where it lies. What is typed is shown as dots and leaves this state with its answer. */
import type {Key} from '../keyboard/keys.ts';
import {moveIn, only, type Step} from './after-message.ts';
import {answer, type Choosing, removedNote} from './answering.ts';
import type {Move} from './effects.ts';
import {editField, emptyField, textOf} from './field.ts';
import {goTo} from './go.ts';
import {secretItems} from './secret-items.ts';
import type {Editor, SecretTyping, State} from './types.ts';

/** A key on a secret: its menu, or the field that was opened from it. */
export const secretKey = (state: State, on: Choosing<'secret'>, key: Key, move: Move | undefined): Step => {
	const {editor, asked} = on;
	if (editor.typing) return typingKey(state, on, editor.typing, key, move);
	const items = secretItems(asked);
	const highlighted = move ? undefined : moveIn(key, editor.highlighted, items.length);
	if (highlighted !== undefined) return edit(state, on, {kind: 'secret', highlighted});
	if (move === 'back' || move === 'step-back' || move === 'step') return goTo(state, move);
	if (!move && !(key.key === 'text' && key.text === ' ')) return only(state);
	switch (items[editor.highlighted]?.id) {
		case 'keep':
			return goTo(state, 'next');
		case 'generate':
			return answer(state, {do: 'secret', step: on.step, path: asked.path, how: {is: 'generate'}}, 'next');
		case 'typed':
			return edit(state, on, {...editor, typing: {what: 'value', field: emptyField}});
		case 'file':
			return edit(state, on, {...editor, typing: {what: 'file', field: emptyField}});
		default:
			return only(state);
	}
};

const edit = (state: State, {screen}: Choosing<'secret'>, editor: Editor): Step =>
	only({...state, screen: {...screen, editor}});

const typingKey = (
	state: State,
	on: Choosing<'secret'>,
	typing: SecretTyping,
	key: Key,
	move: Move | undefined,
): Step => {
	const {editor, asked, step} = on;
	const shut: Editor = {kind: 'secret', highlighted: editor.highlighted};
	if (key.key === 'escape') return edit(state, on, shut);
	if (move === 'back' || move === 'step-back') return edit(state, on, shut);
	if (!move) {
		const field = editField(typing.field, key);
		return field ? edit(removedNote(state, key), on, {...editor, typing: {...typing, field}}) : only(state);
	}
	const text = textOf(typing.field);
	if (text === '')
		return only({
			...state,
			notice: typing.what === 'file' ? 'Name the file.' : 'Nothing was typed. Escape goes back to the choice.',
		});
	if (typing.what === 'file')
		return answer(state, {do: 'secret', step, path: asked.path, how: {is: 'file', path: text}}, 'next');
	if (typing.what === 'value')
		return edit(state, on, {...editor, typing: {what: 'again', field: emptyField, first: text}});
	if (typing.first !== text) {
		const again = edit(state, on, {...editor, typing: {what: 'value', field: emptyField}});
		return {...again, state: {...again.state, notice: 'The two were not the same. Type it again.'}};
	}
	const done = edit(state, on, shut);
	return answer(done.state, {do: 'secret', step, path: asked.path, how: {is: 'typed', value: text}}, 'next');
};
