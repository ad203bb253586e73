/** A state drawn by Ink at any size, as the lines that stand on the terminal. */
import {EventEmitter} from 'node:events';
import {stripVTControlCharacters} from 'node:util';
import {render} from 'ink';
import {createElement} from 'react';
import {Screen} from '#ui/ink/screen.tsx';
import {quietStdin} from '#ui/keyboard/quiet-stdin.ts';
import {type Glyphs, unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import type {View} from '../../../src/ui/view/types.ts';

type Size = {readonly columns: number; readonly rows: number};

/** The last frame, without its colours. */
export const draw = async (view: View, size: Size, glyphs: Glyphs = unicodeGlyphs): Promise<readonly string[]> => {
	let frame = '';
	const stdout = Object.assign(new EventEmitter(), {
		...size,
		isTTY: true,
		write: (text: string, ...rest: readonly unknown[]) => {
			if (text !== '') frame = text;
			const done = rest.find(one => typeof one === 'function');
			if (done) setImmediate(done as () => void);
			return true;
		},
	}) as unknown as NodeJS.WriteStream;
	const ink = render(createElement(Screen, {view, size, glyphs}), {
		stdout,
		stdin: quietStdin(),
		debug: true,
		patchConsole: false,
		exitOnCtrlC: false,
		interactive: true,
	});
	await ink.waitUntilRenderFlush();
	const last = frame;
	ink.unmount();
	return stripVTControlCharacters(last)
		.split('\n')
		.map(line => line.trimEnd());
};
