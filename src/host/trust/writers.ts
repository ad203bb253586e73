/** Who other than root may write one file or directory, by owner, mode and access list. */
import type {Stats} from 'node:fs';
import type {AccountNames} from './account-names.ts';
import {type AclEntry, aclWriters} from './acl.ts';

/** `the user web`, `the group staff (anna, ben)`, `everybody`; an owner may also change the mode. */
export type Who = {readonly kind: 'owner' | 'group' | 'list' | 'everybody' | 'unknown'; readonly words: string};

/** `path`: where the file is for us. Root's own groups and those without members are nobody. */
export const writersOf = (path: string, stat: Stats, names: AccountNames): readonly Who[] => [
	...(stat.uid === 0 ? [] : [{kind: 'owner', words: `the user ${names.userOf(stat.uid)}`} as const]),
	// The mode of a link says nothing.
	...(stat.isSymbolicLink() ? [] : byMode(path, stat, names)),
];

const byMode = (path: string, stat: Stats, names: AccountNames): readonly Who[] => [
	...((stat.mode & 0o020) === 0 ? [] : byGroup(path, stat, names)),
	...((stat.mode & 0o002) === 0 ? [] : [{kind: 'everybody', words: 'everybody'} as const]),
];

const byGroup = (path: string, stat: Stats, names: AccountNames): readonly Who[] => {
	const list = aclWriters(path);
	if (list === 'none') return groupWriter('group', stat.gid, names);
	if (list === undefined) {
		const group = groupWriter('group', stat.gid, names);
		return group.length > 0 ? group : [{kind: 'unknown', words: 'whoever its access list names (it cannot be read)'}];
	}
	return list.flatMap(entry => byEntry(entry, stat.gid, names));
};

const byEntry = ({kind, id}: AclEntry, gid: number, names: AccountNames): readonly Who[] => {
	if (kind === 'owning-group') return groupWriter('group', gid, names);
	if (kind === 'group') return groupWriter('list', id, names);
	return id === 0 ? [] : [{kind: 'list', words: `the user ${names.userOf(id)} (access list)`}];
};

const groupWriter = (kind: 'group' | 'list', gid: number, names: AccountNames): readonly Who[] => {
	const members = names.membersOf(gid);
	if (members?.length === 0) return [];
	const some = members === undefined ? 'whose members a directory may name' : members.slice(0, 5).join(', ');
	const more = members !== undefined && members.length > 5 ? `, ${members.length - 5} more` : '';
	return [{kind, words: `the group ${names.groupOf(gid)} (${some}${more})`}];
};
