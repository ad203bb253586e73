/** Can the package mirrors be reached? Asked before an install starts, because apt's own answer comes late and in many lines. */
import {lookup} from 'node:dns/promises';
import {connect} from 'node:net';
import type {Reader} from '#model/host.ts';
import {hostProxy} from '../outgoing/host-proxy.ts';
import {outgoing} from '../outgoing/way-out.ts';

const patience = 5000;

/** The mirrors in apt's sources, each host once. */
export const mirrorsOf = async (host: Reader): Promise<readonly URL[]> => {
	const names = ((await host.list('/etc/apt/sources.list.d')) ?? [])
		.filter(name => /\.(list|sources)$/.test(name))
		.map(name => `/etc/apt/sources.list.d/${name}`);
	const texts = await Promise.all(
		['/etc/apt/sources.list', ...names].map(async path => Buffer.from((await host.read(path)) ?? '').toString('utf8')),
	);
	const lines = texts.flatMap(text => text.split('\n')).filter(line => !/^\s*#/.test(line));
	const found = new Map<string, URL>();
	for (const line of lines)
		for (const [address] of line.matchAll(/https?:\/\/[^\s\]]+/g))
			if (URL.canParse(address)) found.set(new URL(address).host, new URL(address));
	return [...found.values()];
};

/** Web requests go through a proxy: by the answers, the environment or apt's configuration. */
export const behindProxy = async (host: Reader): Promise<boolean> => {
	const {proxy} = outgoing();
	return proxy === 'as it is' ? (await host.fact(hostProxy)) !== undefined : proxy !== 'none';
};

/** Why a mirror cannot be reached, in a clause; undefined when it answers. */
export const reach = async (url: URL): Promise<string | undefined> => {
	const found = await lookup(url.hostname).catch(() => undefined);
	return found === undefined
		? 'the name is not found (see /etc/resolv.conf)'
		: answers(found.address, Number(url.port || (url.protocol === 'https:' ? 443 : 80)));
};

const answers = (address: string, port: number): Promise<string | undefined> =>
	new Promise(resolve => {
		const socket = connect({host: address, port, timeout: patience});
		const end = (fault?: string) => (): void => {
			socket.destroy();
			resolve(fault);
		};
		socket
			.once('connect', end())
			.once('timeout', end(`${address} port ${port} does not answer`))
			.once('error', end(`${address} port ${port} cannot be reached`));
	});
