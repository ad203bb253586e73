/** A Host that only writes down what it was asked to do: the same undo code, run to see what it would do. */
import type {Host, Reader} from '#model/host.ts';

/** A host over a reader whose acting calls are recorded as sentences and done nowhere. */
export const dryHost = (
	reader: Reader,
	unstash: (hash: string) => Promise<Uint8Array | undefined>,
	record: (act: string) => void,
): Host => {
	const noted = (sentence: string): Promise<void> => {
		record(sentence);
		return Promise.resolve();
	};
	return {
		root: reader.root,
		fact: fact => reader.fact(fact),
		read: (path, options) => reader.read(path, options),
		stat: (path, options) => reader.stat(path, options),
		list: path => reader.list(path),
		query: (argv, options) => reader.query(argv, options),
		probe: (argv, options) => reader.probe(argv, options),
		exec: argv => noted(`run ${argv.join(' ')}`),
		replace: path => noted(`write ${path}`),
		mkdir: path => noted(`make the directory ${path}`),
		symlink: (path, target) => noted(`link ${path} to ${target}`),
		own: path => noted(`set mode and owner of ${path}`),
		remove: path => noted(`remove ${path}`),
		removeTree: path => noted(`remove the tree ${path}`),
		rename: (from, to) => noted(`rename ${from} to ${to}`),
		held: (path, use) => use(path),
		act: what => noted(what),
		stash: () => Promise.resolve(''),
		unstash,
		forget: () => {},
		progress: () => {},
		say: () => {},
	};
};
