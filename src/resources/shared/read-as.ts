/** A file in somebody's tree, read with their rights: what they may not read does not come out through a link that they laid. */
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
	read: host => host.query(['head', `--bytes=${most + 1}`, '--', path], {as: user, timeout: 10_000}),
});

const most = 1024 * 1024;
