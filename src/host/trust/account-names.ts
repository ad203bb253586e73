/** Names of users and members of groups for the question who may write: read at once, since the guard of every program asks, before there is a pass. */
import {lstatSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

export type AccountNames = {
	/** The account's name; `uid 1000` where there is none. */
	userOf(uid: number): string;
	groupOf(gid: number): string;
	/** Who else than root is in that group: listed, or with it as their own. undefined: a directory may name some. */
	membersOf(gid: number): readonly string[] | undefined;
};

/** From passwd, group and nsswitch.conf below that root. */
export const accountNames = (root: string): AccountNames => {
	const users = rowsOf(join(root, 'etc/passwd'));
	const groups = rowsOf(join(root, 'etc/group'));
	const superusers = new Set(users.filter(([, , uid]) => Number(uid) === 0).map(([name]) => name));
	const elsewhere = /^\s*(passwd|group):.*\b(ldap|sss|winbind|nis)\b/m.test(textIn(join(root, 'etc/nsswitch.conf')));
	const nameIn = (rows: readonly (readonly string[])[], id: number): string | undefined =>
		rows.find(row => Number(row[2]) === id)?.[0];
	return {
		userOf: uid => nameIn(users, uid) ?? `uid ${uid}`,
		groupOf: gid => nameIn(groups, gid) ?? `gid ${gid}`,
		membersOf: gid => {
			const listed = groups.filter(row => Number(row[2]) === gid);
			if (listed.length === 0) return undefined;
			const members = [
				...listed.flatMap(([, , , names = '']) => names.split(',')),
				...users.filter(row => Number(row[3]) === gid).map(([name = '']) => name),
			].filter(name => name !== '' && !superusers.has(name));
			// Debian keeps what is below 100 for itself: a directory that names those could as well name uid 0.
			return members.length === 0 && elsewhere && gid >= 100 ? undefined : [...new Set(members)];
		},
	};
};

const rowsOf = (path: string): readonly (readonly string[])[] =>
	textIn(path)
		.split('\n')
		.filter(line => line.includes(':'))
		.map(line => line.split(':'));

/** A link is not followed: below an offline root it may lead out. */
const textIn = (path: string): string => {
	try {
		return lstatSync(path).isFile() ? readFileSync(path, 'utf8') : '';
	} catch {
		return '';
	}
};
