/** An operator's own stack: the page that says how to write one is run, and what may be wrong with one is said. */
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {loadAnswers} from '#answers/file/load.ts';
import {answersTemplate} from '#answers/file/template.ts';
import type {Item} from '#engine/order.ts';
import {makePlan} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import type {Resource} from '#model/resource.ts';
import {ownStacks, readOwn} from '#tasks/stacks/own.ts';
import {caught} from '../answers/caught.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/stacks.md'), 'utf8');
const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

const directory = mkdtempSync('/tmp/own-stacks-');
afterAll(() => rmSync(directory, {recursive: true}));

const put = (id: string, text: string): string => {
	const file = join(directory, id, 'stack.ts');
	mkdirSync(join(directory, id), {recursive: true});
	writeFileSync(file, text, {mode: 0o644});
	return file;
};

test('the page builds a stack from nothing in 60 lines, and it plans', async () => {
	expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
	const stack = await readOwn(put('bootnote', code), 'bootnote');
	const facts = async () => ({});
	const text = await answersTemplate(stack, facts);
	const loaded = await loadAnswers({text}, stack, {facts});
	const items = stack.steps.flatMap((step): readonly Item[] => {
		const made: readonly Resource[] = step.resources(loaded.answers.get(step.id), {
			facts: {},
			uses: loaded.uses.get(step.id) ?? {},
		});
		return made.map(resource => ({step: step.id as string, resource}));
	});
	const plan = await makePlan(items, createReader());
	expect(plan.nodes.map(({resource, look}) => [resource.id, look.state])).toEqual(
		expect.arrayContaining([
			['user:bootnote', 'change'],
			['file:/etc/bootnote', 'change'],
		]),
	);
	expect(plan.nodes.filter(({look}) => look.state === 'failed')).toEqual([]);
});

test.each([
	['nothing', '', 'it has no default export that is a function'],
	['other', code, 'its id is "bootnote", and its folder is called other'],
	['thrown', 'export default () => { throw new Error("oops"); };', 'oops'],
	[
		'empty',
		'export default ({defineStack}) => defineStack({id: "empty", title: "", about: "", guide: "", steps: []});',
		'it has no steps',
	],
	['import', 'import {z} from "zod";\nexport default () => z;', "Cannot find package 'zod'"],
])('one that gives no stack says why: %s', async (id, text, why) => {
	const fault = await caught(() => readOwn(put(id, text), id));
	expect(fault).toMatchObject({code: 'stack.broken', sentence: expect.stringContaining(why)});
});

test('is found by its folder, and refused where another may write there or the name is taken', async () => {
	put('bootnote', code);
	mkdirSync(join(directory, 'no-stack'), {recursive: true});
	const found = ownStacks(['nothing'], directory).filter(({id}) => ['bootnote', 'no-stack', 'nothing'].includes(id));
	expect(found.map(({id, origin}) => [id, origin])).toEqual([
		['bootnote', join(directory, 'bootnote')],
		['nothing', join(directory, 'nothing')],
	]);
	expect(await caught(() => found[1]!.load())).toMatchObject({code: 'stack.taken'});
	writeFileSync(join(directory, 'bootnote', 'helper.ts'), '', {mode: 0o666});
	chmodSync(join(directory, 'bootnote', 'helper.ts'), 0o666);
	expect(await caught(() => found[0]!.load())).toMatchObject({
		code: 'stack.not-roots',
		sentence: expect.stringContaining('may write'),
	});
});
