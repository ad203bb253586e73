/**
 * A site that asks the server for its own name: `proxy_pass http://$host/…` in a subrequest. nginx resolves such a name by a DNS server, never by
 * /etc/hosts, so every such request fails where no public server knows this host. Asked at its own address, with the name as a header, it answers.
 */
import type {BlockStep} from '#edit/nginx/block.ts';
import type {NginxSetting} from '#edit/nginx/nginx.ts';
import {type Directive, directivesOf} from '#edit/nginx/read.ts';

/** What the site file has to say instead; none where it asks nobody by its own name. Pure. Throws Fault 'edit.parse'. */
export const ownNameSettings = (source: string): readonly NginxSetting[] => below(directivesOf(source), []);

type Block = {readonly step: BlockStep; readonly children: readonly Directive[]};

const below = (directives: readonly Directive[], way: readonly Block[]): readonly NginxSetting[] =>
	directives.flatMap((one, at) => {
		if (one.children !== undefined) {
			const step = {
				name: one.name,
				args: one.args.map(({value}) => value),
				...(one.name === 'server' && {nth: directives.slice(0, at).filter(({name}) => name === 'server').length}),
			};
			return below(one.children, [...way, {step, children: one.children}]);
		}
		return one.name === 'proxy_pass' ? asked(one.args[0]?.value ?? '', way) : [];
	});

const asked = (url: string, way: readonly Block[]): readonly NginxSetting[] => {
	const [, scheme, port, uri = ''] =
		/^(https?):\/\/\$(?:\{(?:http_)?host\}|(?:http_)?host\b|server_name\b)(?::(\d+))?(\/.*)?$/.exec(url) ?? [];
	if (scheme === undefined) return [];
	const number = port ?? (scheme === 'https' ? '443' : '80');
	const blocks = way.map(({step}) => step);
	// A block with headers of its own takes none from outside: the name goes where the others are.
	const headersAt = way.findLastIndex(({children}) => children.some(({name}) => name === 'proxy_set_header'));
	const set = (directive: string, args: readonly string[], key?: string): NginxSetting => ({
		block: key === undefined || headersAt < 0 ? blocks : blocks.slice(0, headersAt + 1),
		directive,
		...(key !== undefined && {key: [key]}),
		args: args.map(arg => [arg]),
		variables: true,
	});
	const standard = number === (scheme === 'https' ? '443' : '80');
	return [
		set('proxy_pass', [`${scheme}://${addressOf(way, number)}${standard ? '' : `:${number}`}${uri}`]),
		set('proxy_set_header', ['$host'], 'Host'),
		...(scheme === 'https' ? [set('proxy_ssl_server_name', ['on']), set('proxy_ssl_name', ['$host'])] : []),
	];
};

/** Where this server listens on that port: on this host's own address unless it names others only. */
const addressOf = (way: readonly Block[], port: string): string => {
	const server = way.findLast(({step}) => typeof step === 'object' && step.name === 'server');
	const listens = (server?.children ?? [])
		.filter(({name}) => name === 'listen')
		.map(({args}) => args[0]?.value ?? '')
		.map(word => /^(?:(\[[^\]]*\]|[^:]*):)?(\d+)$/.exec(word) ?? [word, word, '80'])
		.filter(([, , number]) => number === port)
		.map(([, address]) => address ?? '*');
	return listens.length === 0 || listens.some(one => ['*', '', '0.0.0.0', '127.0.0.1', 'localhost'].includes(one))
		? '127.0.0.1'
		: (listens.find(one => !one.startsWith('unix')) ?? '127.0.0.1').replace('[::]', '[::1]');
};
