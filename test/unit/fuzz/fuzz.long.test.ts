/** 2000 damaged files of each format, a few of them with a line of a million characters; the soak takes 100 000. */
import {test} from 'vitest';
import {formats} from '../../fuzz/formats.ts';
import {fuzz} from '../../fuzz/run.ts';

test.concurrent.for(Object.keys(formats))('%s', {timeout: 600_000}, async (format, {expect}) => {
	expect((await fuzz(format, {count: 2000, longEvery: 400})).join('\n\n')).toBe('');
});
