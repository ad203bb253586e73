/** A file as text: most of what a check reads is small and UTF-8, or near enough to look for words in it. */
import type {Reader} from '#model/host.ts';

/** Its text; undefined where there is no such file. Throws Blocked as `read` does. */
export const textOf = async (host: Reader, path: string): Promise<string | undefined> => {
	const bytes = await host.read(path);
	return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
};
