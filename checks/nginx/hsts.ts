import type {Node} from '#host/nginx/config.ts';
import {askedName, isRead, nameOf, nginxSites, type Server, tlsServers} from '#host/nginx/sites.ts';
import {isSeen, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy, type Sight} from '#model/finding.ts';
import type {Resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {notListening, reachable, seen} from '../shared/seeing.ts';

const header = 'Strict-Transport-Security';
const year = 31_536_000;
/** Half a year is what the lists that browsers carry ask at least. */
const least = 15_768_000;

/** The server block that is to say it; `own`: it says something already, which an operator may mean. */
type Block = {
	readonly site: string;
	readonly where: string;
	readonly path: string;
	readonly steps: Server['steps'];
	readonly argv: readonly string[];
	readonly unit: string;
	readonly own: boolean;
};

const example: Block = {
	site: 'example.org',
	where: '/etc/nginx/sites-enabled/example:4',
	path: '/etc/nginx/sites-enabled/example',
	steps: ['server'],
	argv: ['nginx'],
	unit: 'nginx.service',
	own: false,
};

const add = ({where}: Block): Remedy => ({
	sentence: `Add: add_header ${header} "max-age=${year}" always; to the server block at ${where}, and to every location that adds headers of its own. Begin with a short max-age: it cannot be taken back before it ends.`,
});

const added = ({site, path, steps, argv, unit: of, own}: Block): readonly Resource[] =>
	own
		? []
		: [
				edit(
					{
						path,
						format: 'nginx',
						settings: [{block: steps, directive: 'add_header', key: [header], args: [[`max-age=${year}`], ['always']]}],
						checkAfter: [...argv, '-t', '-q'],
					},
					{id: `edit:${path}#${header} ${site}`, owes: [{unit: of, do: 'reload'}]},
				),
			];

const kinds = defineKinds({
	none: {state: 'warn', example, says: 'it sends no Strict-Transport-Security', remedy: add, fix: added},
	behind: {
		state: 'warn',
		example,
		says: 'only the application behind it sends Strict-Transport-Security',
		remedy: add,
		fix: added,
	},
	short: {
		state: 'warn',
		example: {...example, seconds: 300},
		says: ({seconds}) => `it holds for ${seconds} seconds only`,
		remedy: data => add(data),
		fix: data => added(data),
	},
	shadowed: {
		state: 'warn',
		example: {...example, location: '/api/', at: '/etc/nginx/sites-enabled/example:12'},
		says: ({location, at}) => `location ${location} adds headers of its own, and loses it (${at})`,
		remedy: ({at}) => ({
			sentence: `Add: add_header ${header} "max-age=${year}" always; to the location at ${at} as well.`,
		}),
	},
	lost: {
		state: 'warn',
		example,
		says: 'changed in the file, not in the process, or lost on the way: the answer has none',
		remedy: ({argv, unit: of}) => ({
			sentence: 'Test and reload; where the answer still has none, look at what stands before this server.',
			commands: [
				[...argv, '-t'],
				['systemctl', 'reload', of],
			],
		}),
		fix: ({unit: of}) => [unit({name: of, running: true, takesUp: 'reload', notBefore: Date.now()})],
	},
});

/** A header in the wrong block is no header: nginx drops all inherited ones where a block sets one of its own. */
export const check = defineCheck({
	id: 'nginx.hsts',
	title: 'Sites with TLS tell browsers to stay with it (HSTS)',
	why: 'Without Strict-Transport-Security the first request of every visit may go in the clear, where somebody in between can take it over. nginx drops the header in every location that adds another one.',
	reads: [
		'add_header of every server with TLS and of its locations',
		'GET / with TLS on this host: the header Strict-Transport-Security',
	],
	severity: 'warn',
	wish: true,
	layers: ['file', 'runtime'],
	requires: ['nginx.running'],
	source: 'openslides: Nginx setup (add_header Strict-Transport-Security)',
	verify: 'curl -skI https://localhost/ | grep -i strict-transport-security',
	facts: {sites: nginxSites, listeners},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		return (
			!facts.sites.every(({config}) => isRead(config)) ||
			tlsServers(facts.sites).length > 0 ||
			'no server of nginx answers with TLS'
		);
	},
	async inspect({host, facts}) {
		return findings(
			await Promise.all(tlsServers(facts.sites).map(server => findingOf(server, facts.listeners, host.root))),
		);
	},
});

const findingOf = async (
	server: Server,
	sockets: readonly Listener[],
	root: string,
): Promise<FoundOf<typeof kinds>> => {
	const written = ownHeader(server.block) ?? (addsHeaders(server.block) ? undefined : ownHeader(server.http));
	const losing = locationsIn(server.block).find(one => addsHeaders(one) && ownHeader(one) === undefined);
	const listen = server.listens.find(({tls}) => tls)!;
	const runtime = await see(async () => {
		const host = reachable(sockets, listen.port, listen.address);
		if (host === undefined) throw new Blocked(notListening(listen.port, root));
		const name = askedName(server);
		const {headers, status} = await askLocal({host, port: listen.port, tls: true, ...(name !== undefined && {name})});
		return seen(
			headers['strict-transport-security'] ?? `none (status ${status})`,
			`GET https://${host}:${listen.port}/`,
		);
	});
	const value = written?.args[1] ?? 'none';
	const sent = isSeen(runtime) ? ageIn(String(runtime.value)) : undefined;
	// What a variable holds only the answer tells.
	const inFile = value.includes('$') ? (sent ?? least) : ageIn(value);
	const {nginx, block, steps} = server;
	const data: Block = {
		site: nameOf(server),
		where: block.where,
		path: block.file,
		steps,
		argv: nginx.argv,
		unit: nginx.unit,
		own: ownHeader(block) !== undefined,
	};
	const sight: Sight = {
		item: nameOf(server),
		expected: `max-age=${year}`,
		layers: {file: seen(value, written?.where ?? block.where), runtime},
	};
	if (written === undefined)
		return sent === undefined || sent === 0 ? {...sight, is: 'none', data} : {...sight, is: 'behind', data};
	if (inFile < least) return {...sight, is: 'short', data: {...data, seconds: inFile}};
	if (losing) return {...sight, is: 'shadowed', data: {...data, location: losing.args.join(' '), at: losing.where}};
	if (sent === 0) return {...sight, is: 'lost', data};
	if (sent !== undefined && sent < least) return {...sight, is: 'short', data: {...data, seconds: sent}};
	return {...sight, is: 'ok', says: `it holds for ${Math.round(inFile / 86_400)} days`};
};

const ownHeader = (block: Node): Node | undefined =>
	block.children?.findLast(({name, args}) => name === 'add_header' && args[0]?.toLowerCase() === header.toLowerCase());

const addsHeaders = (block: Node): boolean => block.children?.some(({name}) => name === 'add_header') ?? false;

const locationsIn = (block: Node): readonly Node[] =>
	(block.children ?? []).flatMap(one => (one.name === 'location' ? [one, ...locationsIn(one)] : []));

const ageIn = (value: string): number => Number(/max-age="?(\d+)/i.exec(value)?.[1] ?? 0);
