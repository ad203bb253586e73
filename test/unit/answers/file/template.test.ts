import {expect, test} from 'vitest';
import {z} from 'zod';
import {exportAnswers} from '#answers/file/export.ts';
import {loadAnswers} from '#answers/file/load.ts';
import {answersTemplate} from '#answers/file/template.ts';
import {hostName, oneLine, secret, sha256} from '#answers/questions/questions.ts';
import {defineStack, defineStep} from '#model/step.ts';
import {application, directory, facts, least, stack} from '../steps.ts';

const load = (text: string) => loadAnswers({text}, stack, {facts});
const uncomment = (text: string, from: RegExp, to?: RegExp): string => {
	const lines = text.split('\n');
	const start = lines.findIndex(line => from.test(line));
	const end = to ? lines.findIndex((line, index) => index > start && to.test(line)) : lines.length;
	expect(start).toBeGreaterThan(-1);
	return lines.map((line, index) => (index > start && index < end ? line.replace(/^(\s*)# /, '$1') : line)).join('\n');
};

test('loads back to what no answers at all would give, but for the examples', async () => {
	const text = await answersTemplate(stack, facts);
	const [fromTemplate, fromNothing] = [await load(text), await load(least)];
	expect(fromTemplate.inputs).toEqual(fromNothing.inputs);
	expect(text).toMatchSnapshot();
});

test('a commented alternative can be put in place of what stands above it', async () => {
	const text = await answersTemplate(stack, facts);
	const section = text.slice(text.indexOf('\ndirectory:'), text.indexOf('\n# Database'));
	const alternative = section.slice(section.indexOf('# Or, instead'));
	const other = uncomment(`${alternative}`, /# Or, instead/);
	const {answers} = await load(text.replace(section, `\ndirectory:\n  ${other}`));
	expect(answers.get('directory')).toMatchObject({
		mode: 'existing',
		uri: 'ldaps://ldap.example.org',
		baseDn: 'dc=example,dc=org',
	});
});

test('a map that may be left out stands there to be uncommented', async () => {
	const text = uncomment(await answersTemplate(stack, facts), /# TLS/, /# Title/);
	expect((await load(text)).answers.get('application')).toMatchObject({tls: {certificate: '/etc/ssl/certs/app.pem'}});
});

test('help and facts cannot break out of their comments', async () => {
	const step = defineStep({
		id: 'one',
		title: 'One\nversion: 2',
		about: 'x\u2028evil: true\r\nevil: true',
		guide: '',
		questions: z.strictObject({
			a: oneLine().default('x').meta({title: 'T\nevil: 1', help: 'H\n\nevil: 2'}),
			b: hostName().meta({title: 'B'}),
			c: sha256().meta({title: 'C'}),
			d: secret({generate: 'never'}),
			e: oneLine().default('quote " \' # : \\ & *'),
			f: oneLine(),
		}),
		defaults: () => ({f: {value: 'from\nhost', from: 'this\nhost'}}),
		resources: () => [],
	});
	const small = defineStack({id: 's', title: 'S\nevil: 3', about: 'x\nevil: 4', guide: '', steps: [step]});
	const text = await answersTemplate(small, facts);
	expect(text.split('\n').filter(line => /^\s*evil/.test(line))).toEqual([]);
	await expect(loadAnswers({text}, small, {facts})).rejects.toMatchObject({
		details: ['default (this�host): one.f: must be one line of text without control characters'],
	});
	const {answers} = await loadAnswers({text}, small, {facts, sets: ['one.f=x']});
	expect(answers.get('one')).toMatchObject({a: 'x', b: 'example', e: 'quote " \' # : \\ & *'});
});

test('what was installed is exported with references only, and loads back to the same', async () => {
	const loaded = await loadAnswers(
		{
			text: `${least}  title: 'it''s "x": #1'\n  settings: {"a b": [1, {c: null}]}\n  users: [{name: alice, password: {file: ./alice}}]\n  tls: {certificate: /c, key: {env: KEY}}\n`,
			directory: '/srv/answers',
		},
		stack,
		{facts},
	);
	const text = exportAnswers(stack, loaded.inputs);
	expect(text).toContain('{file: /srv/answers/alice}');
	const again = await load(text);
	expect(again.inputs).toEqual(loaded.inputs);
	expect(exportAnswers(stack, again.inputs)).toBe(text);
	expect(text).toMatchSnapshot();
});

test('sections of steps that are gone are left out of an export', async () => {
	const {inputs} = await load(least);
	const text = exportAnswers({...stack, steps: [directory]}, inputs);
	expect(text).not.toContain(application.id);
});

test('a list that does not fit into a line has a line per entry', async () => {
	const flags = Array.from({length: 20}, (_, index) => `--with-module-${index}: #x`);
	const step = defineStep({
		id: 'one',
		title: 'One',
		about: '',
		guide: '',
		questions: z.strictObject({flags: z.array(oneLine()).default(flags), found: z.array(oneLine())}),
		defaults: () => ({found: {value: flags, from: 'this host'}}),
		resources: () => [],
	});
	const small = defineStack({id: 's', title: 'S', about: '', guide: '', steps: [step]});
	const text = await answersTemplate(small, facts);
	expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(100);
	for (const one of [text, text.replaceAll(/^ {2}# (found:| {2}- )/gm, '  $1')])
		expect((await loadAnswers({text: one}, small, {facts})).answers.get('one')).toEqual({flags, found: flags});
	const {inputs} = await loadAnswers({text}, small, {facts});
	expect((await loadAnswers({text: exportAnswers(small, inputs)}, small, {facts})).inputs).toEqual(inputs);
});
