import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {loadAnswers} from '#answers/file/load.ts';
import {askAgain} from '#answers/interview/ask-again.ts';
import {beginDraft, dropDraft, saveDraft} from '#answers/interview/drafts.ts';
import {type Asked, type Given, interview} from '#answers/interview/interview.ts';
import {clearTyped, readTyped, type Typed} from '#answers/interview/typed.ts';
import {forgetUnusedTyped, keepTypedSecret} from '#answers/interview/typed-secrets.ts';
import type {FactsOf} from '#answers/resolve/resolve-answers.ts';
import {writeSecretStore} from '#answers/secrets/secret-store.ts';
import type {Stack} from '#model/step.ts';
import {stack as ipynbsrv} from '#stacks/ipynbsrv/stack.ts';
import {stack as small, facts as smallFacts} from '../steps.ts';

const hostFacts: FactsOf = async () => ({
	hostNames: ['notebook1', 'localhost'],
	localZone: 'Europe/Kyiv',
	docker0: {address: undefined, apiVersion: undefined},
	firewallsConfigured: [],
	sshPorts: [22],
});
let directory = '';
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'interview-'));
});
afterAll(() => rm(directory, {recursive: true}));

const view = (stack: Stack, facts: FactsOf) => {
	const see = (given: Given, provenance: Readonly<Record<string, string>> = {}) =>
		interview(stack, given, {facts, provenance});
	const question = async (given: Given, key: string): Promise<Asked | undefined> => {
		const [step, ...path] = key.split('.');
		return (await see(given)).steps.find(({id}) => id === step)?.questions.find(one => one.path === path.join('.'));
	};
	const type = async (given: Given, key: string, how: string | Omit<Typed, 'step' | 'path'>) => {
		const [step = '', ...path] = key.split('.');
		return readTyped(
			stack,
			given,
			{step, path: path.join('.'), ...(typeof how === 'string' ? {text: how} : how)},
			{facts},
		);
	};
	const must = async (given: Given, key: string, how: string | Omit<Typed, 'step' | 'path'>): Promise<Given> => {
		const read = await type(given, key, how);
		if ('problem' in read) throw new Error(`${key}: ${read.problem}`);
		return read.given;
	};
	return {see, question, type, must};
};
const ipy = view(ipynbsrv, hostFacts);
const app = view(small, smallFacts);

describe('what is asked', () => {
	test('how others are reached only where this host names a proxy, or an answer does', async () => {
		const shown = async (facts: FactsOf, given: Given = {}) =>
			(await view(ipynbsrv, facts).see(given)).steps.find(({id}) => id === 'fetching')?.questions.map(({path}) => path);
		expect(await shown(hostFacts)).toBeUndefined();
		expect(await shown(hostFacts, {fetching: {proxy: {use: 'none'}}})).toEqual(['proxy.use']);
		const proxy = {
			proxy: {address: 'http://p:3128', except: []},
			from: '/etc/apt/apt.conf.d/80proxy:1',
			inEnvironment: false,
		};
		const hinted = await shown(async step => ({...(await hostFacts(step)), proxy}));
		expect(hinted).toEqual(['proxy.use', 'pip', 'npm', 'mirrors']);
	});

	test('every question of the branches that the present answers choose, and no other', async () => {
		const paths = async (given: Given) =>
			(await app.see(given)).steps.map(({questions}) => questions.map(({path}) => path));
		expect((await paths({}))[0]).toEqual(['mode', 'baseDn', 'adminPassword', 'listen']);
		expect((await paths({directory: {mode: 'existing'}}))[0]).toEqual(['mode', 'uri', 'baseDn', 'bindPassword']);
		expect((await paths({}))[1]).toEqual([
			'name',
			'password',
			'server.kind',
			'server.host',
			'server.port',
			'pool.size',
			'pool.wait',
		]);
		expect((await paths({database: {server: {kind: 'socket'}}}))[1]).not.toContain('server.port');
	});

	test('each with its value, where that is from, and what is missing', async () => {
		expect(await app.question({}, 'directory.baseDn')).toMatchObject({
			value: 'dc=example,dc=org',
			text: 'dc=example,dc=org',
			origin: 'this host',
			answered: false,
		});
		expect(await app.question({}, 'database.server.port')).toMatchObject({
			value: 5433,
			text: '5433',
			origin: 'stack',
			default: 5433,
		});
		expect(await app.question({}, 'database.name')).toMatchObject({text: 'app', origin: 'guide default'});
		const host = await app.question({}, 'application.hostName');
		expect(host).toMatchObject({value: undefined, text: '', missing: true, required: true});
		expect(host).not.toHaveProperty('problem');
		const given = await app.must({}, 'database.name', 'other');
		expect(await app.question(given, 'database.name')).toMatchObject({
			value: 'other',
			default: 'app',
			origin: 'your answer',
			answered: true,
		});
		const seen = await app.see({database: {name: 'other'}}, {'database.name': 'answers.yaml:12'});
		expect(seen.steps[1]?.questions[0]).toMatchObject({origin: 'answers.yaml:12'});
		expect(seen.complete).toBe(false);
	});

	test('the default of a branch is that of the branch', async () => {
		expect(await ipy.question({}, 'ldap-directory.baseDn')).toMatchObject({default: 'dc=ipynbsrv,dc=ldap'});
		const existing = await ipy.question({'ldap-directory': {mode: 'existing'}}, 'ldap-directory.baseDn');
		expect(existing).toMatchObject({missing: true, example: 'dc=example,dc=org'});
		expect(existing).not.toHaveProperty('default');
		expect(await ipy.question({postgres: {mode: 'existing'}}, 'postgres.password')).toMatchObject({
			mayGenerate: false,
			missing: true,
		});
		expect(await ipy.question({}, 'postgres.password')).toMatchObject({
			mayGenerate: true,
			secret: 'to be generated',
			text: '',
		});
	});

	test('a secret that an earlier run generated is said to be there', async () => {
		const store = join(directory, 'secrets.json');
		await writeSecretStore(store, new Map([['ipynbsrv/postgres.password', 'c4n4ry-hunter2']]));
		const {steps} = await interview(ipynbsrv, {}, {facts: hostFacts, store});
		const secrets = steps.flatMap(step =>
			step.questions.filter(({secret}) => secret !== undefined).map(({path, secret}) => [`${step.id}.${path}`, secret]),
		);
		expect(Object.fromEntries(secrets)).toMatchObject({
			'postgres.password': 'generated earlier, and kept',
			'superuser.password': 'to be generated',
		});
		expect(JSON.stringify(steps)).not.toContain('c4n4ry');
	});

	test('yes and no, choices and time zones have their lists', async () => {
		expect((await ipy.question({}, 'packages.mkdocs'))?.choices).toEqual([
			{value: true, title: 'yes'},
			{value: false, title: 'no'},
		]);
		const zones = (await ipy.question({}, 'app-settings.timeZone'))?.choices?.map(({value}) => value);
		expect(zones?.slice(0, 2)).toEqual(['Europe/Kyiv', 'UTC']);
		expect(zones).toContain('Europe/Zurich');
		expect(new Set(zones).size).toBe(zones?.length);
	});

	test('a map that may be left out is missing nothing until one of it is answered', async () => {
		expect(await app.question({}, 'application.tls.certificate')).toMatchObject({required: false, value: undefined});
		const given = await app.must({}, 'application.tls.certificate', '/etc/ssl/certs/a.pem');
		expect(await app.question(given, 'application.tls.key')).toMatchObject({missing: true, required: true});
		expect(clearTyped(given, {step: 'application', path: 'tls.certificate'})).toEqual({});
	});

	test('answers that are no questions here are passed over', async () => {
		const seen = await app.see({
			gone: {x: 1},
			database: {name: 'x', was: 1, server: {kind: 'socket', port: 1}},
			application: {hostName: 'a.example.org'},
		});
		expect(seen).toMatchObject({complete: true});
		expect(seen.inputs?.['database']).toMatchObject({name: 'x', server: {kind: 'socket'}});
		expect(JSON.stringify(seen.inputs)).not.toContain('was');
	});

	test('the whole of ipynbsrv can be answered question by question, and loads', async () => {
		let given: Given = {};
		for (const [key, text] of [
			['sources.from', 'demo'],
			['ldap-directory.firstUser.name', 'ada'],
			['ldap-directory.firstUser.surname', 'Lovelace'],
			['superuser.email', 'admin@example.org'],
		] as const)
			given = await ipy.must(given, key, text);
		const seen = await ipy.see(given);
		expect(seen.complete).toBe(true);
		const text = JSON.stringify({version: 1, stack: 'ipynbsrv', ...seen.inputs});
		expect((await loadAnswers({text}, ipynbsrv, {facts: hostFacts})).inputs).toEqual(seen.inputs);
	});
});

describe('what is typed', () => {
	test.each([
		['packages.accept', 'memory, disk', ['memory', 'disk']],
		['openresty.flags', '', []],
		['packages.mkdocs', 'no', false],
		['ldap-directory.firstUser.uid', ' 3000 ', 3000],
		[
			'app-settings.allowedHosts',
			'a.example.org,  .example.org,10.0.0.1',
			['a.example.org', '.example.org', '10.0.0.1'],
		],
		['app-settings.dockerApiVersion', '1.41', '1.41'],
		[
			'app-settings.further',
			'{name: DEBUG, value: 1}, {name: X, value: [a]}',
			[
				{name: 'DEBUG', value: 1},
				{name: 'X', value: ['a']},
			],
		],
		[
			'app-settings.further',
			"[{name: \"DATABASES['ldap']['NAME']\", value: yes}]",
			[{name: "DATABASES['ldap']['NAME']", value: 'yes'}],
		],
		['application.home', ' /srv/x ', '/srv/x'],
		['application.python.packages', 'a==1, b', ['a==1', 'b']],
		['app-server.memberText', '  two  words', '  two  words'],
		['openresty.jobs', '2', 2],
	])('%s: %j is %j', async (key, text, value) => {
		const given = await ipy.must({}, key, text);
		const asked = await ipy.question(given, key);
		expect(asked).toMatchObject({value, answered: true});
		expect(asked?.problem).toBeUndefined();
		expect((await ipy.question(await ipy.must({}, key, asked!.text), key))?.value).toEqual(value);
	});

	test.each([
		['packages.accept', 'memory, dsik', /^entry 2 must be one of .* \(did you mean disk\?\)$/],
		['packages.mkdocs', 'maybe', /^must be yes or no$/],
		['ldap-directory.firstUser.uid', '12', /1000 or more/],
		['ldap-directory.firstUser.uid', 'x', /must be a/],
		['ldap-directory.firstUser.name', '', /must be answered/],
		['ldap-directory.mode', 'locale', /did you mean local/],
		['ldap-directory.baseDn', 'dc=x,,', /must be an LDAP name/],
		['ldap-directory.adminPassword', 'hunter2hunter2', /a secret is never written here/],
		['app-settings.allowedHosts', '', /too few|needed/],
		['app-settings.allowedHosts', '[a', /is not YAML/],
		['app-settings.further', '{name: 1x, value: 1}', /^entry 1, name must be a name/],
		['application.home', 'srv', /must be a path/],
		['application.nothing', 'x', /is not asked/],
	])('%s: %j is refused', async (key, text, problem) => {
		expect(await ipy.type({}, key, text)).toEqual({problem: expect.stringMatching(problem)});
	});

	test('nothing, or the line of the default, takes the default and notes nothing', async () => {
		expect(await ipy.must({}, 'ldap-directory.baseDn', {})).toEqual({});
		expect(await ipy.must({}, 'ldap-directory.baseDn', 'dc=ipynbsrv,dc=ldap')).toEqual({});
		expect(await ipy.must({'ldap-directory': {baseDn: 'dc=x'}}, 'ldap-directory.baseDn', '')).toEqual({});
		expect(await ipy.must({'ldap-directory': {baseDn: 'dc=x'}}, 'ldap-directory.baseDn', {})).toEqual({});
		expect(await ipy.must({openresty: {jobs: 3}}, 'openresty.jobs', '')).toEqual({});
		expect(await ipy.must({}, 'ldap-directory.mode', {value: 'local'})).toEqual({'ldap-directory': {mode: 'local'}});
	});

	test('what was answered in another branch is there again after going back, and what does not fit is forgotten', async () => {
		let given = await ipy.must({}, 'postgres.password', {value: {secret: 'generate'}});
		given = await ipy.must(given, 'postgres.hostName', 'pg.local');
		given = await ipy.must(given, 'postgres.role', 'web');
		given = await ipy.must(given, 'postgres.mode', {value: 'existing'});
		expect(await ipy.question(given, 'postgres.password')).toMatchObject({missing: true, answered: false});
		expect(await ipy.question(given, 'postgres.role')).toMatchObject({value: 'web', answered: true});
		expect(await ipy.question(given, 'postgres.hostName')).toBeUndefined();
		given = await ipy.must(given, 'postgres.mode', {value: 'local'});
		expect(await ipy.question(given, 'postgres.hostName')).toMatchObject({value: 'pg.local', answered: true});
	});

	test('a file that is named for a secret is looked into', async () => {
		const file = join(directory, 'password');
		const existing = {postgres: {mode: 'existing'}};
		expect(await ipy.type(existing, 'postgres.password', {value: {file}})).toEqual({
			problem: expect.stringMatching(/which is not there/),
		});
		await writeFile(file, 'c4n4r\n', {mode: 0o600});
		const short = await ipy.type(existing, 'postgres.password', {value: {file}});
		expect(short).toEqual({problem: 'what is in the file is too short: at least 8 characters'});
		await writeFile(file, 'c4n4ry-hunter2\n');
		const given = await ipy.must(existing, 'postgres.password', `{file: ${file}}`);
		expect(await ipy.question(given, 'postgres.password')).toMatchObject({secret: file, value: {file}, text: ''});
	});
});

describe('what is asked again', () => {
	const changed = async (given: Given, key: string, how: string | Omit<Typed, 'step' | 'path'>, of = ipy) => {
		const [step = '', ...path] = key.split('.');
		return askAgain(await of.see(given), await of.see(await of.must(given, key, how)), {step, path: path.join('.')});
	};

	test('nothing where nothing depends on it', async () => {
		expect(await changed({}, 'packages.mkdocs', 'no')).toEqual([]);
	});

	test('what a step takes from the changed one', async () => {
		expect(await changed({}, 'ldap-directory.hostName', 'ldap.example.org')).toEqual(['ldap-client.uri']);
		expect(
			await changed({'ldap-client': {uri: 'ldap://10.0.0.1/'}}, 'ldap-directory.hostName', 'ldap.example.org'),
		).toEqual(['ldap-client.uri']);
		expect(await changed({}, 'directory.baseDn', 'dc=other', app)).toEqual(['application.searchBase']);
	});

	test('what the other branch asks, unless it was answered there before', async () => {
		const again = await changed({}, 'postgres.mode', {value: 'existing'});
		expect(again).toEqual(['postgres.host', 'postgres.port', 'postgres.password', 'postgres.tls', 'postgres.ca']);
		const before = {postgres: {host: 'db.example.org', port: 5433}};
		expect(await changed(before, 'postgres.mode', {value: 'existing'})).toEqual([
			'postgres.password',
			'postgres.tls',
			'postgres.ca',
		]);
	});

	test('what is no longer answered because its default went', async () => {
		const again = await changed({sources: {from: 'demo'}}, 'sources.from', {value: 'upstream'});
		expect(again).toEqual(
			expect.arrayContaining([
				'openresty.source.url',
				'openresty.check.file',
				'application.repository',
				'openresty.version',
			]),
		);
		expect(again.filter(key => /^(packages|docker|ldap|postgres|superuser)/.test(key))).toEqual([]);
	});
});

describe('a typed secret', () => {
	test('lies in a file of its own, is referred to, and can be forgotten', async () => {
		const state = join(directory, 'state');
		const given = {'ldap-directory': {mode: 'existing'}};
		const keep = (value: string, path = 'bindPassword') =>
			keepTypedSecret(state, ipynbsrv, given, {step: 'ldap-directory', path, value}, {facts: hostFacts});
		expect(await keep('short')).toEqual({problem: 'is too short: at least 8 characters'});
		expect(await keep('with\nline')).toEqual({problem: expect.stringMatching(/more than one line/)});
		expect(await keep('long enough', 'adminPassword')).toEqual({problem: expect.stringMatching(/not asked/)});
		expect(await keep('long enough', 'uri')).toEqual({problem: expect.stringMatching(/not asked/)});
		const kept = await keep('p4ss "word" ');
		const file = join(state, 'typed/ipynbsrv/ldap-directory.bindPassword');
		expect(kept).toEqual({ref: {file}});
		expect(await readFile(file, 'utf8')).toBe('p4ss "word" \n');
		expect([(await stat(file)).mode & 0o777, (await stat(join(file, '..'))).mode & 0o777]).toEqual([0o600, 0o700]);
		const with_ = await ipy.must(given, 'ldap-directory.bindPassword', {value: {file}});
		expect(await ipy.question(with_, 'ldap-directory.bindPassword')).toMatchObject({secret: 'typed', value: {file}});
		await saveDraft(state, 'ipynbsrv', {answers: with_ as never});
		await keep('p4ss-word', 'bindPassword');
		await writeFile(join(state, 'typed/ipynbsrv/postgres.password'), 'left over\n');
		await forgetUnusedTyped(state, 'ipynbsrv');
		expect(await readdir(join(state, 'typed/ipynbsrv'))).toEqual(['ldap-directory.bindPassword']);
		expect((await beginDraft(state, 'ipynbsrv')).answers).toEqual({});
		expect(await readdir(join(state, 'typed/ipynbsrv'))).toEqual([]);
		expect(await ipy.question(with_, 'ldap-directory.bindPassword')).toMatchObject({
			problem: expect.stringMatching(/type it again/),
		});
		await dropDraft(state, 'ipynbsrv');
		await dropDraft(state, 'ipynbsrv');
	});
});
