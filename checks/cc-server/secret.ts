/** The secret is all that the background processes ask for; the one in the guide is known to everybody who read it. */

import {ccServers} from '#host/cc-server/servers.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {type CcRead, forEachServer, noCcServer, withConfig} from '../shared/cc-findings.ts';

type Weak = {readonly key: string; readonly how: 'the sample' | 'short' | 'no text'};

const kinds = defineKinds({
	weak: {
		state: ({how}) => (how === 'short' ? 'warn' : 'fail'),
		example: {key: 'mongo.password', how: 'the sample'} as Weak,
		says: ({how}) =>
			({'the sample': 'is still that of the sample', short: 'is short enough to be guessed', 'no text': 'is no text'})[
				how
			],
		remedy: ({key}) => ({
			sentence:
				key === 'ipc.secret'
					? 'Put thirty random characters there (openssl rand -hex 20), and restart CC-Server.'
					: `Set a password of its own for ${key}, at the service it is for and here, and restart CC-Server.`,
		}),
	},
	open: {
		state: 'warn',
		example: {path: '/opt/cc-server/config.toml'},
		says: 'every account of this host may read its passwords',
		remedy: ({path}) => ({sentence: 'Take it from everybody else.', commands: [['chmod', 'o-rwx', path]]}),
	},
});

type SecretFinding = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'cc-server.secret',
	title: 'Its secrets are its own, and for its own eyes',
	why: 'Whoever knows ipc.secret and reaches the two ports gives orders to the worker, which holds the Docker socket: that is root. The samples have SECRET and PASSWORD in their place.',
	reads: [
		'config.toml: ipc.secret, mongo.password and the other passwords (compared with the samples, never shown)',
		'mode and owner of config.toml',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'CC-Server guide, "server" (secret) and "mongo"',
	verify: "grep -n -E 'SECRET|PASSWORD' config.toml   # prints nothing",
	facts: {servers: ccServers},
	kinds,
	appliesTo: ({facts}) => facts.servers.length > 0 || noCcServer,
	inspect: ({host, facts}) =>
		forEachServer(facts.servers, server =>
			withConfig(server, host, expected, async config => [
				...[...config.secrets].map(([key, one]) => secretFinding(key, one)),
				await modeFinding(config, host),
			]),
		),
});

const expected = 'a value of its own, of 12 characters or more';

type Judged = CcRead['secrets'] extends ReadonlyMap<string, infer One> ? One : never;

const secretFinding = (key: string, {is, where}: Judged): SecretFinding => {
	const sight: Sight = {item: key, expected, layers: {file: {value: is, where}}};
	return is === 'its own' ? {...sight, is: 'ok'} : {...sight, is: 'weak', data: {key, how: is}};
};

const modeFinding = async ({path}: CcRead, host: Reader): Promise<SecretFinding> => {
	const file = await see(async () => {
		const stat = await host.stat(path);
		return {value: `0${(stat?.mode ?? 0).toString(8)}`, where: path};
	});
	const open = isSeen(file) && (Number.parseInt(String(file.value), 8) & 0o007) !== 0;
	const sight: Sight = {item: 'mode', expected: 'nothing for others', layers: {file}};
	return open ? {...sight, is: 'open', data: {path}} : {...sight, is: 'ok'};
};
