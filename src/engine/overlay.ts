/** The files of a host as they would be after acts that nobody did: a plan that takes a file away must see the directory around it empty. */
import type {Reader, ReadOptions, Stat} from '#model/host.ts';

export type Overlay = Pick<Reader, 'read' | 'list'> & {
	stat(path: string, options?: {readonly follow?: boolean}): Promise<Stat | undefined>;
	write(path: string, bytes: Uint8Array, mode: number | undefined): Promise<void>;
	mkdir(path: string, mode: number): void;
	link(path: string, target: string): void;
	remove(path: string): void;
	rename(from: string, to: string): void;
};

type Made = {readonly stat: Stat; readonly bytes?: Uint8Array};
type Act =
	| {readonly did: 'remove'; readonly path: string}
	| {readonly did: 'make'; readonly path: string; readonly made: Made}
	| {readonly did: 'rename'; readonly path: string; readonly from: string};

/** Nothing of it reaches the host. */
export const createOverlay = (reader: Reader): Overlay => {
	const acts: Act[] = [];
	/** What a path is after all acts: gone, made, or a path of the host. */
	const now = (path: string): 'gone' | Made | string => {
		let at = path;
		for (const act of acts.toReversed()) {
			if (act.did === 'make') {
				if (act.path === at) return act.made;
			} else if (isIn(at, act.path)) {
				if (act.did === 'remove') return 'gone';
				at = act.from + at.slice(act.path.length);
			} else if (act.did === 'rename' && isIn(at, act.from)) return 'gone';
		}
		return at;
	};
	const statNow = async (path: string, options?: {readonly follow?: boolean}): Promise<Stat | undefined> => {
		const is = now(path);
		if (is === 'gone') return undefined;
		if (typeof is !== 'string') return is.stat;
		const stat = await reader.stat(is, options);
		return stat?.at !== undefined && now(stat.at) === 'gone' ? undefined : stat;
	};
	const make = (path: string, stat: Partial<Stat> & Pick<Stat, 'kind'>, bytes?: Uint8Array): void =>
		void acts.push({
			did: 'make',
			path,
			made: {
				stat: {mode: 0o644, uid: 0, gid: 0, size: bytes?.length ?? 0, mtimeMs: 0, ctimeMs: 0, ...stat},
				...(bytes && {bytes}),
			},
		});
	return {
		stat: statNow,
		async read(path: string, options?: ReadOptions) {
			const is = now(path);
			if (is === 'gone') return undefined;
			return typeof is === 'string' ? reader.read(is, options) : is.bytes;
		},
		async list(path) {
			const is = now(path);
			if (is === 'gone') return undefined;
			const there = typeof is === 'string' ? await reader.list(is) : is.stat.kind === 'directory' ? [] : undefined;
			if (there === undefined || acts.length === 0) return there;
			const made = acts
				.filter(({did, path: one}) => did !== 'remove' && one.startsWith(`${path}/`))
				.map(({path: one}) => one.slice(path.length + 1).split('/')[0] ?? '');
			return [...new Set([...there, ...made])].filter(name => now(`${path}/${name}`) !== 'gone').toSorted();
		},
		async write(path, bytes, mode) {
			// A host that only takes notes may not be able to look.
			const before = await Promise.resolve()
				.then(() => statNow(path, {follow: true}))
				.catch(() => undefined);
			make(before?.at ?? path, {...before, kind: 'file', size: bytes.length, ...(mode !== undefined && {mode})}, bytes);
		},
		mkdir: (path, mode) => make(path, {kind: 'directory', mode}),
		link: (path, target) => make(path, {kind: 'symlink', target, mode: 0o777}),
		remove: path => void acts.push({did: 'remove', path}),
		rename: (from, path) => void acts.push({did: 'rename', path, from}),
	};
};

const isIn = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`);
