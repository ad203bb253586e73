/** A value that is not known leaves a trace of having been asked for: what was concluded from that is nothing that is known. */
import {expect, test} from 'vitest';
import {askedInVain, derive, fill, Secret, sameText} from '#model/secret.ts';

test('each question for a value that is not known counts, also through what is made of it, and none for one that is', () => {
	const secret = new Secret('app.password');
	const quoted = derive(secret, plain => `'${plain}'`);
	const before = askedInVain();
	expect(sameText(['a', secret], 'ab')).toBe(false);
	const once = askedInVain();
	expect(once).toBeGreaterThan(before);
	expect(sameText([quoted], "'b'")).toBe(false);
	expect(askedInVain()).toBeGreaterThan(once);
	fill(secret, 'b');
	const known = askedInVain();
	expect(sameText(['a', secret], 'ab')).toBe(true);
	expect(askedInVain()).toBe(known);
});
