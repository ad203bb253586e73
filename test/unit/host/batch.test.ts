import {expect, it} from 'vitest';
import {batched} from '#host/batch.ts';
import {fileReader} from '../support/file-reader.ts';

const counted = () => {
	const calls: (readonly string[])[] = [];
	const ask = batched('test', async (questions: readonly string[]) => {
		calls.push(questions);
		if (questions.includes('bad')) throw new Error('no');
		return questions.map(question => question.toUpperCase());
	});
	return {calls, ask};
};

it('asks once for what is asked in the same turn, and once for the same question', async () => {
	const {calls, ask} = counted();
	const host = fileReader({});
	expect(await Promise.all([ask('a', host), ask('b', host), ask('a', host)])).toEqual(['A', 'B', 'A']);
	expect(await ask('b', host)).toBe('B');
	expect(await ask('c', host)).toBe('C');
	expect(calls).toEqual([['a', 'b'], ['c']]);
});

it('asks anew in another pass', async () => {
	const {calls, ask} = counted();
	await ask('a', fileReader({}));
	await ask('a', fileReader({}));
	expect(calls).toHaveLength(2);
});

it('tells everybody of a failure', async () => {
	const {ask} = counted();
	const host = fileReader({});
	expect((await Promise.allSettled([ask('a', host), ask('bad', host)])).map(one => one.status)).toEqual([
		'rejected',
		'rejected',
	]);
});
