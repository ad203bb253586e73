import type {AppServer} from '#host/app-servers/app-server.ts';
import {appServers, inDirectory} from '#host/app-servers/app-servers.ts';
import {inherited, type Node} from '#host/nginx/config.ts';
import {isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {seen} from '../shared/seeing.ts';

const longer = ({where}: {readonly where: string}) => ({
	sentence: `Let nginx wait a little longer than the application server, say by a tenth (${where}); then it is always 502, and the log of the application says which request it was.`,
});

const kinds = defineKinds({
	equal: {
		state: 'warn',
		example: {seconds: 60, where: '/etc/nginx/sites-enabled/site:8'},
		says: ({seconds}) => `both wait ${seconds} s: now the one gives up first and now the other`,
		remedy: longer,
	},
	far: {
		state: 'warn',
		example: {both: 'gunicorn 30 s, nginx 600 s', where: '/etc/nginx/sites-enabled/site:8'},
		says: ({both}) => `${both}: far apart, so the longer one never counts`,
		remedy: longer,
	},
});

/** Who gives up first decides what the visitor sees; it should always be the same one. */
export const check = defineCheck({
	id: 'appserver.timeout',
	title: 'Timeouts of nginx and the application server are alike, and not equal',
	why: 'Where they are equal, a slow page ends now with 502 and now with 504, and nobody finds out why. Where they are far apart, one of them does not do what its file says.',
	reads: [
		"gunicorn's --timeout (30 s where it is not said), uwsgi's harakiri",
		'proxy_read_timeout or uwsgi_read_timeout of the location that passes requests to it (60 s where it is not said)',
	],
	severity: 'warn',
	layers: ['file'],
	source: 'coralnet: Running (timeouts should be similar but slightly different)',
	verify: "grep -rn '_read_timeout' /etc/nginx/sites-enabled/; systemctl cat UNIT | grep -e --timeout",
	facts: {servers: appServers, web: nginxSites},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.servers.length === 0) return 'neither uwsgi nor gunicorn is told to run here';
		if (facts.web.length === 0) return 'no nginx stands before the application server';
		return (
			facts.servers.some(({timeout}) => timeout !== undefined) ||
			'the application server has no timeout of its own (no harakiri)'
		);
	},
	async inspect({facts}) {
		const timed = facts.servers.filter(({timeout}) => timeout !== undefined);
		return findings(timed.map(server => findingOf(server, facts.web)));
	},
});

const findingOf = (server: AppServer, sites: readonly Site[]): FoundOf<typeof kinds> => {
	const timeout = server.timeout!;
	const expected = 'alike, not equal';
	const location = locationFor(server, sites);
	if (location === undefined)
		return {
			item: server.item,
			is: 'ok',
			says: 'nginx passes nothing to it',
			expected,
			layers: {file: seen(`${timeout.seconds} s`, timeout.where)},
		};
	const {seconds, where} = location;
	const own = timeout.seconds;
	const value = `${server.kind} ${own || 'no'} s, nginx ${seconds} s`;
	const sight = {item: server.item, expected, layers: {file: seen(value, where)}};
	if (own === seconds) return {...sight, is: 'equal', data: {seconds, where}};
	if (own === 0 || Math.max(own, seconds) > Math.min(own, seconds) * 3)
		return {...sight, is: 'far', data: {both: value, where}};
	return {...sight, is: 'ok', says: value};
};

/** The location whose proxy_pass or uwsgi_pass leads to one of its sockets; through an upstream as well. */
const locationFor = (
	server: AppServer,
	sites: readonly Site[],
): {readonly seconds: number; readonly where: string} | undefined => {
	const targets = server.sockets.flatMap(socket =>
		socket.kind === 'unix'
			? [inDirectory(server, socket.path)]
			: [`127.0.0.1:${socket.port}`, `localhost:${socket.port}`, `[::1]:${socket.port}`],
	);
	for (const {config} of sites) {
		if (!isRead(config)) throw new Blocked(config);
		const upstreams = config.top
			.filter(({name}) => name === 'http')
			.flatMap(({children = []}) => children.filter(({name}) => name === 'upstream'))
			.filter(({children = []}) =>
				children.some(
					({name, args}) =>
						name === 'server' && targets.some(target => (args[0] ?? '').replace(/^unix:/, '') === target),
				),
			)
			.map(({args}) => args[0] ?? '');
		const found = passing(config.top, [], [...targets, ...upstreams]);
		if (found !== undefined) return found;
	}
	return undefined;
};

const passing = (
	nodes: readonly Node[],
	above: readonly Node[],
	targets: readonly string[],
): {readonly seconds: number; readonly where: string} | undefined => {
	for (const node of nodes) {
		if ((node.name === 'proxy_pass' || node.name === 'uwsgi_pass') && targets.includes(targetOf(node.args[0] ?? ''))) {
			const written = inherited(above, node.name.replace('pass', 'read_timeout'));
			return {
				seconds: written === undefined ? 60 : secondsIn(written.args[0] ?? ''),
				where: written?.where ?? `${node.where} (nginx's own default)`,
			};
		}
		const below = node.children && passing(node.children, [node, ...above], targets);
		if (below !== undefined) return below;
	}
	return undefined;
};

/** `http://127.0.0.1:8001/`, `unix:/run/app.sock`, `http://unix:/run/app.sock:/`, the name of an upstream. */
const targetOf = (word: string): string => {
	const plain = word.replace(/^(https?|s?uwsgi):\/\//, '');
	return plain.startsWith('unix:')
		? plain.replace(/^unix:(\/\/)?/, '').replace(/:.*$/, '')
		: plain.replace(/\/.*$/, '');
};

/** `1h30m`, `604800`, `500ms`. */
export const secondsIn = (text: string): number =>
	[...text.matchAll(/(\d+)(ms|[smhdwMy]?)/g)].reduce(
		(sum, [, number, unit = '']) =>
			sum +
			Number(number) *
				({ms: 0.001, s: 1, '': 1, m: 60, h: 3600, d: 86_400, w: 604_800, M: 2_592_000, y: 31_536_000}[unit] ?? 1),
		0,
	);
