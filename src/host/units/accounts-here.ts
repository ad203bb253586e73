/** Whether a name may be an account of this host: a directory may know names that its files do not, and what is not known is not called missing. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {accounts} from '../system/accounts.ts';
import {sourcesIn} from './silent-names.ts';

/** Where others than this host's files name accounts, only what can be no name is none. */
export const accountsHere = async (host: Reader): Promise<(name: string) => boolean> => {
	const known = (await host.fact(accounts)).users;
	const remote = sourcesIn((await ifTold(() => textOf(host, '/etc/nsswitch.conf'))) ?? '').length > 0;
	return name => known.has(name) || (remote && /^[\w.@\\-]+$/.test(name));
};
