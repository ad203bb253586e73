import {inherited, type Node} from '#host/nginx/config.ts';
import {allServers, isRead, nameOf, nginxSites, type Server} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	above: {
		state: 'fail',
		example: {
			door: 'shop.example /static',
			prefix: '/static',
			alias: '/srv/shop/static/',
			where: '/etc/nginx/sites-enabled/shop:8',
		},
		says: ({prefix, alias}) =>
			`${prefix}../ leads above ${alias}: whoever asks for ${prefix}../NAME gets what lies beside it`,
		remedy: ({prefix, where}) => ({
			sentence: `Write the location with a slash at its end, ${prefix}/ (${where}), test and reload. What lies beside may have been read: change what is secret in it.`,
		}),
	},
	split: {
		state: 'warn',
		example: {
			door: 'shop.example',
			directive: 'return 301 https://$host$uri',
			variable: '$uri',
			where: '/etc/nginx/sites-enabled/shop:3',
		} as {
			readonly door: string;
			readonly directive: string;
			readonly variable: string;
			readonly where: string;
			readonly behind?: true;
		},
		says: ({variable, directive, behind}) =>
			`${directive}: ${variable} is decoded, so %0d%0a in an address ends the line, and ${behind ? 'whoever asks can write headers into the question to the server behind' : 'a link to this site can set headers of its answer'}`,
		remedy: ({variable, where}) => ({
			sentence: /uri/.test(variable)
				? `Write $request_uri in place of ${variable} (${where}), test and reload.`
				: `Let the expression take no end of a line, [^/\\s] in place of [^/], or write $request_uri in place of ${variable} (${where}), test and reload.`,
		}),
	},
	listed: {
		state: 'warn',
		example: {door: 'shop.example /files/', where: '/etc/nginx/sites-enabled/shop:12'},
		says: ({door}) => `everybody may list what lies at ${door} (autoindex on)`,
		remedy: ({where}) => ({
			sentence: `Take autoindex away (${where}), test and reload; where it is a place for downloads, waive it.`,
		}),
	},
});

/** Three lines that look right and give more than they name; each is decided by the configuration alone. */
export const check = defineCheck({
	id: 'nginx.paths',
	title: 'No location of nginx gives more than it names',
	why: 'A location without a slash at its end before an alias with one lets everybody out of the directory, into the settings that lie beside it. A decoded address in a redirection lets a link write headers. A listing names what nobody was to guess.',
	reads: ['every server and location of nginx: alias, return and rewrite, autoindex, with what is inherited'],
	severity: 'fail',
	layers: ['file'],
	source: 'nginx: ngx_http_core_module, alias; ngx_http_autoindex_module; OWASP, HTTP Response Splitting',
	verify: 'curl -s --path-as-is http://localhost/static../   # must print 404',
	facts: {sites: nginxSites},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		return (
			!facts.sites.every(({config}) => isRead(config)) || allServers(facts.sites).length > 0 || 'nginx has no server'
		);
	},
	async inspect({facts}) {
		const servers = allServers(facts.sites);
		const found = servers.flatMap(server => within(server, [server.block, server.http]));
		return findings([...new Map(found.map(one => [`${one.item} ${one.is}`, one])).values()], {
			is: 'ok',
			expected: [],
			layers: {file: seen([], `${servers.length} servers`)},
		});
	},
});

type Finding = FoundOf<typeof kinds>;

/** `blocks` from the innermost outward. */
const within = (server: Server, blocks: readonly Node[]): readonly Finding[] => {
	const own = blocks[0]!;
	const inner = own.children ?? [];
	const door = `${nameOf(server)}${own.name === 'location' ? ` ${own.args.join(' ')}` : ''}`;
	return [
		...above(own, door),
		...inner.flatMap(node => split(node, door, own)),
		...listing(blocks, door),
		...inner
			.filter(({name, children}) => (name === 'location' || name === 'if') && children !== undefined)
			.flatMap(node => within(server, [node, ...blocks])),
	];
};

const above = ({name, args, children = []}: Node, door: string): readonly Finding[] => {
	const alias = children.find(one => one.name === 'alias');
	const directory = alias?.args[0];
	if (name !== 'location' || alias === undefined || directory === undefined || children.some(isClosed)) return [];
	const plain = args.length === 1 ? args[0] : args[0] === '^~' ? args[1] : undefined;
	const prefix = plain ?? leadOf(args);
	if (!prefix?.startsWith('/') || prefix.endsWith('/')) return [];
	const leaves =
		plain === undefined ? /\/\$\w+$/.test(directory) && climbs(args, directory, prefix) : directory.endsWith('/');
	if (!leaves) return [];
	const where = alias.where;
	return [
		{
			item: door,
			is: 'above',
			data: {door, prefix, alias: directory, where},
			expected: `${prefix}/`,
			layers: {file: seen(`${prefix}, alias ${directory}`, where)},
		},
	];
};

/** Nobody from outside gets there: the application says what is read, everybody is sent away, or it never comes to the file. */
const isClosed = ({name, args}: Node, _: number, all: readonly Node[]): boolean =>
	name === 'internal' ||
	name === 'return' ||
	(name === 'deny' && args[0] === 'all' && !all.some(one => one.name === 'allow'));

/** What a location of a regular expression begins with, before its first group. */
const leadOf = ([kind, pattern = '']: readonly string[]): string | undefined =>
	kind === '~' || kind === '~*' ? /^\^([\w/-]+)\(/.exec(pattern)?.[1] : undefined;

/** Does what the expression takes out of `address` come to the variable that `text` has? By JavaScript's reading, which is PCRE's in what locations have. */
const taken = ([, pattern = '']: readonly string[], address: string, text: string): string | undefined => {
	const [, variable = ''] = /\$\{?(\w+)/.exec(text) ?? [];
	try {
		const match = new RegExp(pattern.replaceAll('(?P<', '(?<')).exec(address);
		return match?.groups?.[variable] ?? match?.[Number(variable)];
	} catch {
		// Not an expression that can be tried here: nothing is said of it.
		return undefined;
	}
};

const climbs = (args: readonly string[], directory: string, lead: string): boolean =>
	taken(args, `${lead}../x`, directory)?.startsWith('../') === true;

const split = ({name, args, where}: Node, door: string, around: Node): readonly Finding[] => {
	const target =
		name === 'return'
			? /^30[12378]$/.test(args[0] ?? '')
				? args[1]
				: args.length === 1
					? args[0]
					: undefined
			: undefined;
	const rewritten =
		name === 'rewrite' &&
		(['redirect', 'permanent'].includes(args[2] ?? '') || /^(https?:|\$scheme)/.test(args[1] ?? ''))
			? args[1]
			: undefined;
	const header = name === 'add_header' ? args[1] : name === 'proxy_pass' ? args[0] : undefined;
	const text = target ?? rewritten ?? header ?? '';
	const [decoded] = /\$\{?(?:document_)?uri\b\}?/.exec(text) ?? [];
	const lead = rewritten === undefined ? leadOf(around.args) : undefined;
	// A class like [^/] takes the end of a line as well, which a dot does not.
	const variable =
		decoded ??
		(lead !== undefined && taken(around.args, `${lead}x\r\ny`, text)?.includes('\n')
			? /\$\w+/.exec(text)?.[0]
			: undefined);
	if (variable === undefined) return [];
	const directive = [name, ...args].join(' ');
	return [
		{
			item: door,
			is: 'split',
			data: {door, directive, variable, where, ...(name === 'proxy_pass' && {behind: true as const})},
			expected: '$request_uri',
			layers: {file: seen(directive, where)},
		},
	];
};

/** Where its own block switches it on, and neither a password nor an address is asked for. */
const listing = (blocks: readonly Node[], door: string): readonly Finding[] => {
	const block = blocks[0]!;
	const inner = block.children ?? [];
	// What stands for the whole of http is told at each server that does not say otherwise.
	const own = block.name === 'server' ? inherited(blocks, 'autoindex') : inner.findLast(isIndex);
	const whole = inner.find(({name, args}) => name === 'location' && args.at(-1) === '/' && args.length < 3);
	// Each address is in the location /, or in one that says itself what it lists or takes it from here.
	const others = inner.filter(one => one.name === 'location' && one !== whole && !one.children?.some(isIndex));
	if (block.name === 'server' && whole?.children?.findLast(isIndex)?.args[0] === 'off' && others.length === 0)
		return [];
	const realm = inherited(blocks, 'auth_basic')?.args[0];
	const shut = (realm !== undefined && realm !== 'off') || blocks.some(({children = []}) => children.some(isShut));
	return own?.args[0] !== 'on' || shut
		? []
		: [
				{
					item: door,
					is: 'listed',
					data: {door, where: own.where},
					expected: 'off',
					layers: {file: seen('autoindex on', own.where)},
				},
			];
};

const isIndex = ({name}: Node): boolean => name === 'autoindex';

const isShut = ({name, args}: Node): boolean =>
	(name === 'deny' && args[0] === 'all') || name === 'internal' || name === 'auth_request';
