/** What a secret may be where a program puts it into an address as it is. */
import {expect, test} from 'vitest';
import {secret} from '#answers/questions/questions.ts';
import {limitsOf} from '#answers/secrets/secret-file.ts';
import {newSecret, secretFault} from '#answers/secrets/secret-value.ts';

test('one that goes into an address as it is has nothing that an address reads, and a generated one is such', () => {
	const limits = limitsOf(secret({plain: true}))!;
	for (const value of [
		'p@ssword',
		'pass:word',
		'pass/word',
		'pass%41word',
		'pass word',
		'pässword',
		'pass"word',
		'a?b#c[d]',
	])
		expect(secretFault(value, limits), value).toMatch(/^holds more than letters/);
	expect(secretFault('short', limits)).toMatch(/too short/);
	for (const value of ['letters-and.digits_7~', newSecret(32)]) expect(secretFault(value, limits)).toBeUndefined();
	expect(secretFault('p@ss:w/rd%', limitsOf(secret())!)).toBeUndefined();
});
