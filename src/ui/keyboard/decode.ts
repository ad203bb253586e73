/** Bytes and silence to keys, without a stream and without a clock: the bytes of one key may come in many pieces, and many keys in one piece. */

import type {Key} from './keys.ts';
import {nothing, type Open, silence, step} from './states.ts';
import {cleanTyped} from './typed-text.ts';

export type Decoder = {
	/** The keys that these bytes complete. Text that came together is one key. */
	push(bytes: Uint8Array): readonly Key[];
	/** Milliseconds of silence after which `settle` has to be called; undefined when nothing is open. */
	wait(): number | undefined;
	settle(): readonly Key[];
	/** What has begun will not become a key; an interrupt still does. */
	forget(): void;
};

/** `holdEscape`: for how many milliseconds a lone ESC may still become an arrow key. */
export const createDecoder = (holdEscape: number): Decoder => {
	const utf8 = new TextDecoder();
	let open: Open = nothing;
	let forgotten = false;

	const decode = (bytes: Uint8Array): readonly Key[] => {
		const keys: Key[] = [];
		let typed: number[] = [];
		const flush = (last: boolean): void => {
			const text = cleanTyped(utf8.decode(Uint8Array.from(typed), {stream: !last}));
			typed = [];
			if (text !== '') keys.push({key: 'text', text});
		};
		for (const byte of bytes) {
			let again = true;
			while (again) {
				const next = step(open, byte);
				if (next.text === true) typed.push(byte);
				else if (open.in === 'nothing') flush(true);
				keys.push(...allowed(next.keys));
				open = next.open;
				if (open === nothing) forgotten = false;
				again = next.again === true;
			}
		}
		flush(false);
		return keys;
	};
	const allowed = (keys: readonly Key[] = []): readonly Key[] =>
		forgotten ? keys.filter(({key}) => key === 'interrupt') : keys;

	return {
		push: bytes => decode(open.in === 'escaped' ? withoutLateRest(bytes) : bytes),
		wait() {
			if (open.in === 'nothing') return undefined;
			if (open.in === 'escaped') return lateRest;
			const soon =
				open.in === 'return' || (open.in === 'sequence' && open.so === '') || (open.in === 'paste' && open.interrupted);
			return soon ? holdEscape : Math.max(holdEscape, patience);
		},
		settle() {
			const next = silence(open);
			const keys = allowed(next.keys);
			open = next.open;
			forgotten = false;
			return keys;
		},
		forget() {
			forgotten = !['nothing', 'return', 'escaped'].includes(open.in);
		},
	};
};

/** Nobody types `[A` in one go within a second of Escape: it is an arrow key whose ESC came too early. */
const withoutLateRest = (bytes: Uint8Array): Uint8Array => {
	const length = /^\[[\d;]*[A-DFHZ~]/.exec(String.fromCharCode(...bytes.subarray(0, 16)))?.[0].length ?? 0;
	return bytes.subarray(length);
};

const lateRest = 1000;
/** For half a sequence or a paste, in milliseconds. */
const patience = 500;
