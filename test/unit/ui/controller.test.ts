/** When a question is seen: once it is on disk that the operator is there. Else a kill right after it would have the one before asked again. */
import {PassThrough} from 'node:stream';
import {describe, expect, test, vi} from 'vitest';
import {inkRenderer} from '#ui/ink/renderer.tsx';
import {ndjsonRenderer} from '#ui/ndjson/renderer.ts';
import {plainRenderer} from '#ui/plain/renderer.ts';
import {unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import {control, type Renderer} from '../../../src/ui/controller.ts';
import type {Key} from '../../../src/ui/keyboard/keys.ts';
import {placeAt} from '../../../src/ui/state/go.ts';
import type {Msg} from '../../../src/ui/state/msg.ts';
import type {State} from '../../../src/ui/state/types.ts';
import {states} from '../../ui/support/states.ts';
import {interview, stack} from './state/sample.ts';

const settled = (): Promise<void> => new Promise(done => setImmediate(done));

/** A walk at its first question, with a disk that writes when it is told to. */
const walk = async () => {
	const shown: string[] = [];
	const writes: PromiseWithResolvers<void>[] = [];
	let send = (_msg: Msg): void => {};
	const drawn = (state: State): string => state.over?.over ?? placeAt(state)?.question?.path ?? state.screen.at;
	const end = control({
		size: {columns: 80, rows: 24},
		perform: async effect => {
			if (effect.do !== 'place') return;
			const write = Promise.withResolvers<void>();
			writes.push(write);
			await write.promise;
		},
		open(given): Renderer {
			send = given;
			return {
				show: (state, held) => void (held || state.leave || shown.push(drawn(state))),
				close: async () => {},
			};
		},
	});
	send({type: 'opened', stack, interview, passed: [], at: {step: 'one', question: 'a'}});
	const key = (named: Key['key']): void => send({type: 'key', key: {key: named} as Key});
	return {shown, writes, end, key, send: (msg: Msg) => send(msg)};
};

describe('a place that is not on disk yet', () => {
	test('is not shown, and is when it is', async () => {
		const {shown, writes} = await walk();
		expect(shown).not.toContain('a');
		writes[0]?.resolve();
		await settled();
		expect(shown.at(-1)).toBe('a');
	});

	test('takes keys meanwhile; the last place is what is shown', async () => {
		const {shown, writes, key} = await walk();
		writes[0]?.resolve();
		await settled();
		const before = shown.length;
		key('enter');
		key('back-tab');
		key('enter');
		expect(shown).toHaveLength(before);
		for (const write of writes) write.resolve();
		await settled();
		expect(shown.slice(before)).toEqual(['b']);
	});

	test('hides no fault: a disk that is full says so', async () => {
		const {shown, writes, key} = await walk();
		writes[0]?.resolve();
		await settled();
		key('enter');
		writes[1]?.reject(new Error('no space left'));
		await settled();
		expect(shown.at(-1)).toBe('detail');
	});

	test('does not keep the operator from leaving', async () => {
		const {end, key} = await walk();
		key('interrupt');
		expect(await end).toMatchObject({code: 130});
	});
});

describe('what is held is drawn by none:', () => {
	const question = states['question-text']!;

	test('the full screen', () => {
		const mount = vi.fn(() => ({rerender: vi.fn(), unmount: async () => {}, away: vi.fn(), redraw: async () => {}}));
		const {show} = inkRenderer({mount: mount as never, glyphs: unicodeGlyphs});
		show(question, true);
		expect(mount).not.toHaveBeenCalled();
		show(question);
		expect(mount).toHaveBeenCalledTimes(1);
	});

	test.each(['plain', 'ndjson'])('%s', async kind => {
		let said = '';
		const options = {
			stdin: new PassThrough(),
			stdout: {write: (text: string) => Boolean((said += text))} as never,
			glyphs: unicodeGlyphs,
			onMsg: () => {},
		};
		const {show, close} = kind === 'plain' ? plainRenderer(options) : ndjsonRenderer(options);
		try {
			show(question, true);
			expect(said).toBe('');
			show(question);
			await vi.waitFor(() => expect(said).not.toBe(''));
		} finally {
			await close();
		}
	});
});
