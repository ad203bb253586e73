/** The full screen: one view after the other, painted by Ink. */

import type {ReactElement} from 'react';
import type {Renderer} from './controller.ts';
import type {Glyphs} from './glyphs.ts';
import type {Mounted} from './mount.tsx';
import {Screen} from './screens/screen.tsx';
import type {State} from './state/types.ts';
import {view} from './view/view.ts';

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

/** Mounted with the first state that is shown. */
export const inkRenderer = ({mount, glyphs}: InkOptions): InkRenderer => {
	let mounted: ReturnType<InkOptions['mount']> | undefined;
	const screen = (state: State): ReactElement => <Screen view={view(state)} size={state.size} glyphs={glyphs} />;
	return {
		show(state) {
			// What is printed on leaving belongs to the normal screen.
			if (state.leave) return;
			if (mounted) mounted.rerender(screen(state));
			else mounted = mount(screen(state));
		},
		away: run => (mounted ? mounted.away(run) : run()),
		redraw: async () => mounted?.redraw(),
		close: async () => mounted?.unmount(),
	};
};
