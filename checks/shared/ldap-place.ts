/** The directory that is meant and its base: from the answers, from nslcd.conf, or its own naming context. */
import {
	type Directory,
	type DirectoryPlace,
	directory,
	directoryPlace,
	namingContext,
} from '#host/ldap/asked-directory.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

export type Asked = {readonly place: DirectoryPlace; readonly base: string; readonly answer: Directory};

/** Throws Blocked where it cannot be asked. */
export const askDirectory = async (host: Reader, wanted?: {readonly base: string}): Promise<Asked> => {
	const place = await host.fact(directoryPlace);
	if (place === 'absent') throw new Blocked({because: 'until', thing: 'package:slapd'});
	const base = wanted?.base ?? place.base ?? (await host.fact(namingContext(place))) ?? '';
	return {place, base, answer: await host.fact(directory(place, base))};
};
