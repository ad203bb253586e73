/** Draws a React element with Ink, set for slow lines: only what changed is sent, few frames a second, nothing is read. */
import {render, useApp} from 'ink';
import {type ReactNode, useLayoutEffect} from 'react';
import {quietStdin} from './quiet-stdin.ts';
import type {Terminal} from './terminal.ts';

export type MountOptions = {
	readonly stdout: NodeJS.WriteStream;
	/** 8 frames a second instead of 15. */
	readonly ssh: boolean;
	/** Unmounts when this is given back, so that no frame follows onto the normal screen. */
	readonly terminal?: Pick<Terminal, 'before'>;
};

export type Mounted = {
	rerender(element: ReactNode): void;
	/** Resolves when the last frame is out; the normal screen is back by then. */
	unmount(): Promise<void>;
	/** Leaves the alternate screen until `run` is done, then draws everything anew. */
	away<T>(run: () => Promise<T>): Promise<T>;
	/** Draws everything anew, over what somebody else wrote. */
	redraw(): Promise<void>;
	/** Rejects with what a component threw. */
	readonly ended: Promise<void>;
};

/** In the alternate screen, whatever CI says: the caller has looked at the terminal. */
export const mount = (element: ReactNode, {stdout, ssh, terminal}: MountOptions): Mounted => {
	let app: ReturnType<typeof useApp> | undefined;
	const Root = ({children}: {readonly children: ReactNode}): ReactNode => {
		const found = useApp();
		useLayoutEffect(() => {
			app = found;
		}, [found]);
		return children;
	};
	const ink = render(<Root>{element}</Root>, {
		stdin: quietStdin(),
		stdout,
		interactive: true,
		alternateScreen: true,
		incrementalRendering: true,
		maxFps: ssh ? 8 : 15,
		exitOnCtrlC: false,
		patchConsole: false,
	});
	const ended = ink.waitUntilExit().then(() => {});
	ended.catch(() => {});
	terminal?.before(() => ink.unmount());

	const away = async <T,>(run: () => Promise<T>): Promise<T> => {
		const back = await app?.suspendTerminal();
		try {
			return await run();
		} finally {
			await back?.resume();
		}
	};
	return {
		rerender: next => ink.rerender(<Root>{next}</Root>),
		async unmount() {
			ink.unmount();
			await ended;
		},
		away,
		redraw: () => away(async () => {}),
		ended,
	};
};
