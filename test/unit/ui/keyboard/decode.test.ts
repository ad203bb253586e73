/** Bytes to keys: a table of what terminals send, and what must hold for any bytes however they are cut. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createDecoder} from '#ui/keyboard/decode.ts';
import type {Key, NamedKey} from '#ui/keyboard/keys.ts';

const esc = '\u001b';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the pieces give, and then silence until nothing is open. */
const decode = (...pieces: readonly (string | Uint8Array)[]): readonly Key[] => {
	const decoder = createDecoder(120);
	const keys = pieces.flatMap(piece => decoder.push(typeof piece === 'string' ? bytesOf(piece) : piece));
	for (let left = 5; decoder.wait() !== undefined && left > 0; left--) keys.push(...decoder.settle());
	expect(decoder.wait()).toBeUndefined();
	return keys;
};

const words = (keys: readonly Key[]): string =>
	keys
		.map(key => {
			if (key.key !== 'text') return key.key;
			return `${key.paste ? 'paste ' : ''}${JSON.stringify(key.text)}${key.removed === undefined ? '' : ` -${key.removed}`}`;
		})
		.join(', ');

describe('what terminals send', () => {
	test.each([
		['arrows', `${esc}[A${esc}[B${esc}[C${esc}[D`, 'up, down, right, left'],
		['arrows in application mode', `${esc}OA${esc}OB${esc}OC${esc}OD`, 'up, down, right, left'],
		['Home: xterm, application, console, rxvt', `${esc}[H${esc}OH${esc}[1~${esc}[7~`, 'home, home, home, home'],
		['End: xterm, application, console, rxvt', `${esc}[F${esc}OF${esc}[4~${esc}[8~`, 'end, end, end, end'],
		['Del, pages, Insert', `${esc}[3~${esc}[5~${esc}[6~${esc}[2~`, 'delete, page-up, page-down'],
		['Shift-Tab', `${esc}[Z`, 'back-tab'],
		['F1 and F2', `${esc}OP${esc}[11~${esc}[[A${esc}OQ${esc}[12~${esc}[[B`, 'help, help, help, steps, steps, steps'],
		['F3 to F12', `${esc}OR${esc}[13~${esc}[[C${esc}[24~`, ''],
		['Ctrl and arrows: xterm, older, rxvt', `${esc}[1;5D${esc}[5C${esc}Od`, 'word-left, word-right, word-left'],
		['Alt and arrows: xterm, PuTTY', `${esc}[1;3C${esc}${esc}[D`, 'word-right, word-left'],
		['Shift and arrows: xterm, rxvt', `${esc}[1;2A${esc}[b`, 'up, down'],
		['Ctrl and Del, Shift and Del of rxvt', `${esc}[3;5~${esc}[3$`, 'delete, delete'],
		['Alt and letters', `${esc}b${esc}f${esc}d${esc}y`, 'word-left, word-right'],
		['Alt and a letter beyond ASCII', `${esc}éa${esc}語b`, '"a", "b"'],
		['Alt and Backspace', `${esc}\u007f${esc}\b`, 'delete-word, delete-word'],
		[
			'Ctrl and letters',
			'\u0001\u0005\u000b\u0015\u0017\u0004\u0008\u007f',
			'home, end, delete-to-end, delete-to-start, delete-word, delete, backspace, backspace',
		],
		[
			'more Ctrl and letters',
			'\u0003\u0007\u000c\u000f\u0012\u0014\u001a\t',
			'interrupt, help, redraw, unproven, retry, steps, suspend, tab',
		],
		[
			'Ctrl and letters without a meaning',
			'\u0002\u0006\u000e\u0010\u0011\u0013\u0016\u0018\u0019\u001c\u001d\u001e\u001f\u0000',
			'',
		],
		['Enter of the number pad', `${esc}OM`, 'enter'],
		['text and Enter in one piece', 'secret\r', '"secret", enter'],
		['text and Ctrl-C in one piece', 'abc\u0003', '"abc", interrupt'],
		['CR, LF, CR LF', '\r\n\n\r\r\n', 'enter, enter, enter, enter'],
		['Escape', esc, 'escape'],
		['Escape twice', `${esc}${esc}`, 'escape, escape'],
		['Escape three times and an arrow', `${esc}${esc}${esc}[A`, 'escape, up'],
		['Escape and Ctrl-C', `${esc}\u0003`, 'interrupt'],
	])('%s', (_name, sent, expected) => expect(words(decode(sent))).toBe(expected));

	test.each([
		['kitty', `${esc}[?0u`],
		['where the cursor is', `${esc}[24;80R`],
		['what the terminal is', `${esc}[?62;1;6c${esc}[>41;330;0c`],
		['a mode', `${esc}[?2026;1$y`],
		['focus', `${esc}[I${esc}[O`],
		['mouse', `${esc}[<0;10;10M${esc}[<0;10;10m`],
		['colours, ended by BEL', `${esc}]11;rgb:0000/0000/0000\u0007`],
		['colours, ended by ST', `${esc}]11;rgb:0000/0000/0000${esc}\\`],
		['a name', `${esc}P>|XTerm(390)${esc}\\`],
		['a stray end of paste', `${esc}[201~`],
	])('a reply about %s is swallowed whole', (_name, sent) => expect(words(decode(`a${sent}b`))).toBe('"a", "b"'));
});

/** One way to each; the type says when a key was added that no byte gives. */
const ways: Readonly<Record<NamedKey, string>> = {
	enter: '\r',
	escape: esc,
	tab: '\t',
	'back-tab': `${esc}[Z`,
	up: `${esc}[A`,
	down: `${esc}[B`,
	left: `${esc}[D`,
	right: `${esc}[C`,
	home: '\u0001',
	end: '\u0005',
	'page-up': `${esc}[5~`,
	'page-down': `${esc}[6~`,
	backspace: '\u007f',
	delete: `${esc}[3~`,
	'word-left': `${esc}b`,
	'word-right': `${esc}f`,
	'delete-word': '\u0017',
	'delete-to-start': '\u0015',
	'delete-to-end': '\u000b',
	interrupt: '\u0003',
	help: '\u0007',
	steps: '\u0014',
	retry: '\u0012',
	unproven: '\u000f',
	redraw: '\u000c',
	suspend: '\u001a',
};

test.each(Object.entries(ways))('there are bytes for %s', (key, sent) => expect(words(decode(sent))).toBe(key));

describe('pieces and pauses', () => {
	test('an arrow in three pieces is an arrow', () => expect(words(decode(esc, '[', 'A'))).toBe('up'));

	test('a letter in UTF-8 may come byte by byte', () => {
		const pieces = [...bytesOf('é語👍')].map(byte => Uint8Array.of(byte));
		expect(words(decode(...pieces))).toBe('"é", "語", "👍"');
	});

	test('what is no UTF-8 is dropped, and what follows is not', () =>
		expect(words(decode(Uint8Array.of(0x61, 0xe9, 0x62, 0xc3, 0x0d)))).toBe('"ab", enter'));

	test('waits for the rest of a key, and for nothing else', () => {
		const decoder = createDecoder(120);
		const wait = (sent: string): number | undefined => {
			decoder.push(bytesOf(sent));
			return decoder.wait();
		};
		expect(['a', esc, '[', 'A', `${esc}[200~`, 'p', `${esc}[201~`].map(wait)).toEqual([
			undefined,
			120,
			500,
			undefined,
			500,
			500,
			undefined,
		]);
	});

	test('the rest of an arrow that comes after Escape was taken for said is no text', () => {
		const decoder = createDecoder(120);
		decoder.push(bytesOf(esc));
		expect(words(decoder.settle())).toBe('escape');
		expect(words(decoder.push(bytesOf('[Axy')))).toBe('"xy"');
		expect(words(decoder.push(bytesOf('[A')))).toBe('"[A"');
	});

	test('half a sequence is dropped', () => expect(words(decode(`a${esc}[1;`))).toBe('"a"'));
	test('a sequence that another key cuts off is dropped', () =>
		expect(words(decode(`${esc}[1;\rx${esc}]11;\ry`))).toBe('enter, "x", enter, "y"'));

	test('what was begun before `forget` is no key; Ctrl-C is, and what is begun after it', () => {
		const decoder = createDecoder(120);
		for (const begun of [esc, `${esc}[`, `${esc}[200~ye`, `${esc}O`]) {
			decoder.push(bytesOf(begun));
			decoder.forget();
			const rest = begun.includes('200') ? `s${esc}[201~` : begun.endsWith(esc) ? '[A' : 'A';
			expect(words(decoder.push(bytesOf(`${rest}x`)))).toBe('"x"');
		}
		decoder.push(bytesOf(`${esc}[`));
		decoder.forget();
		expect(words(decoder.push(bytesOf('\u0003')))).toBe('interrupt');
		decoder.push(bytesOf('\r'));
		decoder.forget();
		expect(words(decoder.push(bytesOf('\nx\r')))).toBe('"x", enter');
	});
});

describe('a paste', () => {
	const paste = (text: string): string => `${esc}[200~${text}${esc}[201~`;

	test.each([
		['is one key', paste('a b'), 'paste "a b"'],
		['ends without its line breaks', paste('p\r\n'), 'paste "p"'],
		['holds no line breaks, and says how many it did', paste('a\r\nb\nc\rd\n'), 'paste "abcd" -3'],
		['holds no control characters', paste('a\tb\u0000c\u009bd'), 'paste "abcd" -3'],
		['holds nothing unseen that comes with web pages', paste('a\u200bb\u202ec\ufeff'), 'paste "abc" -3'],
		['keeps what emoji are made of', paste('👩‍👩‍👧 ❤️ é'), 'paste "👩‍👩‍👧 ❤️ é"'],
		['holds no key', paste('a\u0015b\u007fc\u001b[Ad'), 'paste "abc[Ad" -3'],
		['of nothing is nothing', paste('\r\n'), ''],
		['is between keys', `x${paste('p')}y\r`, '"x", paste "p", "y", enter'],
	])('%s', (_name, sent, expected) => expect(words(decode(sent))).toBe(expected));

	test('whose end is lost is over after some silence', () =>
		expect(words(decode(`${esc}[200~abc`))).toBe('paste "abc"'));
	test('whose end is half lost too', () => expect(words(decode(`${esc}[200~abc${esc}[20`))).toBe('paste "abc"'));
	test('lets Ctrl-C through at once, and drops what it held', () => {
		const decoder = createDecoder(120);
		expect(words(decoder.push(bytesOf(`${esc}[200~abc\u0003`)))).toBe('interrupt');
		expect(decoder.wait()).toBe(120);
	});

	test('has a longest size', () => {
		const [key] = decode(paste('x'.repeat(70_000)));
		expect(key).toMatchObject({paste: true, removed: 70_000 - 65_536});
		expect(key?.key === 'text' && key.text.length).toBe(65_536);
	});
});

/** Neighbouring text is one, because where it is cut is the line's doing. */
const joined = (keys: readonly Key[]): readonly Key[] => {
	const all: Key[] = [];
	for (const key of keys) {
		const last = all.at(-1);
		const both = last?.key === 'text' && key.key === 'text' && !('paste' in last) && !('paste' in key);
		if (both) all.splice(-1, 1, {key: 'text', text: last.text + key.text});
		else all.push(key);
	}
	return all;
};

const interesting = fc.constantFrom(
	...['a', 'é', '語', '👩‍👧', '[', 'O', '~', '2', ';', '\\', ']', 'P', '\r', '\n', '\u0003', '\u0015', '\u007f', esc],
	...[
		`${esc}[A`,
		`${esc}[1;5D`,
		`${esc}OP`,
		`${esc}[200~`,
		`${esc}[201~`,
		`${esc}]11;x`,
		`${esc}\\`,
		'\u0007',
		`${esc}[?0u`,
		`${esc}b`,
	],
);
const sent = fc.oneof(
	fc.array(interesting, {maxLength: 20}).map(parts => bytesOf(parts.join(''))),
	fc.uint8Array({maxLength: 40}),
);

describe('for any bytes', () => {
	test('where they are cut does not matter', () =>
		fc.assert(
			fc.property(sent, fc.array(fc.nat({max: 60}), {maxLength: 8}), (bytes, cuts) => {
				const places = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
				const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
				expect(joined(decode(...pieces))).toEqual(joined(decode(bytes)));
			}),
			{numRuns: 2000},
		));

	test('each Ctrl-C is an interrupt, and text has no control characters', () =>
		fc.assert(
			fc.property(sent, bytes => {
				const keys = decode(bytes);
				expect(keys.filter(({key}) => key === 'interrupt')).toHaveLength(bytes.filter(byte => byte === 3).length);
				for (const key of keys) if (key.key === 'text') expect(key.text).not.toMatch(/[\p{Cc}\ufffd]/u);
			}),
			{numRuns: 2000},
		));
});
