import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import type {TestSpecification, Vitest} from 'vitest/node';
import {LongestFirst} from '../run/longest-first.ts';

const place = mkdtempSync(join(tmpdir(), 'longest-first-'));
afterAll(() => rmSync(place, {recursive: true, force: true}));

const file = (name: string, text: string): TestSpecification => {
	const moduleId = join(place, name);
	writeFileSync(moduleId, text);
	const config = {sequence: {groupOrder: 0}, isolate: true};
	return {moduleId, project: {name: 'host', config}} as unknown as TestSpecification;
};

test('who says that it takes minutes is started first, the longest before the others, then the largest', async () => {
	const files = [
		file('small', '//'),
		file('large', '// ------------------------------------------------'),
		file('short', '// minutes: 3\n'),
		file('long', '/** It is. */\n// minutes: 12\n'),
		file('told', '// It takes minutes: 99 of them\n'),
	];
	const sequencer = new LongestFirst({cache: {getTestSpecificationResult: () => undefined}} as unknown as Vitest);
	expect((await sequencer.sort(files)).map(({moduleId}) => basename(moduleId))).toEqual([
		'long',
		'short',
		'large',
		'told',
		'small',
	]);
});
