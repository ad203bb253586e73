/** What terminals send for a key, as tables: terminals disagree about Home, End, F1 and the modifiers, and all of them come over SSH. */
import type {Key, NamedKey} from './keys.ts';

/** A byte below 32, or 127; undefined for those that mean nothing here. Escape is not among them: it may begin a sequence. */
export const controlKey = (byte: number): Key | undefined => named(controls.get(byte));

/** After ESC, without any bracket: Alt and a letter. */
export const chordKey = (byte: number): Key | undefined => named(chords.get(byte));

/**
 * A whole CSI (`[1;5C`) or SS3 (`OP`) sequence without its ESC. Undefined for terminal replies, focus and mouse reports and keys we do not use.
 * `alt`: another ESC stood before it, as PuTTY and rxvt send Alt with an arrow.
 */
export const sequenceKey = (sequence: string, alt: boolean): Key | undefined => {
	const linux = /^\[\[([A-E])$/.exec(sequence)?.[1];
	if (linux !== undefined) return named(linuxFunctionKeys[linux]);
	const [, kind, first = '', second, final = ''] = /^([[O])(\d*)(?:;(\d+))?([A-Za-z~$^@])$/.exec(sequence) ?? [];
	if (kind === undefined) return undefined;
	if (tildes.has(final)) return named(byNumber[first]);
	// `[1;5C` is today's, `[5C` and `O5C` what older ones send.
	const modifiers = Number(second ?? (first === '' ? 1 : first)) - 1;
	const word = alt || (modifiers & (altBit | ctrlBit)) !== 0 || (kind === 'O' && final >= 'a');
	const key = byLetter[final.toUpperCase()];
	if (final >= 'a' && !'abcd'.includes(final)) return undefined;
	if (word && key === 'left') return named('word-left');
	if (word && key === 'right') return named('word-right');
	if (final === 'M') return kind === 'O' ? named('enter') : undefined;
	return named(key);
};

const altBit = 2;
const ctrlBit = 4;

const named = (key: NamedKey | undefined): Key | undefined => (key === undefined ? undefined : {key});

const controls: ReadonlyMap<number, NamedKey> = new Map([
	[0x01, 'home'],
	[0x03, 'interrupt'],
	[0x04, 'delete'],
	[0x05, 'end'],
	[0x07, 'help'],
	[0x08, 'backspace'],
	[0x09, 'tab'],
	[0x0a, 'enter'],
	[0x0b, 'delete-to-end'],
	[0x0c, 'redraw'],
	[0x0d, 'enter'],
	[0x0f, 'unproven'],
	[0x12, 'retry'],
	[0x14, 'steps'],
	[0x15, 'delete-to-start'],
	[0x17, 'delete-word'],
	[0x1a, 'suspend'],
	[0x7f, 'backspace'],
]);

const chords: ReadonlyMap<number, NamedKey> = new Map([
	[0x03, 'interrupt'],
	[0x08, 'delete-word'],
	[0x7f, 'delete-word'],
	[0x62, 'word-left'],
	[0x66, 'word-right'],
]);

/** rxvt ends a shifted key in `$`, with Ctrl in `^`, with both in `@`. */
const tildes: ReadonlySet<string> = new Set(['~', '$', '^', '@']);

const byNumber: Readonly<Record<string, NamedKey>> = {
	1: 'home',
	3: 'delete',
	4: 'end',
	5: 'page-up',
	6: 'page-down',
	7: 'home',
	8: 'end',
	11: 'help',
	12: 'steps',
};

const byLetter: Readonly<Record<string, NamedKey>> = {
	A: 'up',
	B: 'down',
	C: 'right',
	D: 'left',
	F: 'end',
	H: 'home',
	P: 'help',
	Q: 'steps',
	Z: 'back-tab',
};

const linuxFunctionKeys: Readonly<Record<string, NamedKey>> = {A: 'help', B: 'steps'};
