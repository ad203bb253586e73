/** The way out as a file of variables that systemd hands to a service: what has an environment of its own knows nothing of ours. */
import type {Reader} from '#model/host.ts';
import type {Proxy} from '#model/outgoing.ts';
import {derive, type Text} from '#model/secret.ts';
import {hostProxy} from './host-proxy.ts';
import {outgoing, passedBy, proxyNames} from './way-out.ts';

/** Undefined where other hosts are reached without a proxy. */
export const daemonVariables = async (host: Reader): Promise<Text | undefined> => {
	const {proxy} = outgoing();
	if (proxy === 'none') return undefined;
	const used = proxy === 'as it is' ? (await host.fact(hostProxy))?.proxy : proxy;
	if (used === undefined) return undefined;
	const except = [...used.except, ...(proxy === 'as it is' ? exceptOf(process.env) : [])];
	return [
		'# Written by setup: the proxy, for services that fetch by themselves.\n',
		...proxyNames.flatMap((name): Text => [`${name}=`, ...addressOf(used), '\n']),
		...['no_proxy', 'NO_PROXY'].map(name => `${name}=${passedBy(except)}\n`),
	];
};

const exceptOf = (environment: NodeJS.ProcessEnv): readonly string[] =>
	(environment['no_proxy'] ?? environment['NO_PROXY'] ?? '').split(',').flatMap(one => one.trim() || []);

const addressOf = ({address, login}: Proxy): Text => {
	if (login === undefined) return [address];
	const [scheme = '', rest = ''] = address.split('://');
	return [`${scheme}://${encodeURIComponent(login.user)}:`, derive(login.password, encodeURIComponent), `@${rest}`];
};
