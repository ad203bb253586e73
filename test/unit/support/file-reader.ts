/** A Reader that answers from a handful of files, for what is pure but for where its text comes from. */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

export const fileReader = (files: Readonly<Record<string, string>>): Reader => {
	const facts = new Map<string, Promise<unknown>>();
	const program = async (): Promise<never> => {
		throw new Blocked({because: 'offline-root', need: 'a program'});
	};
	const reader: Reader = {
		root: '/offline',
		fact: fact => {
			if (!facts.has(fact.id)) facts.set(fact.id, fact.read(reader));
			return facts.get(fact.id) as ReturnType<typeof fact.read>;
		},
		read: async path => (files[path] === undefined ? undefined : Buffer.from(files[path])),
		stat: async path =>
			files[path] === undefined
				? Object.keys(files).some(name => name.startsWith(`${path}/`))
					? {kind: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtimeMs: 0, ctimeMs: 0}
					: undefined
				: {kind: 'file', mode: 0o644, uid: 0, gid: 0, size: files[path].length, mtimeMs: 0, ctimeMs: 0},
		list: async path => {
			const names = Object.keys(files)
				.filter(name => name.startsWith(`${path}/`))
				.map(name => name.slice(path.length + 1).split('/')[0] ?? '');
			return names.length === 0 ? undefined : [...new Set(names)].sort();
		},
		query: program,
		probe: program,
	};
	return reader;
};
