/** Draws a React element with Ink, set for slow lines: only what changed is sent, few frames a second, nothing is read. */
import {render, useApp} from 'ink';
import {type ReactNode, useLayoutEffect} from 'react';
import {quietStdin} from '../keyboard/quiet-stdin.ts';
import type {Terminal} from '../terminal/terminal.ts';
import {inkOutput} from './terminal-output.ts';

export type MountOptions = {
	readonly stdout: NodeJS.WriteStream;
	/** 8 frames a second instead of 15. */
	readonly ssh: boolean;
	/** Unmounts when this is given back, so that no frame follows onto the normal screen. */
	readonly terminal?: Pick<Terminal, 'before'>;
};

export type Mounted = {
	/** After the window has changed, the next one must be made for its new size. */
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
	const output = inkOutput(stdout);
	const ink = render(<Root>{element}</Root>, {
		stdin: quietStdin(),
		stdout: output.stdout,
		interactive: true,
		alternateScreen: true,
		incrementalRendering: true,
		maxFps: ssh ? 8 : 15,
		exitOnCtrlC: false,
		patchConsole: false,
	});
	const ended = ink.waitUntilExit().then(() => {});
	ended.catch(() => {});
	const unmount = (): void => {
		output.close();
		ink.unmount();
	};
	terminal?.before(unmount);

	const away = async <T,>(run: () => Promise<T>): Promise<T> => {
		output.pass();
		const back = await app?.suspendTerminal();
		try {
			return await run();
		} finally {
			output.pass();
			await back?.resume();
		}
	};
	return {
		rerender(next) {
			if (output.stale()) {
				// Ink forgets what it has drawn, without a word to the terminal.
				ink.clear();
				output.startAnew();
			}
			ink.rerender(<Root>{next}</Root>);
		},
		async unmount() {
			unmount();
			await ended;
		},
		away,
		redraw: () => away(async () => {}),
		ended,
	};
};
