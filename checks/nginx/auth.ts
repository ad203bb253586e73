import {inherited, type Node} from '#host/nginx/config.ts';
import {allServers, askedName, isRead, nameOf, nginxSites, type Server} from '#host/nginx/sites.ts';
import {isSeen, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {notListening, reachable, seen} from '../shared/seeing.ts';

/** `passwords`: a file that another door of this nginx asks for already; without one the door would be shut for everybody. */
type Open = {
	readonly door: string;
	readonly where: string;
	readonly path: string;
	readonly steps: Server['steps'];
	readonly argv: readonly string[];
	readonly unit: string;
	readonly passwords: string | undefined;
};

const kinds = defineKinds({
	open: {
		state: 'fail',
		example: {
			door: 'example.org /api/',
			where: '/etc/nginx/sites-enabled/default:12',
			path: '/etc/nginx/sites-enabled/default',
			steps: ['server', {name: 'location', args: ['/api/']}],
			argv: ['nginx'],
			unit: 'nginx.service',
			passwords: '/etc/nginx/htpasswd',
		} as Open,
		says: 'nothing in its file asks for a password',
		remedy: ({door, where}) => ({
			sentence: `Make an account (htpasswd -B -c /etc/nginx/conf.d/htpasswd admin asks for its password), then add auth_basic "closed site" and auth_basic_user_file to ${door} (${where}), test and reload.`,
		}),
		fix: ({door, path, steps, argv, unit: of, passwords}) =>
			passwords === undefined
				? []
				: [
						edit(
							{
								path,
								format: 'nginx',
								settings: [
									{block: steps, directive: 'auth_basic', args: [['closed site']]},
									{block: steps, directive: 'auth_basic_user_file', args: [[passwords]]},
								],
								checkAfter: [...argv, '-t', '-q'],
							},
							{id: `edit:${path}#auth ${door}`, owes: [{unit: of, do: 'reload'}]},
						),
					],
	},
	notAsked: {
		state: 'fail',
		example: {answer: 'answers 200', argv: ['nginx'] as readonly string[], unit: 'nginx.service'},
		says: ({answer}) => `it ${answer} without a password, though its file asks for one`,
		remedy: ({argv, unit: of}) => ({
			sentence:
				'Test and reload; where it still answers, nginx -T shows which other server or location takes the request.',
			commands: [
				[...argv, '-t'],
				['systemctl', 'reload', of],
			],
		}),
		fix: ({unit: of}) => [unit({name: of, running: true, takesUp: 'reload', notBefore: Date.now()})],
	},
});

/** The management interface of OpenSlides has no login of its own: nginx is all that stands before it. */
export const check = defineCheck({
	id: 'nginx.auth',
	title: 'The OpenSlides management interface asks for a password',
	why: 'Whoever reaches the interface on the ports 5000 and 4200 can make and delete instances. The guide protects both locations with HTTP authentication; a location added later without it is an open door.',
	reads: [
		'every location that passes requests to port 5000 or 4200 of this host: auth_basic and auth_basic_user_file, with what is inherited',
		'GET of that location on this host without a password: must be 401',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['nginx.running'],
	source: 'openslides: Configure HTTP Auth',
	verify: 'curl -sk -o /dev/null -w "%{http_code}\\n" https://localhost/api/   # must print 401',
	facts: {sites: nginxSites, listeners},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		if (!facts.sites.every(({config}) => isRead(config))) return true;
		return (
			allServers(facts.sites).some(server => doorsOf(server).length > 0) ||
			'nginx passes nothing to the management interface of OpenSlides (ports 5000 and 4200)'
		);
	},
	async inspect({host, facts}) {
		const doors = allServers(facts.sites).flatMap(doorsOf);
		const passwords = doors
			.map(one => inherited(one.blocks, 'auth_basic_user_file')?.args[0])
			.find(path => path !== undefined);
		return findings(await Promise.all(doors.map(door => findingOf(door, passwords, facts.listeners, host.root))));
	},
});

type Door = {
	readonly server: Server;
	readonly location: Node;
	/** From the innermost outward. */
	readonly blocks: readonly Node[];
	readonly steps: Server['steps'];
};

const backends = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\]):(5000|4200)(\/|$)/;

const doorsOf = (server: Server): readonly Door[] => {
	const below = (block: Node, blocks: readonly Node[], steps: Server['steps']): readonly Door[] =>
		(block.children ?? [])
			.filter(({name}) => name === 'location')
			.flatMap(location => {
				const [inner, way] = [
					[location, ...blocks],
					[...steps, {name: 'location', args: location.args}],
				];
				const passes =
					location.children?.some(({name, args}) => name === 'proxy_pass' && backends.test(args[0] ?? '')) ?? false;
				return [...(passes ? [{server, location, blocks: inner, steps: way}] : []), ...below(location, inner, way)];
			});
	return below(server.block, [server.block, server.http], server.steps);
};

const itemOf = ({server, location}: Door): string => `${nameOf(server)} ${location.args.join(' ')}`;

const findingOf = async (
	door: Door,
	passwords: string | undefined,
	sockets: readonly Listener[],
	root: string,
): Promise<FoundOf<typeof kinds>> => {
	const {server, location, blocks} = door;
	const realm = inherited(blocks, 'auth_basic');
	const file = inherited(blocks, 'auth_basic_user_file');
	const asks = realm !== undefined && realm.args[0] !== 'off' && file !== undefined;
	const listen = server.listens.find(({tls}) => tls) ?? server.listens[0];
	const path = location.args.find(word => word.startsWith('/')) ?? '/';
	const runtime = await see(async () => {
		const host = listen && reachable(sockets, listen.port, listen.address);
		if (listen === undefined || host === undefined) throw new Blocked(notListening(listen?.port ?? 80, root));
		const name = askedName(server);
		const {status, headers} = await askLocal({
			host,
			port: listen.port,
			tls: listen.tls,
			path,
			...(name !== undefined && {name}),
		});
		return seen(
			status === 401 && headers['www-authenticate'] ? 'asks for a password' : `answers ${status}`,
			`GET ${listen.tls ? 'https' : 'http'}://${host}:${listen.port}${path}`,
		);
	});
	const sight = {
		item: itemOf(door),
		expected: 'asks for a password',
		layers: {file: seen(asks ? 'asks for a password' : 'open', realm?.where ?? location.where), runtime},
	};
	const {argv, unit: of} = server.nginx;
	if (!asks)
		return {
			...sight,
			is: 'open',
			data: {
				door: itemOf(door),
				where: location.where,
				path: location.file,
				steps: door.steps,
				argv,
				unit: of,
				passwords,
			},
		};
	if (isSeen(runtime) && runtime.value !== 'asks for a password')
		return {...sight, is: 'notAsked', data: {answer: `${runtime.value}`, argv, unit: of}};
	return {...sight, is: 'ok', says: 'it asks for a password'};
};
