/** The engines that a config.toml names, each with how it is reached; those elsewhere asked, with what their certificates say of themselves. */
import {X509Certificate} from 'node:crypto';
import type {Reader} from '#model/host.ts';
import {mayRead} from '../trust/beyond-rights.ts';
import {askEngine} from './ask-engine.ts';
import type {CcConfig} from './config.ts';

type Read = Exclude<CcConfig, {readonly broken: string}>;

export type Engine = {
	readonly name: string;
	readonly url: string;
	readonly where: string;
	readonly tls:
		| {readonly ca: string; readonly certificate: string; readonly key: string; readonly checkName: boolean}
		| undefined;
};

/** In the order of the file. Empty where it has none, or in another form. */
export const enginesIn = (config: Read): readonly Engine[] => {
	const nodes = config.at('docker.nodes')?.value;
	if (typeof nodes !== 'object' || nodes === null) return [];
	return Object.entries(nodes).flatMap(([name, one]): readonly Engine[] => {
		const url = (one as {readonly base_url?: unknown} | null)?.base_url;
		const tls = (one as {readonly tls?: unknown} | null)?.tls;
		if (typeof url !== 'string') return [];
		const where = config.at(`docker.nodes.${name}.base_url`)?.where ?? config.path;
		return [{name, url, where, tls: tlsOf(tls)}];
	});
};

const tlsOf = (tls: unknown): Engine['tls'] => {
	const {verify, client_cert: pair, assert_hostname: name} = (tls ?? {}) as Readonly<Record<string, unknown>>;
	const [certificate, key] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
	return typeof verify === 'string' && typeof certificate === 'string' && typeof key === 'string'
		? {ca: verify, certificate, key, checkName: name !== false}
		: undefined;
};

/** `why`: what is wrong with it; undefined where it answers. `ends`: of the certificate that ends first, `path` where it is a file of this host. */
export type EngineSeen = {
	readonly why: string | undefined;
	readonly ends: number | undefined;
	readonly path: string | undefined;
};

/** An engine with certificates. The files are read for the account that runs CC-Server, and no more than it may read. */
export const engineSeen = async (
	{url, tls}: Engine & {readonly tls: NonNullable<Engine['tls']>},
	host: Reader,
	uid: number | undefined,
): Promise<EngineSeen> => {
	const none = {ends: undefined, path: undefined};
	const files: Uint8Array[] = [];
	for (const path of [tls.ca, tls.certificate, tls.key]) {
		const bytes = (await mayRead(host, path, uid)) ? await host.read(path) : undefined;
		if (bytes === undefined) {
			const there = (await host.stat(path, {follow: true})) !== undefined;
			return {
				...none,
				why: `${path} ${there ? 'may not be read by the account that runs CC-Server' : 'is not there'}`,
				path,
			};
		}
		files.push(bytes);
	}
	const [ca, certificate, key] = files as [Uint8Array, Uint8Array, Uint8Array];
	const own: {readonly ends: number; readonly path: string}[] = [];
	for (const [bytes, path] of [
		[ca, tls.ca],
		[certificate, tls.certificate],
	] as const)
		try {
			own.push({ends: new X509Certificate(bytes).validToDate.getTime(), path});
		} catch {
			return {...none, why: `${path} holds no certificate`, path};
		}
	const place = /^(?:\w+:\/\/)?(?:\[([^\]]+)\]|([^:/]+)):(\d+)/.exec(url);
	if (place === null) return {...none, why: `${url} names no host and port`};
	const {why, ends} = await askEngine({
		host: place[1] ?? place[2]!,
		port: Number(place[3]),
		ca,
		certificate,
		key,
		checkName: tls.checkName,
	});
	const first = [...own, ...(ends === undefined ? [] : [{ends, path: undefined}])].toSorted(
		(a, b) => a.ends - b.ends,
	)[0]!;
	return {why, ...first};
};
