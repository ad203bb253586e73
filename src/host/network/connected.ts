/** Which accounts have a connection to a port of this host, from the kernel's own tables. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';

/** The numbers of those who opened one, as /proc/net/tcp tells them; 0 stands for root. */
export const connectedAccounts = async (host: Reader, port: number): Promise<ReadonlySet<number>> => {
	const tables = await Promise.all(['tcp', 'tcp6'].map(async name => (await textOf(host, `/proc/net/${name}`)) ?? ''));
	return new Set(tables.flatMap(text => openersIn(text, port)));
};

/** Of the rows that stand (01), those whose other end has the port. */
export const openersIn = (table: string, port: number): readonly number[] =>
	table
		.split('\n')
		.slice(1)
		.flatMap(line => {
			const [, , other = '', state, , , , uid] = line.trim().split(/\s+/);
			return state === '01' && Number.parseInt(other.split(':')[1] ?? '', 16) === port ? [Number(uid)] : [];
		});
