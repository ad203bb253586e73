/** Every hint can be followed: what it names as an answer, `step.key`, is a question of a stack, under just that name. */
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {describeQuestions} from '#answers/questions/describe.ts';
import {stacks} from '#stacks/index.ts';

const root = join(import.meta.dirname, '../../..');
const sources = globSync(['src/{resources,engine,answers,tasks,host}/**/*.ts', 'steps/**/*.ts'], {cwd: root}).map(
	file => ({
		file,
		text: readFileSync(join(root, file), 'utf8'),
	}),
);

/** Strings of a source that are sentences: what an operator reads. Template parts stay as they are written. */
const sentencesOf = (text: string): readonly string[] =>
	[...text.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)]
		.map(([, , inner = '']) => inner)
		.filter(one => one.includes(' '));

const questionsOf = async (id: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
	const stack = await stacks[id]!();
	return new Map(
		stack.steps.map(step => [
			step.id as string,
			new Set(
				describeQuestions(step).flatMap(({path}) => {
					const keys = path.split('.');
					return keys.map((_, at) => keys.slice(0, at + 1).join('.'));
				}),
			),
		]),
	);
};

/** Of the host; they only look like answers. */
const files: ReadonlySet<string> = new Set(['docker.io', 'sources.list', 'sources.list.d']);

/** What stands in a template's `${}` is code. */
const namedIn = (sentence: string, steps: Iterable<string>): readonly (readonly [string, string])[] => {
	const known = new Set(steps);
	return [
		...sentence
			.replace(/\$\{[^{}]*(?:\}|$)/g, ' ')
			.matchAll(/(?<![\w./$-])([a-z][a-z-]*)\.([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)(?![\w/-])/g),
	].flatMap(([whole, step = '', key = '']) => (known.has(step) && !files.has(whole) ? [[step, key] as const] : []));
};

test.each(Object.keys(stacks))('in the stack %s', async id => {
	const questions = await questionsOf(id);
	const own = globSync([`stacks/${id}/**/*.ts`], {cwd: root}).map(file => ({
		file,
		text: readFileSync(join(root, file), 'utf8'),
	}));
	const named = own.flatMap(({file, text}) =>
		sentencesOf(text).flatMap(one => namedIn(one, questions.keys()).map(([step, key]) => ({file, step, key}))),
	);
	expect(named.filter(({step, key}) => !questions.get(step)?.has(key))).toEqual([]);
});

describe('in what all stacks share', () => {
	test('each is a question of some stack', async () => {
		const all = await Promise.all(Object.keys(stacks).map(questionsOf));
		const steps = new Set(all.flatMap(one => [...one.keys()]));
		const named = sources.flatMap(({file, text}) =>
			sentencesOf(text).flatMap(one => namedIn(one, steps).map(([step, key]) => ({file, step, key}))),
		);
		expect(named.length).toBeGreaterThan(3);
		expect(named.filter(({step, key}) => !all.some(one => one.get(step)?.has(key)))).toEqual([]);
	});

	test('and the scan finds one that nobody asks', () => {
		expect(sentencesOf("x('Answer packages.exttra.', `or app.b ${y}`)")).toEqual([
			'Answer packages.exttra.',
			'or app.b ${y}',
		]);
		expect(namedIn('Answer packages.exttra.', ['packages'])).toEqual([['packages', 'exttra']]);
		expect(namedIn('of ${packages.length} packages', ['packages'])).toEqual([]);
		expect(namedIn('see src/packages.ts, x.packages.y or packages-extra.z', ['packages'])).toEqual([]);
	});
});
