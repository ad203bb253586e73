import {inherited, type Node} from '#host/nginx/config.ts';
import {allServers, askedName, isRead, nameOf, nginxSites, type Server} from '#host/nginx/sites.ts';
import {isSeen, see, seeAs} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {besides, unauthorized} from '../shared/pattern-doors.ts';
import {notListening, reachable, seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	anybody: {
		state: 'fail',
		example: {door: 'example.org /private/', where: '/etc/nginx/sites-enabled/default:12'},
		says: 'it lets everybody in without a password: satisfy any is content with an address, and every address is allowed',
		remedy: ({door, where}) => ({
			sentence: `Name at ${door} (${where}) only the addresses that need no password, end them with deny all, or take satisfy any away; test and reload.`,
		}),
	},
	noFile: {
		state: 'fail',
		example: {door: 'example.org /private/', where: '/etc/nginx/sites-enabled/default:12'},
		says: 'it has auth_basic and no auth_basic_user_file: nginx asks nobody then',
		remedy: ({door, where}) => ({
			sentence: `Add auth_basic_user_file to ${door} (${where}), or take auth_basic away where everybody may come in; test and reload.`,
		}),
	},
	besides: {
		state: 'fail',
		example: {
			door: 'example.org /private/',
			path: '/private/x.html',
			answer: 404,
			other: '~ \\.html$',
			where: '/etc/nginx/sites-enabled/default:20',
		},
		says: ({path, other, answer}) =>
			`it asks nobody who asks for a name like ${path}: location ${other} takes that before it (${answer}, without a password)`,
		remedy: ({door, other, where}) => ({
			sentence: `Write ^~ before the path of ${door}, or put a location of its own for such names into it: a pattern (${other}, ${where}) comes before a plain path. Then test and reload.`,
		}),
	},
	notAsked: {
		state: 'fail',
		example: {answer: 200, argv: ['nginx'] as readonly string[], unit: 'nginx.service'},
		says: ({answer}) => `it answers ${answer} without a password, though its file asks for one`,
		remedy: ({argv, unit}) => ({
			sentence:
				'Test and reload; where it still answers, nginx -T shows which other server or location takes the request.',
			commands: [
				[...argv, '-t'],
				['systemctl', 'reload', unit],
			],
		}),
	},
});

/** The words auth_basic alone prove nothing: another word beside them opens the door, and the answer tells. */
export const check = defineCheck({
	id: 'nginx.protected',
	title: 'Every location that asks for a password asks everybody',
	why: 'With satisfy any an allowed address is let in without a password, and allow all allows every address. auth_basic without a file of accounts asks nobody. All of this looks like a closed door in the file.',
	reads: [
		'every server and location with auth_basic: auth_basic_user_file, satisfy, allow and deny, with what is inherited',
		'GET of such a location on this host without a password: must not be given; and of names below it that no file has, for each location with a pattern that could take them',
	],
	severity: 'fail',
	layers: ['file'],
	requires: ['nginx.running'],
	source: 'nginx: ngx_http_core_module, satisfy; ngx_http_access_module; ngx_http_auth_basic_module',
	verify: 'curl -sk -o /dev/null -w "%{http_code}\\n" https://localhost/private/   # from another host: must print 401',
	facts: {sites: nginxSites, listeners},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		if (!facts.sites.every(({config}) => isRead(config))) return true;
		return (
			allServers(facts.sites).some(server => doorsOf(server).length > 0) || 'no location of nginx asks for a password'
		);
	},
	async inspect({host, facts}) {
		const doors = allServers(facts.sites).flatMap(doorsOf);
		return findings(await Promise.all(doors.map(door => findingOf(door, facts.listeners, host.root))));
	},
});

type Door = {
	readonly server: Server;
	/** From the innermost outward. */
	readonly blocks: readonly Node[];
};

const words = new Set(['auth_basic', 'auth_basic_user_file', 'satisfy', 'allow', 'deny']);

/** Servers and locations that say something of who comes in, where a password counts. */
const doorsOf = (server: Server): readonly Door[] => {
	const within = (blocks: readonly Node[]): readonly Door[] => {
		const inner = blocks[0]?.children ?? [];
		const realm = inherited(blocks, 'auth_basic');
		const isDoor = inner.some(({name}) => words.has(name)) && realm !== undefined && realm.args[0] !== 'off';
		return [
			...(isDoor ? [{server, blocks}] : []),
			...inner
				.filter(({name, children}) => name === 'location' && children !== undefined)
				.flatMap(location => within([location, ...blocks])),
		];
	};
	return within([server.block, server.http]);
};

/** allow and deny are inherited together, where a block has none of its own. */
const rulesOf = (blocks: readonly Node[]): readonly Node[] =>
	blocks
		.map(({children = []}) => children.filter(({name}) => name === 'allow' || name === 'deny'))
		.find(rules => rules.length > 0) ?? [];

const everywhere = new Set(['all', '0.0.0.0/0', '::/0']);

/** The first rule that takes everybody decides for a stranger. */
const letsStrangersIn = (rules: readonly Node[]): boolean =>
	rules.find(({args}) => everywhere.has(args[0] ?? ''))?.name === 'allow';

const findingOf = async (
	{server, blocks}: Door,
	sockets: readonly Listener[],
	root: string,
): Promise<FoundOf<typeof kinds>> => {
	const own = blocks[0]!;
	const isLocation = own.name === 'location';
	const item = `${nameOf(server)}${isLocation ? ` ${own.args.join(' ')}` : ''}`;
	const realm = inherited(blocks, 'auth_basic')!;
	const rules = rulesOf(blocks);
	const any = inherited(blocks, 'satisfy')?.args[0]?.toLowerCase() === 'any';
	const sight = {item, expected: 'asks for a password'};
	const data = {door: item, where: own.where};
	if (inherited(blocks, 'auth_basic_user_file') === undefined)
		return {...sight, is: 'noFile', data, layers: {file: seen('no auth_basic_user_file', realm.where)}};
	if (any && letsStrangersIn(rules))
		return {...sight, is: 'anybody', data, layers: {file: seen('satisfy any, allow all', own.where)}};
	if (realm.args[0]?.includes('$'))
		return {
			...sight,
			is: 'ok',
			layers: {file: {because: 'unreadable', need: `whether it asks is in the variable ${realm.args[0]}`}},
		};
	const file = seen('asks for a password', realm.where);
	// This host itself may be among those that need none.
	const path = (any && rules.some(({name}) => name === 'allow')) || !isLocation ? undefined : pathOf(own);
	if (path === undefined) return {...sight, is: 'ok', layers: {file}};
	const runtime = await see(async () => {
		const {status, where} = await ask(server, path, sockets, root);
		return seen(status, where);
	});
	// A redirect, or what is not there: nginx may say so before it comes to passwords.
	const given = isSeen(runtime) && Number(runtime.value) >= 200 && Number(runtime.value) < 300;
	const layers = {file, ...(isSeen(runtime) && {runtime})};
	if (isSeen(runtime) && runtime.value === unauthorized) {
		const past = await seeAs(() => besides(server.block, path, one => ask(server, one, sockets, root)));
		if (past !== undefined && !('because' in past))
			return {
				...sight,
				is: 'besides',
				data: {door: item, ...past.data},
				layers: {file, runtime: seen(past.data.answer, past.where)},
			};
	}
	if (!given) return {...sight, is: 'ok', layers};
	const {argv, unit} = server.nginx;
	return {...sight, is: 'notAsked', data: {answer: Number(runtime.value), argv, unit}, layers};
};

/** What to ask for: nobody knows of a pattern what it matches. */
const pathOf = ({args}: Node): string | undefined => {
	const [first = '', second] = args;
	const path = second === undefined ? first : first === '=' || first === '^~' ? second : '';
	return path.startsWith('/') ? path : undefined;
};

const ask = async (
	server: Server,
	path: string,
	sockets: readonly Listener[],
	root: string,
): Promise<{readonly status: number; readonly where: string}> => {
	const listen = server.listens.find(({tls}) => tls) ?? server.listens[0];
	const host = listen && reachable(sockets, listen.port, listen.address);
	if (listen === undefined || host === undefined) throw new Blocked(notListening(listen?.port ?? 80, root));
	const name = askedName(server);
	const {status} = await askLocal({
		host,
		port: listen.port,
		tls: listen.tls,
		path,
		...(name !== undefined && {name}),
	});
	return {status, where: `GET ${listen.tls ? 'https' : 'http'}://${host}:${listen.port}${path}`};
};
