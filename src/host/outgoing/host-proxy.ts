/**
 * The proxy that this host is set up with: in the environment, apt's configuration, or pip's. An operator wrote it down in one of them, and whoever fetches by another
 * way needs it as well.
 */
import {uwsgiDialect} from '#edit/sections/ini.ts';
import type {Fact, Reader} from '#model/host.ts';
import type {Proxy} from '#model/outgoing.ts';
import {Blocked} from '#model/unknown.ts';
import {aptSettingInFiles} from '../apt/apt-conf.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {proxyOf} from './way-out.ts';

/** `from` in words: `https_proxy`, `/etc/apt/apt.conf.d/80proxy:1`. `inEnvironment`: whatever is started has it already. */
export type HostProxy = {readonly proxy: Proxy; readonly from: string; readonly inEnvironment: boolean};

export const hostProxy: Fact<HostProxy | undefined> = {
	id: 'host-proxy',
	read: async host => inEnvironment() ?? (await inApt(host)) ?? (await inPip(host)),
};

/** What whoever is started from here has already. */
export const inEnvironment = (): HostProxy | undefined => {
	for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']) {
		const proxy = proxyOf(process.env[name] ?? '');
		if (proxy) return {proxy, from: name, inEnvironment: true};
	}
	return undefined;
};

/** What may not be read says nothing; an install is root's, who reads all of it. */
const seen = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
	try {
		return await look();
	} catch (error) {
		if (error instanceof Blocked) return undefined;
		throw error;
	}
};

const inApt = (host: Reader): Promise<HostProxy | undefined> =>
	seen(async () => {
		for (const name of ['Acquire::https::Proxy', 'Acquire::http::Proxy']) {
			const set = await aptSettingInFiles(host, name);
			const proxy = set === undefined || set.value === 'DIRECT' ? undefined : proxyOf(set.value);
			if (set && proxy) return {proxy, from: set.where, inEnvironment: false};
		}
		return undefined;
	});

/** Those of the system and of root; a person's own are that person's. Its lines are read as uwsgi's: `key = value`, and nothing around a value. */
const inPip = async (host: Reader): Promise<HostProxy | undefined> => {
	for (const path of ['/root/.config/pip/pip.conf', '/etc/xdg/pip/pip.conf', '/etc/pip.conf']) {
		const text = await seen(() => textOf(host, path));
		const line =
			text &&
			sectionLines(uwsgiDialect, text)
				.get('global')
				?.findLast(({key}) => key === 'proxy');
		const proxy = line ? proxyOf(line.value) : undefined;
		if (line && proxy) return {proxy, from: `${path}:${line.line}`, inEnvironment: false};
	}
	return undefined;
};
