/** The secret is all that the background processes ask for; the one in the guide is known to everybody who read it. */

import {ccServers} from '#host/cc-server/servers.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {type CcRead, forEachServer, noCcServer, withConfig} from '../shared/cc-findings.ts';

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
	appliesTo: ({facts}) => facts.servers.length > 0 || noCcServer,
	inspect: ({host, facts}) =>
		forEachServer(facts.servers, server =>
			withConfig(server, host, expected, async config => [
				...[...config.secrets].map(([key, one]) => secretFinding(key, one)),
				await modeFinding(config, host),
			]),
		),
	remedy: ({item = '', layers}) =>
		item.endsWith('mode')
			? {
					sentence: 'Take it from everybody else.',
					commands: [['chmod', 'o-rwx', isSeen(layers.file) ? layers.file.where : '']],
				}
			: {
					sentence: item.endsWith('ipc.secret')
						? 'Put thirty random characters there (openssl rand -hex 20), and restart CC-Server.'
						: `Set a password of its own for ${item.split(' ').at(-1)}, at the service it is for and here, and restart CC-Server.`,
				},
});

const expected = 'a value of its own, of 12 characters or more';

type Judged = CcRead['secrets'] extends ReadonlyMap<string, infer One> ? One : never;

const secretFinding = (key: string, {is, where}: Judged): Finding => ({
	item: key,
	state: is === 'its own' ? 'ok' : is === 'short' ? 'warn' : 'fail',
	...(is !== 'its own' && {
		says:
			is === 'the sample'
				? 'is still that of the sample'
				: is === 'short'
					? 'is short enough to be guessed'
					: 'is no text',
	}),
	expected,
	layers: {file: {value: is, where}},
});

const modeFinding = async ({path}: CcRead, host: Reader): Promise<Finding> => {
	const file = await see(async () => {
		const stat = await host.stat(path);
		return {value: `0${(stat?.mode ?? 0).toString(8)}`, where: path};
	});
	const open = isSeen(file) && (Number.parseInt(String(file.value), 8) & 0o007) !== 0;
	return {
		item: 'mode',
		state: open ? 'warn' : 'ok',
		...(open && {says: 'every account of this host may read its passwords'}),
		expected: 'nothing for others',
		layers: {file},
	};
};
