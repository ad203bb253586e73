/** A Host that only writes down what it was asked to do: the same undo code, run to see what it would do. What it would have written or removed is seen so afterwards. */
import type {Host, Reader} from '#model/host.ts';
import {showText, type Text} from '#model/secret.ts';
import {createOverlay} from './overlay.ts';

/** A host over a reader whose acting calls are recorded as sentences and done nowhere. */
export const dryHost = (
	reader: Reader,
	unstash: (hash: string) => Promise<Uint8Array | undefined>,
	record: (act: string) => void,
	overlay = createOverlay(reader),
): Host => {
	const noted = (sentence: string): Promise<void> => {
		record(sentence);
		return Promise.resolve();
	};
	return {
		root: reader.root,
		fact: fact => reader.fact(fact),
		read: (path, options) => overlay.read(path, options),
		stat: (path, options) => overlay.stat(path, options),
		list: path => overlay.list(path),
		query: (argv, options) => reader.query(argv, options),
		probe: (argv, options) => reader.probe(argv, options),
		exec: argv => noted(`run ${argv.join(' ')}`),
		serve: (act, unit) => noted(`${act} ${unit}`),
		async replace(path, text, {mode}) {
			await overlay.write(path, bytesOf(text), mode);
			await noted(`write ${path}`);
		},
		async mkdir(path, {mode}) {
			overlay.mkdir(path, mode);
			await noted(`make the directory ${path}`);
		},
		async symlink(path, target) {
			overlay.link(path, target);
			await noted(`link ${path} to ${target}`);
		},
		own: path => noted(`set mode and owner of ${path}`),
		async remove(path) {
			overlay.remove(path);
			await noted(`remove ${path}`);
		},
		async removeTree(path) {
			overlay.remove(path);
			await noted(`remove the tree ${path}`);
		},
		async rename(from, to) {
			overlay.rename(from, to);
			await noted(`rename ${from} to ${to}`);
		},
		held: (path, use) => use(path),
		act: what => noted(what),
		stash: () => Promise.resolve(''),
		unstash,
		forget: () => {},
		progress: () => {},
		say: () => {},
	};
};

/** A secret in it is masked: who looks again wants its lines, and nothing here is written. */
const bytesOf = (text: Text | Uint8Array): Uint8Array =>
	text instanceof Uint8Array ? text : Buffer.from(showText(text));
