/** A site is asked for by name: each of them should lead to this host. */
import {lookup, resolve4, resolve6} from 'node:dns/promises';
import {isIP} from 'node:net';
import {networkInterfaces} from 'node:os';
import type {Probe} from '#model/step.ts';
import {failed, inTime, ok, warn} from './in-time.ts';

/** Names as this host finds them, /etc/hosts included. Another address may still be right behind a proxy: that is a warning. */
export const namesResolve = (names: readonly string[], about: readonly string[]): Probe => ({
	id: 'names',
	about,
	title: names.length === 1 ? `${names[0]} leads to this host` : 'the names lead to this host',
	run: reader =>
		inTime(reader, async () => {
			const own = new Set(Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(({address}) => address)));
			const lines = await Promise.all(
				names.map(async name => {
					const found = isIP(name) === 0 ? await lookup(name, {all: true}).catch(() => []) : [{address: name}];
					if (found.length === 0) return `${name} has no address here`;
					const other = found.some(({address}) => own.has(address) || address.startsWith('127.'))
						? undefined
						: found[0]!.address;
					return other === undefined ? undefined : `${name} is ${other}, which is not this host`;
				}),
			);
			const wrong = lines.filter(line => line !== undefined);
			return wrong.length === 0
				? ok(`${names.length === 1 ? `${names[0]} leads` : `${names.length} names lead`} to this host`)
				: warn(wrong.join('; '));
		}),
});

/** Containers ask the name servers of their host, and see none of its files: a name in /etc/hosts alone leads them nowhere. */
export const namedForContainers = (name: string, about: readonly string[]): Probe => ({
	id: 'containers-name',
	about,
	title: `containers find ${name}`,
	run: reader =>
		inTime(reader, async () => {
			if (isIP(name) !== 0) return ok(`${name} is an address`);
			const asked = await Promise.allSettled([resolve4(name), resolve6(name)]);
			const found = asked.flatMap(one => (one.status === 'fulfilled' ? one.value : []));
			if (found.length > 0) return ok(`the name servers give ${found[0]}`);
			const unknown = asked.some(({status, ...one}) => {
				const {code} = (one as {readonly reason?: NodeJS.ErrnoException}).reason ?? {};
				return status === 'rejected' && (code === 'ENOTFOUND' || code === 'ENODATA');
			});
			return unknown
				? failed(`no name server of this host knows ${name}, and containers see nothing of /etc/hosts`)
				: warn(`no name server could be asked for ${name}: containers must be able to`);
		}),
});
