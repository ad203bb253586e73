/**
 * Whether the ports that a service's files name can be had. No checker looks: a port that was written since the start, and that another program has by now,
 * shows only when the service is down already.
 */
import {trimmed} from '#edit/blanks.ts';
import {assignmentsOf} from '#edit/shell/read.ts';
import type {Reader} from '#model/host.ts';
import {apacheConfig} from '../apache/config.ts';
import {textOf} from '../files/text-of.ts';
import {mysqlFile, mysqlOption} from '../mysql/file.ts';
import {everywhere} from '../nginx/config.ts';
import {nginxSites} from '../nginx/sites.ts';
import {postgresClusters} from '../postgres/clusters.ts';
import {postgresConf} from '../postgres/conf.ts';
import {redisFile, redisLine} from '../redis/file.ts';
import {type Listener, listeners} from '../system/listeners.ts';
import type {Outcome} from './outcome.ts';
import type {Starts} from './starts.ts';

/** `address` as written: a name or `*` is every address. */
export type Wanted = {readonly address: string; readonly port: number};

/** By kind of service, as its tests are found. */
export const portsOf: Readonly<Record<string, (starts: Starts, host: Reader) => Promise<readonly Wanted[]>>> = {
	async mariadb(_starts, host) {
		const file = await host.fact(mysqlFile);
		if (file === 'absent') return [];
		const off = mysqlOption(file, 'skip_networking');
		if (off !== undefined && !/^(0|off|false)$/i.test(off.value ?? '')) return [];
		const port = Number(mysqlOption(file, 'port')?.value ?? 3306);
		return (mysqlOption(file, 'bind_address')?.value || '*').split(',').map(one => ({address: trimmed(one), port}));
	},
	async redis(_starts, host) {
		const file = await host.fact(redisFile);
		if (file === 'absent') return [];
		const port = Number(redisLine(file, 'port')?.words[0] ?? 6379);
		const bound = redisLine(file, 'bind')?.words ?? ['*'];
		return port === 0 ? [] : bound.map(one => ({address: one.replace(/^-/, ''), port}));
	},
	async slapd(_starts, host) {
		const set = assignmentsOf((await textOf(host, '/etc/default/slapd')) ?? '').findLast(
			({key}) => key === 'SLAPD_SERVICES',
		);
		return [...(set?.value ?? '').matchAll(/ldap(s?):\/\/(\[[^\]]*\]|[^:/\s]*)(?::(\d+))?/g)].map(
			([, tls, address = '', port]) => ({
				address: address.replace(/^\[|\]$/g, '') || '*',
				port: Number(port ?? (tls ? 636 : 389)),
			}),
		);
	},
	async postgres({unit}, host) {
		const cluster = (await host.fact(postgresClusters)).find(one => one.unit === unit);
		if (cluster === undefined) return [];
		const conf = await postgresConf(host, cluster);
		const port = Number(conf.get('port')?.value ?? 5432);
		return (conf.get('listen_addresses')?.value ?? 'localhost')
			.split(',')
			.map(one => ({address: trimmed(one) === 'localhost' ? '127.0.0.1' : trimmed(one), port}))
			.filter(({address}) => address !== '');
	},
	async nginx({unit}, host) {
		const sites = (await host.fact(nginxSites)).filter(({nginx}) => nginx.unit === unit);
		return sites.flatMap(({servers}) => servers.flatMap(({listens}) => listens));
	},
	async apache(_starts, host) {
		const {top} = await host.fact(apacheConfig);
		return everywhere(top, 'listen').map(({args: [word = '']}) => {
			const [, address = '', port = ''] = /^(?:(.*):)?(\d+)$/.exec(word) ?? [];
			return {address: address.replace(/^\[|\]$/g, '') || '*', port: Number(port)};
		});
	},
};

/** Does somebody else listen there already? The unit itself, and the socket that is opened for it, are nobody else. */
export const portsFree = async (wanted: readonly Wanted[], {unit}: Starts, host: Reader): Promise<Outcome> => {
	const all = (await host.fact(listeners)).filter(one => one.protocol.startsWith('tcp') && isOthers(one, unit));
	const taken = wanted.flatMap(({address, port}) =>
		all
			.filter(one => one.port === port && meet(address, one))
			.map(({process}) => `port ${port} is taken by ${process?.name} (${process?.unit ?? `process ${process?.pid}`})`),
	);
	return taken.length === 0 ? 'fine' : {refuses: [...new Set(taken)]};
};

const isOthers = ({process}: Listener, unit: string): boolean =>
	process !== undefined && process.pid !== 1 && process.unit !== unit;

const meet = (address: string, {address: theirs}: Listener): boolean => {
	const six = address.includes(':');
	if (!/^[\d.]+$/.test(address) && !six) return true;
	if (address === '0.0.0.0') return !theirs.includes(':') || theirs === '::';
	if (address === '::') return true;
	if (theirs === address) return true;
	return theirs === '::' || (theirs === '0.0.0.0' && !six);
};
