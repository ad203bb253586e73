/** What brings the outside to a service that listens on this host alone: programs that hand connections on, and rules that give packets another destination. "127.0.0.1" is no wall then. */
import {basename} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import type {Node} from '../nginx/config.ts';
import {isRead, nginxSites} from '../nginx/sites.ts';
import {ifTold} from '../see.ts';
import {listeners} from '../system/listeners.ts';
import {processTable} from '../system/process-table.ts';
import {serviceLine, writtenServices} from '../units/written.ts';
import {rulesets} from './rulesets.ts';

export type Forward = {
	/** The port it takes from outside. */
	readonly port: number;
	readonly to: number;
	/** `socat`, `a rule of the kernel`. */
	readonly by: string;
	readonly where: string;
	/** A rule: nobody listens on the port. */
	readonly isRule: boolean;
};

/** Those that lead to a port of this host's own loopback. Empty on an offline root; without root only some can be seen. */
export const forwards: Fact<readonly Forward[]> = {
	id: 'forwards',
	async read(host) {
		if (host.root !== '/') return [];
		const found = await Promise.all([fromPrograms(host), fromSockets(host), fromRules(host), fromNginx(host)]);
		return found.flat();
	},
};

const fromPrograms = async (host: Reader): Promise<readonly Forward[]> => {
	const [all, table] = await Promise.all([host.fact(listeners), host.fact(processTable)]);
	return all.flatMap(({port, process}) => {
		const argv = process === undefined ? undefined : table.get(process.pid)?.argv;
		const to = argv && handsOnTo(argv, port);
		return to === undefined || process === undefined
			? []
			: [{port, to, by: process.name, where: `/proc/${process.pid}/cmdline`, isRule: false}];
	});
};

/** The loopback port to which a program of these words hands on what comes in at `port`. */
export const handsOnTo = (argv: readonly string[], port: number): number | undefined => {
	const words = argv.flatMap(word => word.split(' ')).filter(word => word !== '');
	const name = basename(words[0] ?? '');
	if (/^socat\d*$/.test(name)) return lastPort(words, /^(?:tcp[46]?|openssl|ssl)(?:-connect)?:(.+?):(\d+)(?:,|$)/i);
	if (name === 'ssh' || name === 'autossh') {
		const given = words.flatMap((word, at) =>
			/^-\w*L$/.test(word) ? [words[at + 1] ?? ''] : /^-L./.test(word) ? [word.slice(2)] : [],
		);
		const wanted = given.filter(one => new RegExp(`(?:^|:)${port}:(?:[^:]+|\\[[^\\]]*\\]):\\d+$`).test(one));
		return lastPort(wanted, /:(\[[^\]]*\]|[^:]+):(\d+)$/);
	}
	return undefined;
};

/** systemd holds the port, and its little proxy knows where to. */
const fromSockets = async (host: Reader): Promise<readonly Forward[]> => {
	const services = (await ifTold(() => host.fact(writtenServices))) ?? [];
	const found = await Promise.all(
		services.map(async service => {
			const words = (serviceLine(service, 'ExecStart')?.value ?? '').split(/\s+/);
			if (basename(words[0] ?? '') !== 'systemd-socket-proxyd') return [];
			const to = lastPort(words, /^(.+):(\d+)$/);
			if (to === undefined) return [];
			const socket = service.name.replace(/\.service$/, '.socket');
			const told = await ifTold(() =>
				host.query(['systemctl', 'show', '--no-pager', '--property=Listen', '--', socket]),
			);
			return [...(told ?? '').matchAll(/^Listen=(?:.*:)?(\d+) \(Stream\)$/gm)].map(([, port]) => ({
				port: Number(port),
				to,
				by: 'systemd-socket-proxyd',
				where: service.name,
				isRule: false,
			}));
		}),
	);
	return found.flat();
};

/** `stream { server { listen 6391; proxy_pass 127.0.0.1:6379; } }`, by an upstream of its own as well. */
const fromNginx = async (host: Reader): Promise<readonly Forward[]> => {
	const sites = (await ifTold(() => host.fact(nginxSites))) ?? [];
	return sites.flatMap(({config}) => (isRead(config) ? streamsIn(config.top) : []));
};

/** Of the top of nginx's configuration. */
export const streamsIn = (top: readonly Node[]): readonly Forward[] => {
	const streams = top.filter(({name}) => name === 'stream').flatMap(({children = []}) => children);
	const upstreams = new Map(
		streams
			.filter(({name}) => name === 'upstream')
			.map(({args, children = []}) => [
				args[0] ?? '',
				children.filter(({name}) => name === 'server').map(one => one.args[0] ?? ''),
			]),
	);
	return streams
		.filter(({name}) => name === 'server')
		.flatMap(({children = []}) => {
			const pass = children.find(({name}) => name === 'proxy_pass');
			const to = pass && lastPort(upstreams.get(pass.args[0] ?? '') ?? [pass.args[0] ?? ''], /^(.+):(\d+)$/);
			if (pass === undefined || to === undefined) return [];
			return children
				.filter(({name, args}) => name === 'listen' && !args.includes('udp'))
				.flatMap(({args}) => {
					const port = Number(/(?:^|:)(\d+)$/.exec(args[0] ?? '')?.[1] ?? 0);
					return port > 0 ? [{port, to, by: 'nginx', where: pass.where, isRule: false}] : [];
				});
		});
};

const fromRules = async (host: Reader): Promise<readonly Forward[]> => {
	if (process.getuid?.() !== 0) return [];
	const rules = await ifTold(() => host.fact(rulesets));
	const found = [
		...rulesIn(rules?.nft ?? '', 'nft list ruleset'),
		...rulesIn(rules?.ip4 ?? '', 'iptables-save'),
		...rulesIn(await olderRules(host), 'iptables-legacy-save -t nat'),
	];
	return [...new Map(found.map(one => [`${one.port} ${one.to}`, one])).values()];
};

/** The older iptables has tables of its own; asked only where the kernel says that it has that of addresses. */
const olderRules = async (host: Reader): Promise<string> => {
	const tables = (await textOf(host, '/proc/net/ip_tables_names').catch(() => undefined)) ?? '';
	if (!tables.split('\n').includes('nat')) return '';
	const ran = await ifTold(() => host.probe(['iptables-legacy-save', '-t', 'nat']));
	return ran?.code === 0 ? ran.stdout : '';
};

/** `tcp dport 33061 dnat to 127.0.0.1:3306`, `--dport 33061 -j DNAT --to-destination 127.0.0.1:3306`. */
export const rulesIn = (text: string, where: string): readonly Forward[] =>
	text.split('\n').flatMap(line => {
		const [, address = '', to] = /(?:dnat (?:ip6? )?to|--to-destination) (\[[^\]]*\]|[\d.]+):(\d+)/.exec(line) ?? [];
		const port = /(?:\bdport|--dports?) (\d+)/.exec(line)?.[1];
		// What this host sends to itself passes through the chain of its own output.
		if (to === undefined || port === undefined || !isLoopback(address) || /^-A OUTPUT/.test(line)) return [];
		return [{port: Number(port), to: Number(to), by: 'a rule of the kernel', where, isRule: true}];
	});

const isLoopback = (address: string): boolean => /^(127\.[\d.]+|localhost|ip6-localhost|\[?::1\]?)$/i.test(address);

const lastPort = (words: readonly string[], pattern: RegExp): number | undefined => {
	for (const word of words.toReversed()) {
		const [, address = '', to] = pattern.exec(word) ?? [];
		if (to !== undefined && isLoopback(address)) return Number(to);
	}
	return undefined;
};
