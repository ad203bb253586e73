/** How the application is told of the directory. */
import type {z} from 'zod';
import type {ldapDirectory} from '../ldap-directory.ts';

export type DirectoryAnswers = z.output<typeof ldapDirectory.questions>;

export const ldapUriOf = (directory: DirectoryAnswers): string =>
	directory.mode === 'local' ? `ldap://${directory.hostName}/` : directory.uri;

export const adminOf = (directory: DirectoryAnswers): string =>
	directory.mode === 'local' ? `cn=admin,${directory.baseDn}` : directory.bindDn;
