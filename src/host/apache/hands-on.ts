/** Where Apache hands requests on to, as far as that is on this host and its files alone say it: by mod_proxy to a Unix socket or a port of the loopback. */
import type {LocalPlace} from '../network/heard.ts';
import {loopbackPort, nameOfPlace, type Pass} from '../network/local-pass.ts';
import {everywhere, type Node} from '../nginx/config.ts';
import type {ApacheConfig} from './config.ts';
import {hostName, virtualHosts} from './sites.ts';

export type SitePass = {readonly site: string; readonly pass: Pass};

/** Left alone: other hosts, what a variable or a part of the request chooses, and members that are switched off. What stands outside of virtual hosts counts for all. */
export const passesOf = (config: ApacheConfig): readonly SitePass[] => {
	const hosts = virtualHosts(config);
	const outside = config.top.filter(({name}) => name !== 'virtualhost');
	const balancers = balancersOf(config);
	return [
		...hosts.flatMap(one => within(one.block.children ?? [], hostName(one), balancers)),
		...within(outside, 'every site', balancers),
	];
};

type Balancers = ReadonlyMap<string, readonly Node[]>;

/** `<Proxy balancer://shop>` with its BalancerMember lines. */
const balancersOf = ({top}: ApacheConfig): Balancers =>
	new Map(
		everywhere(top, 'proxy').map(({args, children = []}) => [
			(args[0] ?? '').replace(/\/+$/, '').toLowerCase(),
			children.filter(({name}) => name === 'balancermember'),
		]),
	);

const within = (nodes: readonly Node[], site: string, balancers: Balancers): readonly SitePass[] =>
	nodes.flatMap(node => {
		const pass = passOf(node, balancers);
		return [...(pass === undefined ? [] : [{site, pass}]), ...within(node.children ?? [], site, balancers)];
	});

const passOf = (node: Node, balancers: Balancers): Pass | undefined => {
	const address = addressOf(node);
	if (address === undefined) return undefined;
	const [, balancer] = /^(balancer:\/\/[^/]+)/i.exec(address) ?? [];
	if (balancer !== undefined) return throughBalancer(node, balancer, balancers.get(balancer.toLowerCase()) ?? []);
	const place = placeOf(address);
	return place && {name: nameOfPlace(place), places: [place], where: node.where, files: [node.file]};
};

/** What it hands on to, as written: ProxyPass with or without a path, a handler, a rule with the flag P. */
const addressOf = ({name, args}: Node): string | undefined => {
	if (name === 'proxypass' || name === 'proxypassmatch') return args.find(word => isAddress(word));
	if (name === 'sethandler') return /^proxy:(.+)$/i.exec(args[0] ?? '')?.[1];
	if (name === 'rewriterule' && /[[,](P|proxy)[\],]/i.test(args[2] ?? '')) return args[1];
	return undefined;
};

const isAddress = (word: string): boolean => /^(unix:|[a-z0-9]+:\/\/)/i.test(word);

/** Its spares count: while one answers nobody gets an error. */
const throughBalancer = (node: Node, name: string, members: readonly Node[]): Pass | undefined => {
	const on = members.filter(({args}) => !args.some(word => /^status=\+?[a-z]*[ds]/i.test(word)));
	const places = on.map(({args}) => placeOf(args.find(isAddress) ?? ''));
	const [first, ...more] = places.filter(place => place !== undefined);
	if (first === undefined || more.length + 1 < places.length) return undefined;
	return {name, places: [first, ...more], where: node.where, files: [node.file, ...on.map(({file}) => file)]};
};

const placeOf = (address: string): LocalPlace | undefined => {
	const [, path] = /^unix:([^|]+)/i.exec(address) ?? [];
	if (path !== undefined) return /^\/[^$%]*$/.test(path) ? {path: path.replace(/\/+/g, '/')} : undefined;
	const [, scheme = '', place = ''] = /^([a-z0-9]+):\/\/([^/?#]*)/i.exec(address) ?? [];
	return /[$%]/.test(place) ? undefined : loopbackPort(place, standard[scheme.toLowerCase()]);
};

const standard: Readonly<Record<string, number>> = {
	http: 80,
	https: 443,
	ws: 80,
	wss: 443,
	h2: 443,
	h2c: 80,
	fcgi: 8000,
	scgi: 4000,
	ajp: 8009,
};
