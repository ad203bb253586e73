/** Where the locations of a server of nginx hand requests on to, as far as that is on this host and its file alone says it: a Unix socket, or a port of the loopback. */
import type {LocalPlace} from '../network/heard.ts';
import {loopbackPort, nameOfPlace, type Pass} from '../network/local-pass.ts';
import type {Node} from './config.ts';
import type {Server} from './sites.ts';

/** Left alone: what a variable, a name server or a module chooses, other hosts, what is switched off, and what somebody else answers in its stead. */
export const passesOf = ({block, http}: Server): readonly Pass[] =>
	answersItself(block) ? [] : within([block, http], upstreamsOf(http), block);

type Upstreams = ReadonlyMap<string, Node>;

const upstreamsOf = ({children = []}: Node): Upstreams =>
	new Map(children.filter(({name}) => name === 'upstream').map(one => [(one.args[0] ?? '').toLowerCase(), one]));

/** `blocks` from the innermost outward. */
const within = (blocks: readonly Node[], upstreams: Upstreams, server: Node): readonly Pass[] =>
	(blocks[0]?.children ?? []).flatMap(node => {
		if (node.children !== undefined) return answersItself(node) ? [] : within([node, ...blocks], upstreams, server);
		const pass = passing.test(node.name) ? passOf(node, upstreams) : undefined;
		return pass === undefined || hasOther(blocks, server) ? [] : [pass];
	});

const passing = /^(proxy|uwsgi|fastcgi|scgi|grpc)_pass$/;

/** A return comes before whatever is handed on. */
const answersItself = ({name, children = []}: Node): boolean =>
	(name === 'server' || name === 'location') && children.some(one => one.name === 'return');

/** A 502 goes on to another location, which hands it on itself. */
const hasOther = (blocks: readonly Node[], server: Node): boolean => {
	const pages = blocks.map(block => (block.children ?? []).filter(({name}) => name === 'error_page'));
	const inForce = pages.find(some => some.length > 0) ?? [];
	const other = inForce.find(({args}) => args.slice(0, -1).includes('502'))?.args.at(-1);
	const location = (server.children ?? []).find(({name, args}) => name === 'location' && args.at(-1) === other);
	return other !== undefined && (location?.children ?? []).some(({name}) => passing.test(name));
};

const passOf = (node: Node, upstreams: Upstreams): Pass | undefined => {
	const [, scheme = '', rest = ''] =
		/^(?:(https?|grpcs?|s?uwsgi|fastcgi|scgi):\/\/)?(.*)$/s.exec(node.args[0] ?? '') ?? [];
	const address = rest.startsWith('unix:') ? rest : rest.replace(/[/?#].*$/s, '');
	const upstream = upstreams.get(address.toLowerCase());
	if (upstream !== undefined) return throughUpstream(node, upstream);
	const standard = {http: 80, https: 443, grpc: 80, grpcs: 443}[scheme];
	const place = placeOf(address, standard ?? (node.name === 'grpc_pass' ? 80 : undefined));
	return place && {name: nameOfPlace(place), places: [place], where: node.where, files: [node.file]};
};

/** Its backups count: while one answers nobody gets an error. */
const throughUpstream = (node: Node, {args, children = []}: Node): Pass | undefined => {
	if (children.some(({name}) => /_by_lua/.test(name))) return undefined;
	const servers = children.filter(one => one.name === 'server' && !one.args.includes('down'));
	const places = servers.map(one => placeOf(one.args[0] ?? '', 80));
	const [first, ...more] = places.filter(place => place !== undefined);
	if (first === undefined || more.length + 1 < places.length) return undefined;
	return {
		name: `upstream ${args[0]}`,
		places: [first, ...more],
		where: node.where,
		files: [node.file, ...servers.map(({file}) => file)],
	};
};

const placeOf = (address: string, standard: number | undefined): LocalPlace | undefined => {
	if (address.includes('$')) return undefined;
	if (address.startsWith('unix:')) {
		const path = address.slice(5).replace(/:.*$/s, '').replace(/\/+/g, '/');
		return path.startsWith('/') ? {path} : undefined;
	}
	return loopbackPort(address, standard);
};
