/**
 * PAM asks the directory about those alone whom only the directory knows. The profile of libpam-ldapd asks it about everybody from number 1000 on: who keeps the
 * directory, an application for one, would write an entry with the name of an account of this host and a password of its own, and be that account; an administrator's has sudo.
 */
import type {Edges, Resource} from '#model/resource.ts';
import {file} from '../files/file.ts';
import {pamProfile} from './pam-profile.ts';

const name = 'directory-people';
const path = `/usr/share/pam-configs/${name}`;

/** The profile, and it enabled in the place of the package's own. Provides `done:pam:directory-people`. */
export const directoryPeople = (edges: Pick<Edges, 'needs'> | Record<string, never> = {}): readonly Resource[] => [
	file({path, text: directoryPeopleText, mode: 0o644, owner: 'root:root'}, edges),
	pamProfile({name, enabled: true, instead: 'ldap'}, {...edges, needs: [...(edges.needs ?? []), `path:${path}`]}),
];

/** An account of /etc/passwd goes past the line of pam_ldap, to what comes after it: a refusal, where no other line knew its password. */
export const directoryPeopleText = `Name: LDAP Authentication, of accounts that only the directory has
Default: no
Priority: 128
Conflicts: ldap
Auth-Type: Primary
Auth-Initial:
	[success=1 default=ignore]	pam_localuser.so
	[success=end default=ignore]	pam_ldap.so minimum_uid=1000
Auth:
	[success=1 default=ignore]	pam_localuser.so
	[success=end default=ignore]	pam_ldap.so minimum_uid=1000 use_first_pass
Account-Type: Additional
Account:
	[success=1 default=ignore]	pam_localuser.so
	[success=ok new_authtok_reqd=done ignore=ignore user_unknown=ignore authinfo_unavail=ignore default=bad]	pam_ldap.so minimum_uid=1000
Password-Type: Primary
Password-Initial:
	[success=1 default=ignore]	pam_localuser.so
	[success=end default=ignore]	pam_ldap.so minimum_uid=1000
Password:
	[success=1 default=ignore]	pam_localuser.so
	[success=end default=ignore]	pam_ldap.so minimum_uid=1000 try_first_pass
Session-Type: Additional
Session:
	[success=ok default=ignore]	pam_ldap.so minimum_uid=1000
`;
