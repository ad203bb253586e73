/**
 * An answers file names files of secrets, and root reads them: a bind password, say, then goes to the server that the same file names. So the plan tells
 * which they are, and a file that others than root (or who called sudo) own or may write names none.
 */
import {resolve} from 'node:path';
import {writtenByOthers} from '#host/trust/others.ts';
import {createTrusting} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import type {Loaded} from '../file/load.ts';

export type NamedFile = {readonly name: string; readonly file: string};

export const namedFiles = ({secrets}: Pick<Loaded, 'secrets'>): readonly NamedFile[] =>
	secrets.flatMap(({name, ref}) => ('file' in ref ? [{name, file: ref.file}] : []));

/** `path` is the answers file. Throws Fault answers.foreign-names. Anybody but root reads as themselves, and may name what they like. */
export const refuseForeignNames = (path: string, loaded: Pick<Loaded, 'secrets'>): void => {
	const [first] = namedFiles(loaded);
	if (first === undefined || process.getuid?.() !== 0) return;
	const trusting = createTrusting();
	// A pipe is whoever typed it.
	if (trusting(resolve(path)).end !== 'file') return;
	const others = writtenByOthers(resolve(path), trusting);
	if (others === undefined) return;
	throw new Fault(
		'answers.foreign-names',
		`${path} names ${first.file} as the secret ${first.name}, and ${others}: root reads no file that somebody else names`,
		'See what it names. Then make it yours (a copy in a directory of root, chmod go-w), and run the same command again.',
	);
};
