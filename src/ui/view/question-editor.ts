/** The highlighted question's editor as blocks, and as what a line-by-line renderer asks. */
import type {Asked} from '#answers/interview/interview.ts';
import type {Field} from '../state/field.ts';
import {choicesLeft} from '../state/items.ts';
import {secretItems} from '../state/secret-items.ts';
import type {Editor, SecretTyping} from '../state/types.ts';
import type {Block, View} from './types.ts';
import {firstSentence} from './words.ts';

/** What the question is edited with. */
export const editorBlocks = (asked: Asked, editor: Editor): readonly Block[] => {
	switch (editor.kind) {
		case 'text':
			return [fieldBlock('', editor.field, false)];
		case 'choice':
			return [choices(asked, editor)];
		case 'secret':
			return editor.typing ? [typing(editor.typing)] : [secretMenu(asked, editor.highlighted)];
	}
};

/** What to ask where lines are read; the default and where it comes from stand in the prompt. */
export const editorAsks = (asked: Asked, editor: Editor): NonNullable<View['asks']> => {
	switch (editor.kind) {
		case 'text':
			return {
				kind: 'text',
				prompt: `${asked.title}${asked.text === '' ? '' : ` [${asked.text}] (${asked.origin.replace(/ default$/, '')})`}`,
				preset: asked.text,
				masked: false,
			};
		case 'choice': {
			const left = choicesLeft(asked, editor.filter);
			const preset = left.findIndex(({at}) => at === editor.highlighted);
			return {
				kind: 'choice',
				prompt: asked.title,
				items: left.map(({title, value}) => title ?? String(value)),
				preset: Math.max(0, preset),
			};
		}
		case 'secret':
			if (!editor.typing)
				return {
					kind: 'choice',
					prompt: asked.title,
					items: secretItems(asked).map(({label}) => label),
					preset: editor.highlighted,
				};
			return {
				kind: 'text',
				prompt: `${asked.title}: ${typingLabels[editor.typing.what]}`,
				masked: editor.typing.what !== 'file',
			};
	}
};

/** An edited line; a masked one is dots before anybody draws it. */
export const fieldBlock = (label: string, {graphemes, cursor}: Field, masked: boolean): Block => ({
	block: 'field',
	label,
	graphemes: masked ? graphemes.map(() => '•') : graphemes,
	cursor,
	active: true,
});

const choices = (asked: Asked, {highlighted, filter}: Extract<Editor, {kind: 'choice'}>): Block => {
	const left = choicesLeft(asked, filter);
	return {
		block: 'choices',
		items: left.map(({title, value, help}) => ({
			label: title ?? String(value),
			...(help !== undefined && {note: firstSentence(help)}),
			chosen: value === asked.value,
		})),
		at: left.findIndex(({at}) => at === highlighted),
		filter,
		active: true,
	};
};

const secretMenu = (asked: Asked, highlighted: number): Block => ({
	block: 'choices',
	items: secretItems(asked).map(({id, label}) => ({label, chosen: id === howNow(asked)})),
	at: highlighted,
	filter: '',
	active: true,
});

/** The way the secret is given now. */
const howNow = ({value, mayGenerate, secret}: Asked): string => {
	if (typeof value === 'object' && value !== null && 'secret' in value) return 'generate';
	if (value !== undefined && secret !== undefined) return 'keep';
	return value === undefined && mayGenerate && secret !== undefined ? 'generate' : '';
};

const typing = ({what, field}: SecretTyping): Block => fieldBlock(typingLabels[what], field, what !== 'file');

const typingLabels = {value: 'value', again: 'the same again', file: 'path of the file'} as const;
