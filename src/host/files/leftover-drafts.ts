/**
 * A file is replaced by writing a draft beside it. A run that dies by SIGKILL in between would leave the draft there for ever, with what
 * is secret in it; so each is noted while it stands, and the next run takes it away before it looks at the host.
 */
import {randomBytes} from 'node:crypto';
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {basename, isAbsolute, join} from 'node:path';
import {removeName} from '../owned/change.ts';

/** Notes a draft that is about to be made; the function it gives takes the note back. */
export const noteDraft = (directory: string, draft: string): (() => void) => {
	const note = join(directory, `draft.${randomBytes(4).toString('hex')}`);
	try {
		mkdirSync(directory, {recursive: true, mode: 0o700});
		writeFileSync(note, draft, {mode: 0o600});
		return () => rmSync(note, {force: true});
	} catch {
		// A full disk: the write itself will say so, in words about the file.
		return () => {};
	}
};

/** Takes away the drafts that a dead run left, and nothing that is not named like one. */
export const removeDrafts = async (directory: string): Promise<void> => {
	for (const name of await readdir(directory).catch(() => [])) {
		if (!name.startsWith('draft.')) continue;
		const draft = readFileSync(join(directory, name), 'utf8');
		if (isAbsolute(draft) && /^\..+\.host-setup\.[0-9a-f]{6}~$/.test(basename(draft)))
			await removeName(draft).catch(() => {});
		rmSync(join(directory, name), {force: true});
	}
};
