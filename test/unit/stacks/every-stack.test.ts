/** What holds of every stack, whoever wrote it: a table of all that come with setup. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import {beforeAll, describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {loadAnswers} from '#answers/file/load.ts';
import {answersTemplate} from '#answers/file/template.ts';
import {describeQuestions} from '#answers/questions/describe.ts';
import {answersSchema} from '#answers/questions/schema.ts';
import {expectsOf} from '#answers/resolve/expects.ts';
import {checks} from '#checks/index.ts';
import {type Item, orderOf} from '#engine/order.ts';
import {createReader} from '#host/reader.ts';
import type {AnyStep, Stack} from '#model/step.ts';
import {stacks} from '#stacks/index.ts';
import {withExpects} from '#tasks/doctor/old-installs.ts';
import {factsOf, openStack} from '#tasks/open-stack.ts';
import {given} from './given.ts';

const folder = join(import.meta.dirname, '../../../stacks');

describe.each(Object.keys(stacks))('the stack %s', id => {
	const answers = join(folder, id, 'answers.yaml');
	const reader = createReader();
	const facts = (step: AnyStep): Promise<Record<string, unknown>> => factsOf(step, reader);
	let stack: Stack;
	let items: readonly Item[];
	beforeAll(async () => {
		stack = await stacks[id]!();
		items = await (await openStack(answers, [], reader)).items();
	}, 60_000);

	test('is named like its folder, and its steps have names of their own', () => {
		expect(stack.id).toBe(id);
		const steps = stack.steps.map(step => step.id as string);
		expect(new Set(steps).size).toBe(steps.length);
		expect(existsSync(join(folder, id, 'GUIDE.md'))).toBe(true);
	});

	test('has a title and a sentence of help for every question', () => {
		const questions = stack.steps.flatMap(step =>
			describeQuestions(step).map(question => ({...question, path: `${step.id}.${question.path}`})),
		);
		expect(questions.length).toBeGreaterThan(0);
		expect(questions.filter(({title, help}) => title === '' || help === undefined).map(({path}) => path)).toEqual([]);
	});

	test('has an order, one thing for each id, and a maker for all that is needed', () => {
		const {makers} = orderOf(items);
		const ids = items.map(({resource}) => resource.id);
		expect(new Set(ids).size).toBe(ids.length);
		const lacking = items.flatMap(({resource}) =>
			(resource.needs ?? [])
				.filter(thing => !makers.has(thing) && !given.test(thing))
				.map(thing => `${resource.id} needs ${thing}`),
		);
		expect(lacking).toEqual([]);
	});

	test('gives a template that loads back, and a schema that takes it and the answers that come with it', async () => {
		const text = await answersTemplate(stack, facts);
		await expect(loadAnswers({text, name: 'template'}, stack, {facts})).resolves.toBeDefined();
		const validate = new Ajv2020({strict: false, allErrors: true, validateFormats: false}).compile(
			answersSchema(stack) as object,
		);
		for (const one of [text, readFileSync(answers, 'utf8')])
			expect([validate(parse(one)), validate.errors]).toEqual([true, null]);
		expect(validate({version: 1, stack: id, nonsense: {}})).toBe(false);
	});

	test('loads back what was asked of it: the inputs are answers again, and mean the same', async () => {
		const {loaded} = await openStack(answers, [], reader);
		const again = await loadAnswers({text: JSON.stringify({version: 1, stack: id, ...loaded.inputs})}, stack, {facts});
		expect(again.inputs).toEqual(loaded.inputs);
	});

	test('names checks that there are, and tells what its own steps took', () => {
		expect(checks.map(check => check.id)).toEqual(expect.arrayContaining([...(stack.preflight ?? [])]));
		expect(stack.steps.map(step => step.id)).toEqual(expect.arrayContaining(Object.keys(stack.measured?.steps ?? {})));
		for (const seconds of Object.values(stack.measured?.steps ?? {}))
			expect(seconds).toBeLessThanOrEqual(stack.measured!.seconds);
	});

	test('tells the doctor of checks that there are, in plain data without a secret, and the same from the answers alone', async () => {
		const {loaded} = await openStack(answers, [], reader);
		const expects = expectsOf(loaded);
		const known = checks.map(check => check.id);
		expect(Object.keys(expects).filter(check => !known.includes(check))).toEqual([]);
		expect(JSON.parse(JSON.stringify(expects))).toEqual(expects);
		expect((await withExpects({stack: id, answers: loaded.inputs}, reader)).expects).toEqual(expects);
	});

	test('has a question for what of its preflight is accepted, where it has a preflight', () => {
		const [step, key] = stack.needs?.accept.split('.') ?? [];
		const questions = stack.steps.filter(one => one.id === step).flatMap(describeQuestions);
		expect(questions.some(({path}) => path === key)).toBe(stack.needs !== undefined);
	});

	test('reads the facts its steps declare', async () => {
		for (const step of stack.steps) expect(Object.keys(await facts(step))).toEqual(Object.keys(step.facts ?? {}));
	});
});
