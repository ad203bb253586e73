/** A file in somebody's tree, read with their rights: what they may not read does not come out through a link that they laid. */
import {holding} from '#host/owned/held-directory.ts';
import {opened, pinned} from '#host/owned/pinned.ts';
import {accounts} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Fact, Reader, Stat} from '#model/host.ts';

/** Undefined when it is not there. Never more than a megabyte; a configuration is smaller. Throws Fault 'file.not-regular', 'file.too-large'. */
export const readAs = async (host: Reader, user: string, path: string): Promise<string | undefined> => {
	const stat = await host.stat(path);
	if (stat === undefined) return undefined;
	if (stat.kind !== 'file')
		throw new Fault(
			'file.not-regular',
			`${path} is not a regular file`,
			`${user} may write there: see who put it there.`,
		);
	const text =
		host.root === '/' && process.getuid?.() === 0
			? await host.fact(textAs(user, path, stat))
			: Buffer.from((await host.read(path)) ?? '').toString('utf8');
	if (text.length > most)
		throw new Fault(
			'file.too-large',
			`${path} is larger than a megabyte`,
			'A configuration is smaller: see what it is.',
		);
	return text;
};

/** Several resources compare their settings with one file: as long as it is the same thing, of the same size and time, one child reads it for all of a pass. */
const textAs = (user: string, path: string, {id, size, mtimeMs}: Stat): Fact<string> => ({
	id: `read-as:${user}:${id}:${size}:${mtimeMs}:${path}`,
	read: async host =>
		(await ownText(host, user, path)) ??
		(await host.query(['head', `--bytes=${most + 1}`, '--', path], {as: user, timeout: 10_000})),
});

/** What belongs to them they may read, whatever its name was made to lead to: no child is started for it. Undefined where that cannot be seen. */
const ownText = async (host: Reader, user: string, path: string): Promise<string | undefined> => {
	const uid = (await host.fact(accounts)).users.get(user)?.uid;
	try {
		return await holding(path, {}, spot =>
			pinned(spot, async entry => {
				if (entry === undefined || uid === undefined || entry.stat.uid !== uid) return undefined;
				const file = await opened(entry);
				try {
					const {buffer, bytesRead} = await file.read(Buffer.allocUnsafe(most + 1));
					return buffer.subarray(0, bytesRead).toString('utf8');
				} finally {
					await file.close();
				}
			}),
		);
	} catch {
		// Whatever stands in the way there, the child that reads as they meets it too, and its words are told.
		return undefined;
	}
};

const most = 1024 * 1024;
