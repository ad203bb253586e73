import {inherited, type Node} from '#host/nginx/config.ts';
import {allServers, askedName, isRead, nameOf, nginxSites, type Server} from '#host/nginx/sites.ts';
import {isSeen, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {notListening, reachable, seen} from '../shared/seeing.ts';

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
		return findings(await Promise.all(doors.map(door => findingOf(door, facts.listeners, host.root))));
	},
	remedy: ({item, layers}) => ({
		sentence: `Make an account (htpasswd -B -c /etc/nginx/conf.d/htpasswd admin asks for its password), then add auth_basic "closed site" and auth_basic_user_file to ${item}${layers.file && 'where' in layers.file ? ` (${layers.file.where})` : ''}, test and reload.`,
	}),
	fix: ({item}, {facts}) => {
		const servers = allServers(facts.sites);
		const door = servers.flatMap(doorsOf).find(one => itemOf(one) === item);
		const known = servers
			.flatMap(doorsOf)
			.map(one => inherited(one.blocks, 'auth_basic_user_file')?.args[0])
			.find(path => path !== undefined);
		// Without a password file the door would be shut for everybody.
		if (door === undefined || known === undefined) return [];
		const {server, steps} = door;
		const path = door.location.file;
		return [
			edit(
				{
					path,
					format: 'nginx',
					settings: [
						{block: steps, directive: 'auth_basic', args: [['closed site']]},
						{block: steps, directive: 'auth_basic_user_file', args: [[known]]},
					],
					checkAfter: [...server.nginx.argv, '-t', '-q'],
				},
				{id: `edit:${path}#auth ${item}`, owes: [{unit: server.nginx.unit, do: 'reload'}]},
			),
		];
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

const findingOf = async (door: Door, sockets: readonly Listener[], root: string): Promise<Finding> => {
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
	const open = isSeen(runtime) && runtime.value !== 'asks for a password';
	return {
		item: itemOf(door),
		state: asks && !open ? 'ok' : 'fail',
		says: asks
			? open
				? `it ${isSeen(runtime) ? runtime.value : ''} without a password, though its file asks for one`
				: 'it asks for a password'
			: 'nothing in its file asks for a password',
		expected: 'asks for a password',
		layers: {file: seen(asks ? 'asks for a password' : 'open', realm?.where ?? location.where), runtime},
	};
};
