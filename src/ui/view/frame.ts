/** What all screens share: the top line that says where you are, the notice, and small blocks. */
import type {State} from '../state/types.ts';
import type {Block, Line, View} from './types.ts';

type Part = Omit<View, 'title' | 'side' | 'notice'> & {readonly side?: View['side']};

/** A view with the parts that every screen has. */
export const frame = (state: State, part: Part): View => ({
	...part,
	title: titleOf(state),
	side: part.side ?? [],
	...(state.notice !== undefined && {notice: {text: state.notice, tone: 'accent', wrap: true} as const}),
});

const titleOf = ({stack, host, run}: State): string => {
	const what = stack?.id ?? run?.info?.stack;
	const where = host ? `${host.name} (${host.release})` : undefined;
	const rest = [what, where].filter(part => part !== undefined).join(' on ');
	return rest === '' ? 'setup' : `setup · ${rest}`;
};

export const gap: Block = {block: 'gap'};

/** Lines as a block. */
export const lines = (...list: readonly Line[]): Block => ({block: 'lines', lines: list});

/** One heading. */
export const heading = (text: string, right?: string): Block =>
	lines({text, tone: 'bold', ...(right !== undefined && {right})});

/** A paragraph that is broken where the screen ends. */
export const paragraph = (text: string, tone: Line['tone'] = 'plain', indent = 0): Line => ({
	text,
	tone,
	indent,
	wrap: true,
});

/** The keys that mean the same everywhere. */
export const keys = {
	help: {key: 'help', does: 'help'},
	steps: {key: 'steps', does: 'steps'},
	leave: {key: 'interrupt', does: 'leave, everything is kept'},
	choose: {key: 'up-down', does: 'choose'},
	scroll: {key: 'up-down', does: 'scroll'},
	close: {key: 'escape', does: 'close'},
} as const;
