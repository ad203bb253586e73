import type {Node} from '#host/nginx/config.ts';
import {askedName, isRead, nameOf, nginxSites, type Server, tlsServers} from '#host/nginx/sites.ts';
import {isSeen, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {notListening, reachable, seen} from '../shared/seeing.ts';

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
	layers: ['file', 'runtime'],
	requires: ['nginx.running'],
	source: 'openslides: Nginx setup (add_header Strict-Transport-Security)',
	verify: 'curl -skI https://localhost/ | grep -i strict-transport-security',
	facts: {sites: nginxSites, listeners},
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
	remedy: ({layers}) => ({
		sentence: `Add: add_header ${header} "max-age=${year}" always; to the server block${layers.file && 'where' in layers.file ? ` at ${layers.file.where}` : ''}, and to every location that adds headers of its own. Begin with a short max-age: it cannot be taken back before it ends.`,
	}),
	fix: ({item}, {facts}) =>
		tlsServers(facts.sites)
			.filter(one => nameOf(one) === item && ownHeader(one.block) === undefined)
			.map(server =>
				edit(
					{
						path: server.block.file,
						format: 'nginx',
						settings: [
							{block: server.steps, directive: 'add_header', key: [header], args: [[`max-age=${year}`], ['always']]},
						],
						checkAfter: [...server.nginx.argv, '-t', '-q'],
					},
					{id: `edit:${server.block.file}#${header} ${item}`, owes: [{unit: server.nginx.unit, do: 'reload'}]},
				),
			),
});

const header = 'Strict-Transport-Security';
const year = 31_536_000;
/** Half a year is what the lists that browsers carry ask at least. */
const least = 15_768_000;

const findingOf = async (server: Server, sockets: readonly Listener[], root: string): Promise<Finding> => {
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
	const good = inFile >= least && losing === undefined;
	const lost = written !== undefined && sent === 0;
	return {
		item: nameOf(server),
		state: good && (sent === undefined || sent >= least) ? 'ok' : 'warn',
		says:
			written === undefined
				? sent === undefined || sent === 0
					? 'it sends no Strict-Transport-Security'
					: 'only the application behind it sends Strict-Transport-Security'
				: inFile < least
					? `it holds for ${inFile} seconds only`
					: losing
						? `location ${losing.args.join(' ')} adds headers of its own, and loses it (${losing.where})`
						: lost
							? 'changed in the file, not in the process, or lost on the way: the answer has none'
							: `it holds for ${Math.round(inFile / 86_400)} days`,
		expected: `max-age=${year}`,
		layers: {file: seen(value, written?.where ?? server.block.where), runtime},
	};
};

const ownHeader = (block: Node): Node | undefined =>
	block.children?.findLast(({name, args}) => name === 'add_header' && args[0]?.toLowerCase() === header.toLowerCase());

const addsHeaders = (block: Node): boolean => block.children?.some(({name}) => name === 'add_header') ?? false;

const locationsIn = (block: Node): readonly Node[] =>
	(block.children ?? []).flatMap(one => (one.name === 'location' ? [one, ...locationsIn(one)] : []));

const ageIn = (value: string): number => Number(/max-age="?(\d+)/i.exec(value)?.[1] ?? 0);
