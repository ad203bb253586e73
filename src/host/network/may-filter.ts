/** Whether packet rules can be made on this host at all: a container may run as root without the right to. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';

/** Has this process CAP_NET_ADMIN? True where that cannot be told, and for who is not root: setup will be. */
export const mayFilter = async (host: Reader): Promise<boolean> => {
	const status = (await textOf(host, '/proc/self/status')) ?? '';
	const own = /^Uid:\s+(\d+)/m.exec(status)?.[1];
	const has = /^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1];
	if (own !== '0' || has === undefined) return true;
	return ((BigInt(`0x${has}`) >> 12n) & 1n) === 1n;
};
