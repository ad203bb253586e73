import {Ajv2020} from 'ajv/dist/2020.js';
import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {z} from 'zod';
import {loadAnswers} from '#answers/file/load.ts';
import {answersTemplate} from '#answers/file/template.ts';
import {oneLine, port, secret} from '#answers/questions/questions.ts';
import {answersSchema} from '#answers/questions/schema.ts';
import {defineStack, defineStep} from '#model/step.ts';
import {facts, least, stack} from '../steps.ts';

const validate = new Ajv2020({strict: true, strictTypes: false, allErrors: true}).compile(answersSchema(stack));
const head = 'version: 1\nstack: small\n';
const site = 'application: {hostName: a}\n';
const loads = (text: string): Promise<boolean> =>
	loadAnswers({text}, stack, {facts}).then(
		() => true,
		() => false,
	);

test('the template and the least answers are valid', async () => {
	expect([validate(parse(await answersTemplate(stack, facts))), validate.errors]).toEqual([true, null]);
	expect([validate(parse(least)), validate.errors]).toEqual([true, null]);
});

describe('agrees with the loader', () => {
	test.each([
		[true, `${head}directory:\n${site}`],
		[true, `${head}directory: {mode: existing, uri: "ldap://x", bindPassword: {prompt: true}}\n${site}`],
		[true, `${head}database: {server: {kind: socket}}\n${site}`],
		[true, `${head}database: {server: {port: 1}}\n${site}`],
		[true, `${head}database: {password: {secret: generate, length: 40}}\n${site}`],
		[true, `${head}application: {hostName: a, title: null, settings: {a: {b: [1, null]}}}\n`],
		[false, `version: 2\nstack: small\n${site}`],
		[false, `version: 1\nstack: other\n${site}`],
		[false, `${head}directory: {mode: other}\n${site}`],
		[false, `${head}directory: {mode: local, uri: "ldap://x"}\n${site}`],
		[false, `${head}directory: {adminPassword: hunter2hunter2}\n${site}`],
		[false, `${head}directory: {mode: existing, uri: "ldap://x", bindPassword: {secret: generate}}\n${site}`],
		[false, `${head}database: {password: {file: x, env: Y}}\n${site}`],
		[false, `${head}database: {password: {secret: generate, length: 3}}\n${site}`],
		[false, `${head}database: {nme: x}\n${site}`],
		[false, `${head}database: {name: A}\n${site}`],
		[false, `${head}database: {server: {kind: socket, port: 1}}\n${site}`],
		[false, `${head}database: {server: {port: 0}}\n${site}`],
		[false, `${head}application: {hostName: a, aliases: [a, b, c, d]}\n`],
		[false, `${head}application: {hostName: a, users: [{name: x}]}\n`],
		[false, `${head}application: {hostName: a, tls: {certificate: /x}}\n`],
		[false, `${head}application: {hostName: a, debug: "yes"}\n`],
		[false, `${head}other: {}\n${site}`],
	])('%s: %j', async (good, text) => {
		expect([validate(parse(text)), await loads(text)]).toEqual([good, good]);
	});
});

test('says titles, help, examples and defaults, those of the stack included', () => {
	// Ajv's strict mode above has refused keywords that the draft does not know.
	const schema = JSON.parse(JSON.stringify(answersSchema(stack)));
	expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
	expect(schema.properties.directory.anyOf[0].oneOf[0].properties.baseDn).toMatchObject({
		title: 'Base DN',
		description: 'Everything stands below it.',
		examples: ['dc=example,dc=org'],
	});
	expect(schema.properties.directory.anyOf[0].oneOf[0].properties.listen).toMatchObject({
		default: 'loopback',
		description: 'loopback: this host only; all: every address',
	});
	expect(schema.properties.database.anyOf[0].properties.server.oneOf[1].properties.port).toMatchObject({
		title: 'Port',
		default: 5433,
		minimum: 1,
		maximum: 65_535,
	});
});

test('what has no default anywhere is required, of sections too', () => {
	const step = defineStep({
		id: 'one',
		title: 'One',
		about: 'x',
		guide: '',
		questions: z.discriminatedUnion('mode', [
			z.strictObject({mode: z.literal('a'), password: secret(), text: oneLine().default('x')}),
			z.strictObject({mode: z.literal('b'), port: port()}),
		]),
		resources: () => [],
	});
	const small = defineStack({id: 's', title: 'S', about: 'x', guide: '', steps: [step]});
	const schema = JSON.parse(JSON.stringify(answersSchema(small)));
	expect(schema.required).toEqual(['version', 'stack', 'one']);
	expect(schema.properties.one.oneOf.map((form: {required: unknown}) => form.required)).toEqual([
		['password'],
		['mode', 'port'],
	]);
	const decided = JSON.parse(JSON.stringify(answersSchema({...small, defaults: {'one.mode': 'b', 'one.port': 80}})));
	expect(decided.required).toEqual(['version', 'stack']);
	expect(decided.properties.one.anyOf[0].oneOf[1]).toMatchObject({
		properties: {mode: {default: 'b'}, port: {default: 80}},
	});
	expect(decided.properties.one.anyOf[0].oneOf[0].required).toEqual(['mode', 'password']);
});
