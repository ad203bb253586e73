/** The full screen: one view after the other, painted by Ink. */
import type {ReactElement} from 'react';
import {coalesce} from '../coalesce.ts';
import type {Renderer} from '../controller.ts';
import type {State} from '../state/types.ts';
import type {Glyphs} from '../terminal/glyphs.ts';
import {view} from '../view/view.ts';
import type {Mounted} from './mount.tsx';
import {Screen} from './screen.tsx';

export type InkOptions = {
	/** Draws an element for as long as the screen is open: `mount` of mount.tsx with its terminal. */
	readonly mount: (element: ReactElement) => Pick<Mounted, 'rerender' | 'unmount' | 'away' | 'redraw'>;
	readonly glyphs: Glyphs;
};

export type InkRenderer = Renderer & {
	/** The normal screen for another program, until it is done. */
	away<T>(run: () => Promise<T>): Promise<T>;
	redraw(): Promise<void>;
};

/** A run that is joined tells thousands of events at once. Ink limits what it writes, not what it computes. */
const interval = 50;

/** Mounted with the first state that is shown. */
export const inkRenderer = ({mount, glyphs}: InkOptions): InkRenderer => {
	let mounted: ReturnType<InkOptions['mount']> | undefined;
	const draw = coalesce((state: State): void => {
		const screen = <Screen view={view(state)} size={state.size} glyphs={glyphs} />;
		if (mounted) mounted.rerender(screen);
		else mounted = mount(screen);
	}, interval);
	return {
		show(state, held = false) {
			// What is printed on leaving belongs to the normal screen.
			if (state.leave || held) return;
			// Most answers are checked within this time: the top line need not flicker for them.
			if (state.busy) draw.later(state);
			else draw(state);
		},
		away: run => (mounted ? mounted.away(run) : run()),
		redraw: async () => mounted?.redraw(),
		async close() {
			draw.stop();
			await mounted?.unmount();
		},
	};
};
