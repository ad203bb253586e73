/** Every question of every stack has a title and a sentence of help: the screens show both, and a question without is a riddle. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {describeQuestions} from '#answers/questions/describe.ts';
import type {Stack} from '#model/step.ts';

const folder = join(import.meta.dirname, '../../../stacks');
const stacks = readdirSync(folder).filter(name => name.endsWith('.ts') && name !== 'index.ts');

test.each(stacks)('%s', async file => {
	const module = (await import(join(folder, file))) as Record<string, unknown>;
	const [stack] = Object.values(module).filter(
		(one): one is Stack => typeof one === 'object' && one !== null && 'steps' in one,
	);
	const questions = (stack?.steps ?? []).flatMap(step =>
		describeQuestions(step).map(question => ({...question, path: `${step.id}.${question.path}`})),
	);
	expect(questions.length).toBeGreaterThan(0);
	expect(questions.filter(({title, help}) => title === '' || help === undefined).map(({path}) => path)).toEqual([]);
});
