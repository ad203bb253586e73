/** Is this the password of the account? Asked anew only when the stored hash or the wanted password moved since it was. */
import type {Reader} from '#model/host.ts';
import {isKnown, type Text} from '#model/secret.ts';
import {sha256} from '../files/stash.ts';
import {askDjango, wrongOf} from './ask.ts';
import {readCache, writeCache} from './cache.ts';
import {matchesDjangoHash, secretMark} from './password.ts';
import type {DjangoProject} from './project.ts';
import {accountScript} from './script.ts';

type Checked = {readonly stored: string; readonly mark: string};

/** False also while the password is not made yet, and for an account that has none. */
export const passwordIsRight = async (
	host: Reader,
	project: DjangoProject,
	username: string,
	password: Text,
	stored: string,
): Promise<boolean> => {
	if (!isKnown(password) || stored === '' || stored.startsWith('!')) return false;
	const name = `superuser-${project.directory}-${username}`;
	const now: Checked = {stored: sha256(stored), mark: await secretMark(password, sha256(stored))};
	const before = await readCache<Checked>(host, name);
	if (before?.stored === now.stored && before.mark === now.mark) return true;
	const right = (await matchesDjangoHash(password, stored)) ?? (await askHasher(host, project, username, password));
	if (right) await writeCache(host, name, now);
	return right;
};

const askHasher = async (host: Reader, project: DjangoProject, username: string, password: Text): Promise<boolean> => {
	const answers = await askDjango(host, project, accountScript, {
		what: ['check'],
		more: {username},
		secrets: {password},
	});
	const answer = answers?.['check'];
	return (
		wrongOf(answer) === undefined &&
		typeof answer === 'object' &&
		answer !== null &&
		'right' in answer &&
		answer['right'] === true
	);
};
