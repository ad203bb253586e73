/** The directory that is meant and its base: from the answers, from nslcd.conf, or its own naming context. */
import {type Directory, type DirectoryPlace, directory, directoryPlace, namingContext} from '#host/ldap/directory.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import type {LdapWanted} from './ldap-wanted.ts';

export type Asked = {readonly place: DirectoryPlace; readonly base: string; readonly answer: Directory};

/** Throws Blocked where it cannot be asked. */
export const askDirectory = async (host: Reader, expect: Json | undefined): Promise<Asked> => {
	const place = await host.fact(directoryPlace);
	if (place === 'absent') throw new Blocked({because: 'until', thing: 'package:slapd'});
	const wanted = expect as LdapWanted | undefined;
	const base = wanted?.base ?? place.base ?? (await host.fact(namingContext(place))) ?? '';
	return {place, base, answer: await host.fact(directory(place, base))};
};
