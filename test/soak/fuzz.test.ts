/** 100 000 damaged files of each format, other ones than npm test has. */
import {expect, test} from 'vitest';
import {formats} from '../fuzz/formats.ts';
import {fuzz} from '../fuzz/run.ts';

test.each(Object.keys(formats))('%s', async format => {
	expect((await fuzz(format, {count: 100_000, from: 1_000_000, longEvery: 2000})).join('\n\n')).toBe('');
});
