import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {z} from 'zod';
import {type Given, interview} from '#answers/interview/interview.ts';
import {probesOf} from '#answers/interview/probes.ts';
import {hostOrAddress, oneLine, secret} from '#answers/questions/questions.ts';
import type {FactsOf} from '#answers/resolve/resolve-answers.ts';
import {createReader} from '#host/reader.ts';
import {isKnown, reveal} from '#model/secret.ts';
import {defineStack, defineStep} from '#model/step.ts';
import {stack as ipynbsrv} from '#stacks/ipynbsrv/stack.ts';

const facts: FactsOf = async () => ({
	hostNames: ['notebook1'],
	localZone: 'UTC',
	docker0: {address: undefined, apiVersion: undefined},
	firewallsConfigured: [],
	sshPorts: [22],
});
const offered = async (given: Given, step: string): Promise<readonly string[]> =>
	(await interview(ipynbsrv, given, {facts})).steps.find(({id}) => id === step)!.probes.map(({id}) => id);

let directory = '';
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'probes-of-'));
	await writeFile(join(directory, 'password'), 'c4n4ry-hunter2\n', {mode: 0o600});
});
afterAll(() => rm(directory, {recursive: true}));

test('a probe is offered once the questions it is about are answered, whatever else is missing', async () => {
	const existing = {mode: 'existing', uri: 'ldaps://ldap.example.org/'};
	expect(await offered({}, 'ldap-directory')).toEqual(['port-389']);
	expect(await offered({'ldap-directory': {mode: 'existing'}}, 'ldap-directory')).toEqual([]);
	expect(await offered({'ldap-directory': existing}, 'ldap-directory')).toEqual(['server']);
	const account = {...existing, bindDn: 'cn=x', bindPassword: {file: '/x'}};
	expect(await offered({'ldap-directory': account}, 'ldap-directory')).toEqual(['server', 'bind']);
	expect(await offered({'ldap-directory': {...account, baseDn: 'dc=x'}}, 'ldap-directory')).toEqual([
		'server',
		'bind',
		'entries',
	]);
	expect(await offered({'ldap-directory': {...account, bindDn: 'x,'}}, 'ldap-directory')).toEqual(['server']);
	expect(await offered({postgres: {mode: 'existing', host: 'db'}}, 'postgres')).toEqual(['server']);
	expect(await offered({openresty: {source: {url: 'https://x/y.tar.gz'}}}, 'openresty')).toEqual([
		'archive',
		'port-80',
	]);
	expect(await offered({application: {repository: 'https://x/y.git'}}, 'application')).toEqual(['repository']);
});

test('none is made of answers that another step still lacks, nor of what the demo will bring', async () => {
	const given = {'ldap-directory': {mode: 'existing', uri: 'ldap://x/'}, 'ldap-client': {uri: 'ldap://x/'}};
	expect(await offered(given, 'ldap-client')).toEqual([]);
	const whole = {
		mode: 'existing',
		uri: 'ldap://x/',
		baseDn: 'dc=x',
		bindDn: 'cn=x',
		bindPassword: {env: 'X'},
		firstUser: {name: 'a', surname: 'b'},
	};
	expect(await offered({...given, 'ldap-directory': whole}, 'ldap-client')).toEqual(['server', 'anonymous']);
	expect(await offered({sources: {from: 'demo'}}, 'openresty')).toEqual(['port-80']);
	expect(await offered({sources: {from: 'demo'}}, 'application')).toEqual([]);
	expect(await offered({sources: {from: 'demo'}}, 'assets')).toEqual([]);
});

test('every step of the stack offers its probes under any branch without a fault, each with an id of its own', async () => {
	for (const given of [
		{},
		{openresty: {source: {url: 'https://x/y'}, check: {by: 'signature', signature: 'no url', key: ':'}}},
		{'app-settings': {allowedHosts: ['*']}},
	]) {
		for (const step of (await interview(ipynbsrv, given, {facts})).steps) {
			const ids = step.probes.map(({id}) => id);
			expect(new Set(ids).size).toBe(ids.length);
			const paths = step.questions.map(({path}) => path);
			for (const {about} of step.probes) expect(paths).toEqual(expect.arrayContaining([...about]));
			expect(await probesOf(ipynbsrv, step.id, given, {facts})).toHaveLength(ids.length);
		}
	}
	expect(await probesOf(ipynbsrv, 'none', {}, {facts})).toEqual([]);
});

test('secrets that can be read are in place, of the step and of those it uses, and the environment stays as it is', async () => {
	const seen: Record<string, string | undefined> = {};
	const first = defineStep({
		id: 'first',
		title: 'First',
		about: '',
		guide: '',
		questions: z.strictObject({password: secret({generate: 'never'}), made: secret({generate: 'default'})}),
		offers: ({password, made}) => ({
			'account:typed': {name: 'typed', password, made: 'done:typed'},
			'account:made': {name: 'made', password: made, made: 'done:made'},
		}),
		resources: () => [],
	});
	const second = defineStep({
		id: 'second',
		title: 'Second',
		about: '',
		guide: '',
		uses: {typed: 'account:typed', made: 'account:made'},
		questions: z.strictObject({host: hostOrAddress(), password: secret(), name: oneLine()}),
		probes: ({host, password}, {uses}) => [
			{
				id: 'see',
				about: ['host', 'password'],
				title: host,
				async run() {
					for (const [name, box] of Object.entries({
						own: password,
						used: uses.typed.password,
						made: uses.made.password,
					}))
						seen[name] = isKnown([box]) ? reveal(box) : undefined;
					return {state: 'ok', line: host};
				},
			},
		],
		resources: () => [],
	});
	const stack = defineStack({id: 's', title: 'S', about: '', guide: '', steps: [first, second]});
	const environment = {PROBE_SECRET: 'from-the-environment'};
	const given = {
		first: {password: {file: join(directory, 'password')}},
		second: {host: 'x', password: {env: 'PROBE_SECRET'}},
	};
	const probes = await probesOf(stack, 'second', given, {facts, environment, store: join(directory, 'none.json')});
	expect(probes).toHaveLength(1);
	expect(await probes[0]!.run(createReader())).toEqual({state: 'ok', line: 'x'});
	expect(seen).toEqual({own: 'from-the-environment', used: 'c4n4ry-hunter2', made: undefined});
	expect(environment).toEqual({PROBE_SECRET: 'from-the-environment'});
});

test('the probe of a step looks at this machine', async () => {
	const server = createServer().listen(0, '127.0.0.1');
	await new Promise(resolve => server.once('listening', resolve));
	const {port} = server.address() as {port: number};
	try {
		const [probe] = await probesOf(
			ipynbsrv,
			'postgres',
			{postgres: {mode: 'existing', host: '127.0.0.1', port}},
			{facts},
		);
		expect(await probe!.run(createReader())).toMatchObject({state: 'ok'});
	} finally {
		server.close();
	}
});
