import fc from 'fast-check';
import {expect, test} from 'vitest';
import {decoder, encode} from '#runner/json-lines.ts';

test('what was encoded comes out, wherever the chunks are cut', () => {
	fc.assert(
		fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat(40)), (values, cuts) => {
			const bytes = Buffer.from(values.map(encode).join(''));
			const lines = decoder();
			const out: unknown[] = [];
			let at = 0;
			for (const cut of [...cuts, bytes.length]) {
				out.push(...lines.take(bytes.subarray(at, at + cut)));
				at = Math.min(at + cut, bytes.length);
			}
			expect(JSON.stringify(out)).toBe(JSON.stringify(values));
		}),
	);
});

test('a line without end, and what is not JSON, are refused', () => {
	expect(() => decoder(10).take(Buffer.from('12345678901'))).toThrow(RangeError);
	expect(() => decoder().take(Buffer.from('{\n'))).toThrow(SyntaxError);
});
