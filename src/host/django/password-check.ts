/**
 * Is this the password of the account? Compared here, in our own process: the application's code never gets it to look at. Compared anew only when
 * the stored hash or the wanted password moved since it was.
 */
import type {Reader} from '#model/host.ts';
import {isKnown, type Text} from '#model/secret.ts';
import {keepCache, keptCache} from '../files/cache.ts';
import {sha256} from '../files/stash.ts';
import {matchesDjangoHash, secretMark} from './password.ts';
import type {DjangoProject} from './project.ts';

type Checked = {readonly stored: string; readonly mark: string};

/** False also while the password is not made yet, and for an account that has none; undefined for a hash that only the application itself can check. */
export const passwordIsRight = async (
	host: Reader,
	project: DjangoProject,
	username: string,
	password: Text,
	stored: string,
): Promise<boolean | undefined> => {
	if (!isKnown(password) || stored === '' || stored.startsWith('!')) return false;
	const now = await checked(password, stored);
	const before = await keptCache<Checked>(host, nameOf(project, username));
	if (before?.stored === now.stored && before.mark === now.mark) return true;
	const right = await matchesDjangoHash(password, stored);
	if (right) await keepCache(host, nameOf(project, username), now);
	return right;
};

/** After it was set: whatever the application made of it belongs to this password. */
export const rememberPassword = async (
	host: Reader,
	project: DjangoProject,
	username: string,
	password: Text,
	stored: string,
): Promise<void> => {
	if (isKnown(password)) await keepCache(host, nameOf(project, username), await checked(password, stored));
};

const nameOf = ({directory}: DjangoProject, username: string): string => `superuser-${directory}-${username}`;

const checked = async (password: Text, stored: string): Promise<Checked> => ({
	stored: sha256(stored),
	mark: await secretMark(password, sha256(stored)),
});
