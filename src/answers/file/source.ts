/** Opens an answers file; everything that is wrong before its first line is said here. */
import {dirname, resolve} from 'node:path';
import {largestText} from '#host/files/bounds.ts';
import {readHanded} from '#host/files/handed.ts';
import {Fault} from '#model/fault.ts';
import {Blocked} from '#model/unknown.ts';
import {showKey} from '../resolve/problem-sentences.ts';

/** A file, or text from elsewhere (a pipe, the wizard) with a name for its lines and the directory its relative paths start from. */
export type Source =
	| {readonly path: string}
	| {readonly text: string; readonly name?: string; readonly directory?: string};

export type Opened = {readonly name: string; readonly directory: string; readonly text: string};

/** Throws Fault 'answers.file' for what cannot be read or is not UTF-8. */
export const openSource = async (source: Source): Promise<Opened> => {
	if ('text' in source)
		return {name: source.name ?? 'answers', directory: source.directory ?? process.cwd(), text: source.text};
	const name = showKey(source.path);
	const bytes = await readHanded(source.path, largestText).catch((error: NodeJS.ErrnoException) => {
		throw new Fault(
			'answers.file',
			`${name} ${error instanceof Blocked ? tooLarge : (unreadable[error.code ?? ''] ?? `cannot be read (${error.code})`)}.`,
			'Give the path of an answers file; `setup answers init STACK` writes one to start from.',
			{cause: error},
		);
	});
	try {
		return {
			name,
			directory: dirname(resolve(source.path)),
			text: new TextDecoder('utf-8', {fatal: true}).decode(bytes),
		};
	} catch (error) {
		throw new Fault('answers.file', `${name} is not UTF-8 text.`, 'Save it as UTF-8, then try again.', {cause: error});
	}
};

const tooLarge = `is larger than ${largestText / 1024 / 1024} MB, which no answers file is`;

const unreadable: Readonly<Record<string, string>> = {
	ENOENT: 'is not there',
	EACCES: 'may not be read by this user',
	EISDIR: 'is a directory',
	ENOTDIR: 'is not there',
	ENOTFILE: 'is no file',
	ETIMEDOUT: 'is a pipe without an end',
};
