/** What an earlier look found out and is dear to ask again: Django's answers, the content that a process has read. Never proof of anything else. */
import {join} from 'node:path';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {makeOwnDirectory, writeOwnFile} from './own-file.ts';
import {sha256} from './stash.ts';

const state = '/var/lib/host-setup';
const directory = `${state}/cache`;

/** What was kept under that name; undefined when there is none, or a torn one. */
export const keptCache = async <T>(host: Reader, name: string): Promise<T | undefined> => {
	try {
		const bytes = await host.read(pathOf(name));
		return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as T);
	} catch {
		return undefined;
	}
};

/** Keeps it where setup has been at work as root, and nowhere else: a plan on a host that is new to us leaves no trace. */
export const keepCache = async (host: Reader, name: string, value: Json): Promise<void> => {
	if (host.root !== '/' || process.geteuid?.() !== 0 || (await host.stat(state)) === undefined) return;
	try {
		await makeOwnDirectory(directory);
		await writeOwnFile(pathOf(name), `${JSON.stringify(value)}\n`);
	} catch {
		// A full or read-only disk costs the next look a moment, and is told by those who must write.
	}
};

const pathOf = (name: string): string =>
	join(directory, `${name.replace(/[^\w.@-]+/g, '_').slice(0, 60)}-${sha256(name).slice(0, 8)}.json`);
