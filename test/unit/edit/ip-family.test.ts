/** The same answer as Node's. */
import {isIP} from 'node:net';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {ipFamily} from '#edit/ip-family.ts';

test('every word and every address', () => {
	const word = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.stringMatching(/^[0-9a-f:.%]{0,12}$/));
	fc.assert(
		fc.property(word, text => {
			expect(ipFamily(text)).toBe(isIP(text));
		}),
	);
	for (const text of [
		'::',
		'::1',
		':',
		'::1/128',
		'127.0.0.1',
		'127.0.0.1/32',
		'all',
		'samenet',
		'::ffff:127.0.0.1',
		'',
	])
		expect(ipFamily(text), text).toBe(isIP(text));
});
