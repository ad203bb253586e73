/** A node that is dead when CC-Server starts stays dead, its page answers all the same, and tasks wait for ever. */

import {type Engine, engineSeen, enginesIn} from '#host/cc-server/further-engines.ts';
import {deadNodes} from '#host/cc-server/nodes.ts';
import {type CcServer, ccServers} from '#host/cc-server/servers.ts';
import {ifTold, seeAs} from '#host/see.ts';
import {type Accounts, accounts, gidsOf} from '#host/system/accounts.ts';
import {modeLets} from '#host/trust/rights.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Seen, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {type CcRead, forEachServer, noCcServer, withConfig} from '../shared/cc-findings.ts';

type Certificate = {readonly day: string; readonly path: string | undefined};

const renew = ({path}: Certificate) => ({
	sentence: `Get a new one of the same authority and put it in its place${path === undefined ? ' at the engine, which has to start anew' : ` (where setup installed CC-Server: into the directory that the answers name, then apply; ${path} is its copy)`}. Then restart CC-Server: a node that was dead stays so until then.`,
});

const whose = ({path}: Certificate): string => (path === undefined ? 'the certificate of the engine' : path);

const kinds = defineKinds({
	noSocket: {
		state: 'fail',
		example: {user: 'ccuser', group: 'docker', socket: '/run/docker.sock'},
		says: ({user, group, socket}) => `${user} may not open ${socket}: it is not in the group ${group}`,
		remedy: ({user, group}) => ({
			sentence:
				'Put it there, which makes it as good as root, and restart CC-Server: the group counts from a start on.',
			commands: [['usermod', '--append', '--groups', group, user]],
		}),
	},
	ended: {
		state: 'fail',
		example: {day: '2026-01-01', path: '/srv/cc-server/nodes/one/cert.pem'} as Certificate,
		says: data => `${whose(data)} ended on ${data.day}`,
		remedy: renew,
	},
	unreached: {
		state: 'fail',
		example: {url: 'tcp://10.0.0.2:2376', why: 'nobody takes connections there'},
		says: ({url, why}) => `CC-Server cannot use the engine at ${url}: ${why}`,
		remedy: {
			sentence:
				'See whether the engine runs there and listens with TLS, and whether certificates and addresses of docker.nodes are its. Then restart CC-Server: a node that was dead stays so until then.',
		},
	},
	dead: {
		state: 'fail',
		example: {log: '/srv/cc-server/log/server.log', wsgi: true},
		says: 'it was dead when CC-Server started, and stays so until the next start',
		remedy: ({log, wsgi}) => ({
			sentence: `Restart CC-Server when no task is running. Where it is dead again, ${log} has why: often the image of data containers could not be pulled (cc-server.pull).`,
			...(wsgi && {commands: [['systemctl', 'restart', 'apache2.service']]}),
		}),
	},
	mute: {
		state: 'fail',
		example: {user: 'ccuser', path: '/srv/cc-server/log'},
		says: ({user, path}) =>
			`${user} may not write ${path}: what CC-Server tells of its nodes, and of all else, is lost`,
		remedy: ({user, path}) => ({
			sentence: 'Give it back to the account that runs CC-Server, and restart that.',
			commands: [['chown', '-R', user, path]],
		}),
	},
	ending: {
		state: 'warn',
		example: {day: '2026-01-01', path: undefined} as Certificate,
		says: data => `${whose(data)} ends on ${data.day}: the node is dead from then on`,
		remedy: renew,
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'cc-server.nodes',
	title: 'Its engines answer it, and it believes them alive',
	why: 'CC-Server asks its nodes once, when it starts. One that does not answer then gets no task until the next start, whatever becomes of it; the page says nothing of that.',
	reads: [
		'config.toml: docker.nodes, server.log_dir',
		'server.log in that directory: the nodes that were dead at the last start',
		'mode and group of /run/docker.sock, /etc/group',
		'certificates of docker.nodes.NAME.tls, and GET /_ping at the engine with them',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['docker.engine'],
	source: 'CC-Server guide, "Docker Cluster" and "docker"',
	verify: 'curl -u ADMIN https://SITE/cc/nodes names every node under healthy_nodes',
	deadline: 20_000,
	facts: {servers: ccServers, accounts},
	kinds,
	appliesTo: ({facts}) => facts.servers.length > 0 || noCcServer,
	inspect: ({host, facts, now}) =>
		forEachServer(facts.servers, server =>
			withConfig<Found>(server, host, 'alive', async config => {
				const log = logOf(server, config);
				const dead = await seeAs(() => deadIn(log, server, host));
				const engines = enginesIn(config);
				if (engines.length === 0) return [{is: 'ok', expected: 'alive', layers: {file: noNodes(config)}}];
				const lost = await muteAt(log, server, host, facts.accounts);
				if (lost !== undefined) return [lost];
				return Promise.all(
					engines.map(engine => findingOf(engine, {server, host, accounts: facts.accounts, dead, log, now})),
				);
			}),
		),
});

const noNodes = ({path}: CcRead): Unknown => ({because: 'unreadable', need: `${path} names no docker.nodes`});

const logOf = ({user}: CcServer, config: CcRead): string | undefined => {
	const directory = config.at('server.log_dir')?.value;
	if (typeof directory !== 'string') return undefined;
	return `${directory.replace(/^~(?=\/|$)/, user?.home ?? '~')}/server.log`;
};

const deadIn = (log: string | undefined, {user}: CcServer, host: Reader): Promise<readonly string[]> => {
	if (host.root !== '/')
		throw new Blocked({because: 'offline-root', need: 'the log says what is so of the running host'});
	if (log === undefined || user === undefined) throw new Blocked({because: 'unreadable', need: 'where its log lies'});
	return deadNodes(log, user.name, host);
};

/** A directory that it may not write, or a log in it. What is not there it makes. */
const muteAt = async (
	log: string | undefined,
	{user}: CcServer,
	host: Reader,
	known: Accounts,
): Promise<Found | undefined> => {
	if (log === undefined || user === undefined) return undefined;
	const gids = gidsOf(known, user);
	const directory = log.slice(0, log.lastIndexOf('/'));
	for (const [path, bits] of [
		[directory, 3],
		[log, 2],
	] as const) {
		const stat = await ifTold(() => host.stat(path, {follow: true}));
		if (stat === undefined || modeLets(stat, bits, user, gids)) continue;
		return {
			item: 'log',
			is: 'mute',
			data: {user: user.name, path: directory},
			expected: `${user.name} writes it`,
			layers: {file: {value: `0${stat.mode.toString(8)}, of ${stat.uid}`, where: path}, runtime: noWord},
		};
	}
	return undefined;
};

const noWord: Unknown = {because: 'unreadable', need: 'its log, which it cannot write'};

type Place = {
	readonly server: CcServer;
	readonly host: Reader;
	readonly accounts: Accounts;
	readonly dead: readonly string[] | Unknown;
	readonly log: string | undefined;
	readonly now: number;
};

const threeWeeks = 21 * 86_400_000;

const findingOf = async (engine: Engine, place: Place): Promise<Found> => {
	const {dead, log, server, host, now} = place;
	const isDead = !('because' in dead) && dead.includes(engine.name);
	const {name, url, where, tls} = engine;
	const sight = (runtime: Seen | Unknown, ends?: number): Sight => ({
		item: name,
		expected: 'alive',
		layers: {file: {value: url, where}, runtime},
		...(ends !== undefined && {ends}),
	});
	const told: Seen | Unknown = 'because' in dead ? dead : {value: isDead ? 'dead' : 'alive', where: log ?? ''};
	if (url.startsWith('unix:')) {
		const barred = await barredFrom(place);
		if (barred !== undefined) return {...sight(told), is: 'noSocket', data: barred};
	} else if (tls !== undefined && host.root === '/') {
		const seen = await seeAs(() => engineSeen({...engine, tls}, host, server.user?.uid));
		if ('because' in seen) return {...sight(seen), is: 'ok'};
		const {why, ends, path} = seen;
		const asked = sight({value: why ?? 'answers', where: url}, ends);
		const data = {day: new Date(ends ?? 0).toISOString().slice(0, 10), path};
		if (ends !== undefined && ends < now) return {...asked, is: 'ended', data};
		if (why !== undefined) return {...asked, is: 'unreached', data: {url, why}};
		if (!isDead && ends !== undefined && ends - now < threeWeeks) return {...asked, is: 'ending', data};
		if (!isDead) return {...asked, is: 'ok'};
	}
	return isDead ? {...sight(told), is: 'dead', data: {log: log!, wsgi: server.wsgi}} : {...sight(told), is: 'ok'};
};

/** connect(2) wants to write. */
const toConnect = 2;

/** Who runs CC-Server, where it may not open the socket of this host's engine. */
const barredFrom = async ({server: {user}, host, accounts: known}: Place) => {
	const socket = '/run/docker.sock';
	const stat = await host.stat(socket, {follow: true});
	if (stat === undefined || user === undefined || modeLets(stat, toConnect, user, gidsOf(known, user)))
		return undefined;
	const group = [...known.groups.values()].find(({gid}) => gid === stat.gid);
	return {user: user.name, group: group?.name ?? String(stat.gid), socket};
};
