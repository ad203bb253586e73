/** A line as the keys that typing it would be: for renderers that read lines. What they send is what a keyboard sends, so that there is one state machine and not three. */

import type {Line, View} from '../view/types.ts';
import type {Key, NamedKey} from './keys.ts';

const named = (key: NamedKey): Key => ({key});

/** The rows of a view that can be highlighted, in order: those that say whether they are. */
export const rowsOf = (view: View): readonly Line[] =>
	[...view.body, ...(view.pinned ?? [])].flatMap(block =>
		block.block === 'lines' ? block.lines.filter(({at}) => at !== undefined) : [],
	);

/** Replaces what stands in the field, and answers with it. */
export const fillIn = (text: string): readonly Key[] => [
	named('end'),
	named('delete-to-start'),
	...(text === '' ? [] : [{key: 'text', text} as const]),
	named('enter'),
];

/** From the highlighted one to another, counted from 0. */
export const moveTo = (view: View, index: number): readonly Key[] => {
	const now =
		view.asks?.kind === 'choice'
			? view.asks.preset
			: Math.max(
					0,
					rowsOf(view).findIndex(({at}) => at),
				);
	return Array.from({length: Math.abs(index - now)}, () => named(index > now ? 'down' : 'up'));
};

/** How many can be chosen from. */
export const choicesOf = (view: View): number =>
	view.asks?.kind === 'choice' ? view.asks.items.length : rowsOf(view).length;

/** Highlights one and presses Enter. */
export const choose = (view: View, index: number): readonly Key[] => [...moveTo(view, index), named('enter')];

/** The one item that a text names: whole, or by a beginning that no other has. */
export const itemNamed = (items: readonly string[], text: string): number | undefined => {
	const wanted = text.trim().toLowerCase();
	if (wanted === '') return undefined;
	const whole = items.findIndex(item => item.toLowerCase() === wanted);
	if (whole >= 0) return whole;
	const begun = items.flatMap((item, index) => (item.toLowerCase().startsWith(wanted) ? [index] : []));
	return begun.length === 1 ? begun[0] : undefined;
};
