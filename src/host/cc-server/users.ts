/** An account of CC-Server as its database has it, and whether a password is its own: asked there, because a wrong login at its door counts towards a lock. */
import {pbkdf2Sync, timingSafeEqual} from 'node:crypto';
import {isKnown, reveal, type Text} from '#model/secret.ts';
import type {MongoPlace} from '../mongodb/client.ts';
import {type MongoLogin, withMongo} from '../mongodb/conversation.ts';

export type CcUser = {readonly admin: boolean; readonly password: 'right' | 'wrong'};

/** Undefined where there is none. Throws what a session throws. */
export const ccUserNow = (
	place: MongoPlace,
	login: MongoLogin,
	name: string,
	password: Text,
): Promise<CcUser | undefined> =>
	withMongo(place, login, async session => {
		const answer = await session.run(login.database, {find: 'users', filter: {username: name}, limit: 1});
		const [row] = (answer['cursor'] as {readonly firstBatch: readonly Readonly<Record<string, unknown>>[]}).firstBatch;
		if (row === undefined) return undefined;
		const {salt, password: stored} = row;
		const right =
			isKnown(password) &&
			salt instanceof Uint8Array &&
			stored instanceof Uint8Array &&
			stored.length === 32 &&
			timingSafeEqual(pbkdf2Sync(reveal(password), salt, 100_000, 32, 'sha256'), stored);
		return {admin: row['is_admin'] === true, password: right ? 'right' : 'wrong'};
	});

/** It is gone afterwards. */
export const dropCcUser = (place: MongoPlace, login: MongoLogin, name: string): Promise<void> =>
	withMongo(place, login, async session => {
		await session.run(login.database, {delete: 'users', deletes: [{q: {username: name}, limit: 1}]});
	});
