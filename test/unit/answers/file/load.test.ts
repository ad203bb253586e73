import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {stackIdOf} from '#answers/file/head.ts';
import {loadAnswers} from '#answers/file/load.ts';
import {secret} from '#answers/questions/questions.ts';
import {Secret} from '#model/secret.ts';
import {defineStack, defineStep} from '#model/step.ts';
import {caught} from '../caught.ts';
import {application, database, facts, least, stack} from '../steps.ts';

const load = (text: string, sets: readonly string[] = []) => loadAnswers({text, name: 'a.yaml'}, stack, {facts, sets});
const problems = async (text: string, sets: readonly string[] = []): Promise<readonly string[]> => {
	const fault = await caught(() => load(text, sets));
	expect(fault.code).toBe('answers.bad');
	return fault.details;
};
const head = 'version: 1\nstack: small\n';
const site = 'application:\n  hostName: www.example.org\n';

describe('layers', () => {
	test('a missing section means defaults, of the question, the host, earlier answers and the stack', async () => {
		const {answers, provenance, inputs} = await load(least);
		expect(answers.get('directory')).toMatchObject({mode: 'local', baseDn: 'dc=example,dc=org', listen: 'loopback'});
		expect(answers.get('database')).toMatchObject({
			name: 'app',
			server: {kind: 'tcp', host: '127.0.0.1', port: 5433},
			pool: {size: 4},
		});
		expect(answers.get('application')).toMatchObject({
			user: 'small',
			searchBase: 'ou=users,dc=example,dc=org',
			title: null,
		});
		expect(inputs['directory']).toEqual({
			mode: 'local',
			baseDn: 'dc=example,dc=org',
			adminPassword: {secret: 'generate'},
			listen: 'loopback',
		});
		expect(Object.fromEntries(provenance)).toMatchObject({
			'directory.mode': 'default',
			'directory.baseDn': 'this host',
			'directory.listen': 'setup default',
			'database.name': 'guide default',
			'database.server.port': 'stack',
			'application.user': 'stack',
			'application.searchBase': 'directory.baseDn',
			'application.hostName': 'a.yaml:4',
		});
	});

	test('the file goes before them, --set before the file, the last --set before others', async () => {
		const text = `${head}database:\n  name: other\n  server:\n    port: 1\n${site}  user: web\n`;
		const first = await load(text);
		expect(first.answers.get('database')).toMatchObject({
			name: 'other',
			server: {kind: 'tcp', host: '127.0.0.1', port: 1},
		});
		expect(first.answers.get('application')).toMatchObject({user: 'web'});
		expect(first.provenance.get('database.server.port')).toBe('a.yaml:6');
		expect(first.provenance.get('database.server.host')).toBe('default');
		const second = await load(text, [
			'database.name=third',
			'database.server.port=2',
			'database.name=fourth',
			'application.title="# not a comment"',
			'application.aliases=[a, b]',
		]);
		expect(second.answers.get('database')).toMatchObject({name: 'fourth', server: {port: 2}});
		expect(second.answers.get('application')).toMatchObject({title: '# not a comment', aliases: ['a', 'b']});
		expect(second.provenance.get('database.name')).toBe('--set');
		expect(second.provenance.get('database.server.port')).toBe('--set');
	});

	test('a default of another branch is not laid under the chosen one', async () => {
		const {answers} = await load(`${head}database:\n  server: {kind: socket}\n${site}`);
		expect(answers.get('database')).toMatchObject({server: {kind: 'socket'}});
		const other = await load(`${head}directory: {mode: existing, uri: "ldap://x", bindPassword: {env: X}}\n${site}`);
		expect(Object.keys(other.answers.get('directory') as object).sort()).toEqual([
			'baseDn',
			'bindPassword',
			'mode',
			'uri',
		]);
	});

	test('--set can replace a whole map, and what the file said in it is forgotten', async () => {
		const {answers, provenance} = await load(`${head}database:\n  server:\n    host: db\n    port: 1\n${site}`, [
			'database.server={kind: tcp, port: 7}',
		]);
		expect(answers.get('database')).toMatchObject({server: {kind: 'tcp', host: '127.0.0.1', port: 7}});
		expect(provenance.get('database.server.port')).toBe('--set');
		expect(provenance.get('database.server.host')).toBe('default');
	});

	test('sections and maps with all their lines commented out are defaults', async () => {
		const {answers} = await load(`${head}directory:\ndatabase:\n  server:\n  pool:\n${site}`);
		expect(answers.get('database')).toMatchObject({server: {kind: 'tcp'}, pool: {size: 4}});
	});

	test('facts are read only for steps that have defaults', async () => {
		const asked: string[] = [];
		await loadAnswers({text: least}, stack, {
			facts: async step => {
				asked.push(step.id);
				return facts(step);
			},
		});
		expect(asked).toEqual(['directory', 'application']);
	});

	test('a stack whose order does not fit the uses is a fault of the stack', async () => {
		const wrong = defineStack({...stack, steps: [database, application]});
		expect(await caught(() => loadAnswers({text: least}, wrong, {facts}))).toMatchObject({code: 'stack.uses'});
	});
});

describe('problems', () => {
	test('all at once, in the order of the file, each with the path and a sentence', async () => {
		expect(
			await problems(
				[
					'version: 1',
					'stack: smal',
					'directry: {}',
					'directory:',
					'  mode: locale',
					'  adminPassword: hunter2hunter2',
					'  basedn: dc=x',
					'  uri: http://x',
					'  baseDn: "dc=x,,"',
					'database:',
					'  port: 12',
					'  server:',
					'    port: 99999',
					'    hots: x',
					'  pool: {size: 0}',
					'application:',
					'  users: [{name: Root, password: {fiel: x}}, {name: bob}]',
					'  timeZone: Europe/Zurick',
					'  debug: yes',
					'  user: 12',
				].join('\n'),
			),
		).toEqual([
			'a.yaml:2:8: stack: these are answers for smal, not for small',
			'a.yaml:3:1: directry: is no step of small (did you mean directory?)',
			'a.yaml:5:9: directory.mode: must be one of local, existing (did you mean local?)',
			'a.yaml:6:18: directory.adminPassword: a secret is never written here: write {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}',
			'a.yaml:7:3: directory.basedn: is no question here (did you mean baseDn?)',
			'a.yaml:8:8: directory.uri: must be a URL starting with ldap://, ldaps://',
			'a.yaml:9:11: directory.baseDn: must be an LDAP name such as dc=example,dc=org: at character 6, an attribute name must start here',
			'a.yaml:11:3: database.port: is no question here',
			'a.yaml:13:11: database.server.port: must be a port: a whole number from 1 to 65535',
			'a.yaml:14:5: database.server.hots: is no question here (did you mean host?)',
			'a.yaml:15:16: database.pool.size: must be at least 1',
			'a.yaml:16:1: application.hostName: must be answered',
			'a.yaml:17:18: application.users[0].name: must be a user or group name: at most 32 of a-z, 0-9, _ and -, not starting with a digit or -',
			'a.yaml:17:34: application.users[0].password: must be one of {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true} (did you mean file?)',
			'a.yaml:17:46: application.users[1].password: must be answered: write {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}',
			'a.yaml:18:13: application.timeZone: must be a time zone such as Europe/Zurich (did you mean Europe/Zurich?)',
			'a.yaml:19:10: application.debug: must be true or false (yes and no are text in YAML 1.2)',
			'a.yaml:20:9: application.user: must be text: put it in quotes',
		]);
	});

	test('after a bad discriminator a key is wrong only if every branch that has it says so, and nothing counts as missing', async () => {
		expect(
			await problems(
				`${head}directory: {mode: x, uri: "ldap://x", listen: nowhere, bindPassword: {secret: generate}}\ndatabase: {server: {kind: tpc, port: 0, host: db}}\n${site}`,
			),
		).toEqual([
			'a.yaml:3:19: directory.mode: must be one of local, existing',
			'a.yaml:3:47: directory.listen: must be one of loopback, all',
			'a.yaml:3:70: directory.bindPassword: must be one of {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}',
			'a.yaml:4:27: database.server.kind: must be one of socket, tcp (did you mean tcp?)',
			'a.yaml:4:38: database.server.port: must be a port: a whole number from 1 to 65535',
		]);
	});

	test('a key of the branch that was not chosen says which one it belongs to', async () => {
		expect(await problems(`${head}directory: {mode: local, uri: "ldap://x"}\n${site}`)).toEqual([
			'a.yaml:3:26: directory.uri: does not belong here; it is a question of mode: existing',
		]);
	});

	test('references to secrets are as strict as the rest', async () => {
		const lines = await problems(
			`${head}directory: {adminPassword: {file: x, env: Y}}\ndatabase: {password: {secret: generate, length: 3}}\n${site}  users: [{name: a, password: {env: "1 x"}}, {name: b, password: {credential: ../x}}, {name: c, password: {prompt: no}}, {name: d, password: [x]}]\n`,
		);
		expect(lines.map(line => line.replace(/^a\.yaml:\d+:\d+: /, ''))).toEqual([
			'directory.adminPassword: {file: …} takes no other key: write one of {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}',
			'database.password.length: must be at least 16',
			'application.users[0].password.env: must be the name of an environment variable',
			'application.users[1].password.credential: must be the name of a systemd credential, as in LoadCredential=',
			"application.users[2].password: what follows 'prompt:' is not right: write one of {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}",
			'application.users[3].password: must be one of {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}',
		]);
	});

	test('with an earlier step in error, a question that it would have answered is not called missing, and one without any default is', async () => {
		expect(await problems(`${head}directory: {baseDn: x}\napplication: {debug: true}\n`)).toEqual([
			"a.yaml:3:21: directory.baseDn: must be an LDAP name such as dc=example,dc=org: at character 2, '=' must follow x",
			'a.yaml:4:1: application.hostName: must be answered',
		]);
	});

	test.each([
		['', "a.yaml:1:1: is empty: start with 'version: 1' and 'stack: small'"],
		['# nothing\n', "a.yaml:1:1: is empty: start with 'version: 1' and 'stack: small'"],
		['- a\n', 'a.yaml:1:1: must be a map with version, stack and one section per step'],
		['stack: small\napplication: {hostName: a}\n', "a.yaml:1:1: version: must be answered: write 'version: 1'"],
		['version: "1"\nstack: small\napplication: {hostName: a}\n', 'a.yaml:1:10: version: must be 1'],
		[
			'version: 2\nstack: other\nwhat: x\n',
			'a.yaml:1:10: version: is newer than this setup, which reads version 1: update setup',
		],
		[`version: 1\napplication: {hostName: a}\n`, "a.yaml:1:1: stack: must be answered: write 'stack: small'"],
		[`${head}application: 3\n`, 'a.yaml:3:14: application: must be a map of keys and values'],
		[
			`${head}application: {hostName: }\n`,
			'a.yaml:3:15: application.hostName: has no value: write one, or take the line out',
		],
		[head, 'a.yaml:1:1: application.hostName: must be answered'],
	])('%j', async (text, line) => expect(await problems(text)).toEqual([line]));

	test('a bad default of the stack is not blamed on the file', async () => {
		const fault = await caught(() =>
			loadAnswers({text: least}, defineStack({...stack, defaults: {'application.user': 'Not A User'}}), {facts}),
		);
		expect(fault.details[0]).toMatch(/^default of the stack: application\.user: must be a user or group name/);
	});
});

describe('--set', () => {
	test('every malformed one is named, and no value is repeated', async () => {
		const fault = await caught(() =>
			load(least, [
				'hunter2 hunter2',
				'databse.name=hunter2',
				'database=hunter2',
				'database.name=[hunter2',
				'database..x=hunter2',
				'database.__proto__=hunter2',
			]),
		);
		expect(fault.code).toBe('usage.set');
		expect(fault.details).toEqual([
			"--set hunter2...: '=' is missing.",
			'--set databse.name: databse is no step of this stack (did you mean database?).',
			'--set database: a key is missing after the step.',
			'--set database.name: the value is not YAML: a quote, a bracket or a colon is missing.',
			'--set database..x: a key is missing after the step.',
			'--set database.__proto__: a key is missing after the step.',
		]);
	});

	test('a value or key that the questions refuse is a problem beside those of the file', async () => {
		expect(
			await problems(`${head}${site}  debug: 1\n`, [
				'database.nme=x',
				'database.password=hunter2',
				'database.server.port=abc',
				'database.pool.size.x=1',
			]),
		).toEqual([
			'a.yaml:5:10: application.debug: must be true or false',
			'--set database.password: database.password: a secret is never written here: write {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}',
			'--set database.server.port: database.server.port: must be a port: a whole number from 1 to 65535',
			'--set database.pool.size.x: database.pool.size: must be a number',
			'--set database.nme: database.nme: is no question here (did you mean name?)',
		]);
	});
});

describe('secrets', () => {
	test('are empty boxes named after their question, with where they come from', async () => {
		const {answers, secrets} = await load(
			`${head}${site}  users: [{name: alice, password: {env: A}}, {name: bob, password: {secret: generate, length: 50}}]\n`,
		);
		expect(secrets.map(one => [one.name, one.ref, one.at])).toEqual([
			['directory.adminPassword', {secret: 'generate'}, 'default of the question'],
			['database.password', {secret: 'generate'}, 'default of the question'],
			['application.users[alice].password', {env: 'A'}, 'a.yaml:5:35'],
			['application.users[bob].password', {secret: 'generate', length: 50}, 'a.yaml:5:68'],
		]);
		const users = (answers.get('application') as {readonly users: readonly {readonly password: unknown}[]}).users;
		expect(users[0]!.password).toBe(secrets[2]!.secret);
		expect(users[0]!.password).toBeInstanceOf(Secret);
		expect(secrets.every(one => !one.secret.known)).toBe(true);
		expect(secrets[1]!.title).toBe('Password of the role');
	});

	test('a relative file starts at the answers file, one from --set at the working directory', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'answers-'));
		try {
			const path = join(directory, 'a.yaml');
			await writeFile(path, `${head}database: {password: {file: ./db.secret}}\n${site}`);
			const loaded = await loadAnswers({path}, stack, {facts, sets: ['directory.adminPassword={file: x}']});
			expect(loaded.secrets.map(one => one.ref)).toEqual([
				{file: join(process.cwd(), 'x')},
				{file: join(directory, 'db.secret')},
			]);
			expect(loaded.inputs['database']).toMatchObject({password: {file: join(directory, 'db.secret')}});
			expect(loaded.provenance.get('database.password')).toBe(`${path}:3`);
		} finally {
			await rm(directory, {recursive: true});
		}
	});

	test('that must be answered have no default', async () => {
		const step = defineStep({
			id: 'one',
			title: 'One',
			about: '',
			guide: '',
			questions: z.strictObject({password: secret()}),
			resources: () => [],
		});
		const fault = await caught(() =>
			loadAnswers({text: 'version: 1\nstack: s\n'}, {...stack, id: 's', defaults: {}, steps: [step]}, {facts}),
		);
		expect(fault.details).toEqual([
			'answers:1:1: one.password: must be answered: write {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}',
		]);
	});
});

describe('the file', () => {
	test.each(['/nowhere/a.yaml', '/', '/etc/hostname/x'])('%s cannot be read', async path => {
		expect(await caught(() => loadAnswers({path}, stack, {facts}))).toMatchObject({code: 'answers.file'});
	});

	test('says which stack it is for', async () => {
		expect(await stackIdOf({text: least}, ['ipynbsrv', 'small'])).toBe('small');
		expect((await caught(() => stackIdOf({text: least}, ['ipynbsrv', 'smell']))).details).toEqual([
			'answers:2:8: stack: is none that setup knows (did you mean smell?)',
		]);
		expect((await caught(() => stackIdOf({text: 'a: 1'}, ['a', 'b']))).details).toEqual([
			'answers:1:1: stack: must be answered: a, b',
		]);
		expect((await caught(() => stackIdOf({text: 'a: [1'}, ['a', 'b']))).details[0]).toMatch(
			/^answers:1:6: is not YAML/,
		);
	});
});
