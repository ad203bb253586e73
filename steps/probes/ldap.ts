/** A directory that runs already: does the account get in, and is there anybody in it? */
import {bindWorks, type LdapServer, withLdap} from '#host/ldap/client.ts';
import {isKnown, type Text} from '#model/secret.ts';
import type {Probe} from '#model/step.ts';
import {Blocked} from '#model/unknown.ts';
import {connectionWords, failed, inTime, ok, patience, warn} from './in-time.ts';

export type Directory = {
	readonly uri: string;
	readonly startTls: boolean;
	readonly ca?: string | undefined;
	readonly base: string;
	readonly bindDn: string;
	readonly password: Text;
	readonly mayChange: boolean;
};

/** Binds with the name and the password. */
export const ldapBind = (directory: Directory, about: readonly string[]): Probe => ({
	id: 'bind',
	about,
	title: `${directory.bindDn} logs in`,
	run: reader =>
		inTime(reader, async () => {
			if (!isKnown(directory.password))
				throw new Blocked({because: 'unreadable', need: 'the bind password is not known yet'});
			const bound = await bindWorks(serverOf(directory), directory.bindDn, directory.password);
			return bound.ok ? ok('bind works') : failed(`bind: ${wordsOf(directory, bound)}`);
		}),
});

/** Something must live under ou=users and ou=groups, or be allowed to be put there. */
export const ldapEntries = (directory: Directory, about: readonly string[]): Probe => ({
	id: 'entries',
	about,
	title: 'ou=users and ou=groups have somebody in them',
	run: reader =>
		inTime(reader, async () => {
			if (!isKnown(directory.password))
				throw new Blocked({because: 'unreadable', need: 'the bind password is not known yet'});
			const found = await withLdap(serverOf(directory), async client => {
				const below = async (unit: string): Promise<number | undefined> => {
					try {
						return (
							await client.search(`ou=${unit},${directory.base}`, {scope: 'one', attributes: ['1.1'], sizeLimit: limit})
						).searchEntries.length;
					} catch (error) {
						const {code} = error as {readonly code?: number};
						if (code === noSuchEntry) return undefined;
						if (code === sizeLimit) return limit;
						throw error;
					}
				};
				return {users: await below('users'), groups: await below('groups')};
			});
			if (!found.ok) return failed(wordsOf(directory, found));
			const lacking = (['users', 'groups'] as const)
				.filter(unit => found.value[unit] === undefined)
				.map(unit => `ou=${unit}`);
			if (lacking.length > 0)
				return directory.mayChange
					? warn(`no ${lacking.join(' and no ')} yet: setup will add it`)
					: failed(`no ${lacking.join(' and no ')}, and setup may not add it`);
			const {users = 0, groups = 0} = found.value;
			if (users === 0) return warn('nothing under ou=users: nobody can log in yet');
			return groups === 0
				? warn('nothing under ou=groups: no one is in a group')
				: ok(`${many(users)} under ou=users, ${many(groups)} under ou=groups`);
		}),
});

/** nslcd asks without a name; a directory that tells strangers nothing has no users for this host. */
export const ldapAnonymous = (
	directory: Omit<Directory, 'bindDn' | 'password' | 'mayChange'>,
	about: readonly string[],
): Probe => ({
	id: 'anonymous',
	about,
	title: 'the directory can be read without a name',
	run: reader =>
		inTime(reader, async () => {
			const server = serverOf({...directory, bindDn: '', password: [''], mayChange: false});
			const read = await withLdap(
				server,
				async client =>
					(await client.search(directory.base, {scope: 'base', attributes: ['1.1']})).searchEntries.length,
			);
			if (read.ok && read.value > 0) return ok(`${directory.base} can be read without a name`);
			const why =
				read.ok || read.code === noSuchEntry ? `${directory.base} is not shown to strangers` : wordsOf(directory, read);
			return read.ok || typeof read.code === 'number'
				? warn(`${why}: nslcd, which asks without a name, would see no users`)
				: failed(why);
		}),
});

const limit = 500;
const sizeLimit = 4;
const noSuchEntry = 32;

const many = (count: number): string => (count >= limit ? `${limit} or more` : String(count));

const serverOf = ({uri, startTls, ca, base, bindDn, password}: Directory): LdapServer => ({
	kind: 'remote',
	uri,
	bindDn,
	password,
	startTls,
	base,
	mayChange: false,
	patience,
	...(ca !== undefined && {ca}),
});

const wordsOf = (
	{uri}: {readonly uri: string},
	{code, why}: {readonly code: number | string; readonly why: string},
): string => connectionWords(code, /timed? ?out/i.test(why) ? 'no answer in time' : why, new URL(uri).host);
