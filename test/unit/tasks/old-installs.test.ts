/** A host that an earlier setup installed must be judged as sharply as one that is installed today, and never by what a default makes of its answers. */
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import type {Json} from '#model/json.ts';
import {withExpects} from '#tasks/doctor/old-installs.ts';
import {openStack} from '#tasks/open-stack.ts';

const reader = createReader();
type Answers = Readonly<Record<string, Readonly<Record<string, Json>>>>;
let answers: Answers;
beforeAll(async () => {
	const file = join(import.meta.dirname, '../../../stacks/ipynbsrv/answers.yaml');
	answers = (await openStack(file, [], reader)).loaded.inputs as Answers;
});
const expected = async (given: Answers) => (await withExpects({stack: 'ipynbsrv', answers: given}, reader)).expects;

describe('what an old install is expected to be', () => {
	test('is told in spite of answers to questions that are no longer asked, and of steps that are gone', async () => {
		const whole = await expected(answers);
		expect(Object.keys(whole ?? {}).length).toBeGreaterThan(5);
		const older = {...answers, postgres: {...answers['postgres'], wasAsked: 'once'}, 'step-of-old': {a: 1}};
		expect(await expected(older)).toEqual(whole);
	});

	test('leaves out a step whose answers no longer fit, with all that uses it, and tells the others', async () => {
		const told = await expected({...answers, 'ldap-directory': {...answers['ldap-directory'], baseDn: 7}});
		expect(told).not.toHaveProperty(['ldap.base']);
		expect(told).not.toHaveProperty(['ldap.getent']);
		expect(told?.['postgres.application']).toEqual((await expected(answers))?.['postgres.application']);
	});

	test('leaves out a step that the stack has only had since then', async () => {
		const {postgres, ...others} = answers;
		expect(postgres).toBeDefined();
		const told = await expected(others);
		expect(told).not.toHaveProperty(['postgres.application']);
		expect(told).toHaveProperty(['ldap.base']);
	});

	test('is as it was where the stack is not known', async () =>
		expect(await withExpects({stack: 'gone', answers}, reader)).toEqual({stack: 'gone', answers}));
});
