import {expect, test} from 'vitest';
import {z} from 'zod';
import {describeQuestions} from '#answers/questions/describe.ts';
import {defineStep} from '#model/step.ts';
import {application, database, directory} from '../steps.ts';

const table = (step: Parameters<typeof describeQuestions>[0]) =>
	describeQuestions(step).map(one => [
		one.path,
		one.type,
		one.required,
		one.default ?? null,
		one.when.map(when => `${when.path}=${when.is.join('|')}`).join(' '),
	]);

test('a union is a choice, and what depends on it says when it is asked', () => {
	expect(table(directory)).toEqual([
		['mode', 'one of', false, 'local', ''],
		['baseDn', 'LDAP name', true, null, 'mode=local|existing'],
		['adminPassword', 'secret', false, {secret: 'generate'}, 'mode=local'],
		['listen', 'one of', false, 'loopback', 'mode=local'],
		['uri', 'URL', true, null, 'mode=existing'],
		['bindPassword', 'secret', true, null, 'mode=existing'],
	]);
	expect(describeQuestions(directory)[0]).toMatchObject({
		title: 'Where the directory is',
		help: 'An existing one is only read.',
		choices: [
			{value: 'local', title: 'On this host'},
			{value: 'existing', title: 'A server that runs already'},
		],
	});
	expect(describeQuestions(directory)[3]).toMatchObject({
		from: 'setup',
		choices: [
			{value: 'loopback', title: 'this host only'},
			{value: 'all', title: 'every address'},
		],
	});
});

test('nested maps and unions have dotted paths', () => {
	expect(table(database)).toEqual([
		['name', 'PostgreSQL name', false, 'app', ''],
		['password', 'secret', false, {secret: 'generate'}, ''],
		['server.kind', 'one of', false, 'tcp', ''],
		['server.host', 'host name or address', false, '127.0.0.1', 'server.kind=tcp'],
		['server.port', 'port', false, 5432, 'server.kind=tcp'],
		['pool.size', 'whole number', false, 4, ''],
		['pool.wait', 'number', false, null, ''],
	]);
});

test('every type has words', () => {
	expect(Object.fromEntries(describeQuestions(application).map(one => [one.path, one.type]))).toMatchObject({
		hostName: 'host name',
		user: 'user or group name',
		home: 'path',
		timeZone: 'time zone',
		debug: 'true or false',
		source: 'SHA-256',
		aliases: 'list of host name',
		settings: 'map of value',
		users: 'list of map (name, password)',
		title: 'text',
		'tls.key': 'secret',
	});
});

test('meta that was given before optional or default is still found', () => {
	const step = defineStep({
		id: 'x',
		title: 'X',
		about: '',
		guide: '',
		questions: z.strictObject({
			a: z.string().meta({title: 'A', help: 'H'}).optional(),
			b: z.string().meta({title: 'B'}).default('x'),
		}),
		resources: () => [],
	});
	expect(describeQuestions(step)).toMatchObject([
		{title: 'A', help: 'H', required: false},
		{title: 'B', default: 'x'},
	]);
});
