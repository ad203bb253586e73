/** Numbers for names of local accounts, from the files: NSS may ask a directory that is down. */
import {readFile} from 'node:fs/promises';
import {Blocked} from '#model/unknown.ts';

/** uid and gid of `user:group` (names or numbers). Throws Blocked while one of them is not there. */
export const idsOf = async (owner: string): Promise<{readonly uid: number; readonly gid: number}> => {
	const [user = '', group = user] = owner.split(':');
	return {uid: await idIn('/etc/passwd', user, 'user'), gid: await idIn('/etc/group', group, 'group')};
};

const idIn = async (file: string, name: string, kind: 'user' | 'group'): Promise<number> => {
	if (/^\d+$/.test(name)) return Number(name);
	const line = (await readFile(file, 'utf8')).split('\n').find(one => one.startsWith(`${name}:`));
	if (line === undefined) throw new Blocked({because: 'until', thing: `${kind}:${name}`});
	return Number(line.split(':')[2]);
};
