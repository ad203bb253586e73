/** Who other than root may write one file or directory, by owner, mode and access list. */
import type {Stats} from 'node:fs';
import type {AccountNames} from './account-names.ts';
import {type AclEntry, aclWriters} from './acl.ts';

/** `the user web`, `the group staff (anna, ben)`, `everybody`; an owner may also change the mode. */
export type Who = {
	readonly kind: 'owner' | 'group' | 'list' | 'everybody' | 'unknown';
	readonly words: string;
	/** Who that is; undefined where it is everybody, or nobody knows. */
	readonly accounts?: readonly string[] | undefined;
};

/** `path`: where the file is for us. Root's own groups and those without members are nobody. */
export const writersOf = (path: string, stat: Stats, names: AccountNames): readonly Who[] => [
	...(stat.uid === 0 ? [] : [one('owner', names.userOf(stat.uid))]),
	// The mode of a link says nothing.
	...(stat.isSymbolicLink() ? [] : byMode(path, stat, names)),
];

/** Where everybody may, nobody is left whom a group or a list could add. */
const byMode = (path: string, stat: Stats, names: AccountNames): readonly Who[] => {
	if ((stat.mode & 0o002) !== 0) return [{kind: 'everybody', words: 'everybody'}];
	return (stat.mode & 0o020) === 0 ? [] : byGroup(path, stat, names);
};

const byGroup = (path: string, stat: Stats, names: AccountNames): readonly Who[] => {
	const list = aclWriters(path);
	if (list === 'none') return groupWriter('group', stat.gid, names);
	if (list === undefined) {
		const [group] = groupWriter('group', stat.gid, names);
		return [
			{kind: 'unknown', words: `${group === undefined ? '' : `${group.words}, or `}whoever its access list names`},
		];
	}
	return list.flatMap(entry => byEntry(entry, stat.gid, names));
};

const byEntry = ({kind, id}: AclEntry, gid: number, names: AccountNames): readonly Who[] => {
	if (kind === 'owning-group') return groupWriter('group', gid, names);
	if (kind === 'group') return groupWriter('list', id, names);
	if (id === 0) return [];
	const who = one('list', names.userOf(id));
	return [{...who, words: `${who.words} (access list)`}];
};

const groupWriter = (kind: 'group' | 'list', gid: number, names: AccountNames): readonly Who[] => {
	const members = names.membersOf(gid);
	if (members?.length === 0) return [];
	const some = members === undefined ? 'whose members a directory may name' : members.slice(0, 5).join(', ');
	const more = members !== undefined && members.length > 5 ? `, ${members.length - 5} more` : '';
	return [{kind, words: `the group ${names.groupOf(gid)} (${some}${more})`, accounts: members}];
};

const one = (kind: 'owner' | 'list', name: string): Who => ({kind, words: `the user ${name}`, accounts: [name]});
