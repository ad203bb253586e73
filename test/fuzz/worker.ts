/** Reads one format's damaged files in a process of its own, so that one that never ends, or grows, can be ended: the number of the input at work stands at the start of its fourth descriptor. */
import {writeSync} from 'node:fs';
import {formats, wrongWith} from './formats.ts';
import {inputOf} from './inputs.ts';

const [format = '', from = '0', count = '0', longEvery = '0'] = process.argv.slice(2);
const one = formats[format]!;
const wrong: {readonly seed: number; readonly what: string}[] = [];
for (let seed = Number(from); seed < Number(from) + Number(count) && wrong.length < 3; seed += 1) {
	writeSync(3, String(seed).padEnd(16), 0);
	const what = await wrongWith(one, inputOf(one.sources, seed, Number(longEvery)));
	if (what !== undefined) wrong.push({seed, what});
}
process.stdout.write(JSON.stringify(wrong));
