/**
 * With which keys AWS is asked on behalf of an installation, and what its refusals mean. They are those of the answers and never those that this
 * machine has for itself: what setup makes must not depend on who started it.
 */
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {isKnown, reveal, Secret, type Text} from '#model/secret.ts';
import {Blocked, showUnknown} from '#model/unknown.ts';
import {refusalOf} from './now.ts';

export type AwsAccess = {
	readonly region: string;
	/** Of what speaks as AWS does, such as a store of one's own. Left out: AWS. */
	readonly endpoint?: string | undefined;
	readonly id: string;
	readonly key: Text;
};

/** For every client of AWS: patient enough for one that is far away, and tried again where it says that it is busy. */
export const clientOptions = ({region, endpoint, id, key}: AwsAccess) => ({
	region,
	...(endpoint !== undefined && {endpoint}),
	credentials: {accessKeyId: id, secretAccessKey: reveal(key)},
	maxAttempts: 3,
	requestHandler: {connectionTimeout: 5000, requestTimeout: 20_000, throwOnRequestTimeout: true},
});

/** Looks, from the running host and with keys that are known; throws Blocked where AWS cannot be asked, or refuses. */
export const looking = async <T>(
	host: Reader,
	access: AwsAccess,
	permissions: string,
	ask: () => Promise<T>,
): Promise<T> => {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'AWS is asked from the running host'});
	if (!isKnown(access.key))
		throw new Blocked({because: 'unreadable', need: `the secret of the access key ${access.id} is not known`});
	try {
		return await ask();
	} catch (error) {
		throw error instanceof Fault ? error : refusalOf(error as Error, permissions);
	}
};

/** Changes something; throws Fault 'aws.refused' with what AWS calls it. */
export const changing = async <T>(permissions: string, ask: () => Promise<T>): Promise<T> => {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof Fault || error instanceof Blocked) throw error;
		const {name, message} = error as Error;
		const refusal = refusalOf(error as Error, permissions);
		const known = refusal instanceof Blocked ? showUnknown(refusal.why) : undefined;
		throw new Fault(
			'aws.refused',
			known ?? `AWS refuses: ${name}`,
			`Its keys need ${permissions}. Run the same command again when it is mended; what is made by then is found again.`,
			// Who is refused by name is told with account numbers.
			{details: known === undefined ? [message] : []},
		);
	}
};

/** The answer, or undefined where AWS says by one of these names that there is nothing. */
export const orNone = async <T>(names: RegExp, ask: () => Promise<T | undefined>): Promise<T | undefined> => {
	try {
		return await ask();
	} catch (error) {
		if (names.test((error as Error).name)) return undefined;
		throw error;
	}
};

/** What a journal may hold of it; the key goes to the stash (`accessKeep`). */
export const accessRecord = ({region, endpoint, id}: AwsAccess): Json => ({
	region,
	id,
	...(endpoint !== undefined && {endpoint}),
});

/** The bytes that `accessFrom` needs first. */
export const accessKeep = ({key}: AwsAccess): readonly Text[] => [key];

/** From a journal and the first of the stashed bytes. */
export const accessFrom = (record: Json, kept: readonly Uint8Array[]): AwsAccess => {
	const access = record as unknown as Omit<AwsAccess, 'key'>;
	return {...access, key: [new Secret(`AWS ${access.id}`, Buffer.from(kept[0] ?? '').toString('utf8'))]};
};
