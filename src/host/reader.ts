/** The read-only machine. Facts are read once per pass and shared; whoever acts on the host drops them. */
import {lstat, open, readdir, readlink} from 'node:fs/promises';
import {Fault} from '#model/fault.ts';
import type {Fact, ProgramOptions, Ran, Reader, Stat} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {resolveIn} from './paths.ts';
import {programFault, runProgram} from './run.ts';

/** A reader that also can forget: `drop` is called at the start and at the end of whatever changes the host. */
export type PassReader = Reader & {drop(): void};

const queryDeadline = 30_000;

/** A reader of the live host ('/') or of an offline root, which answers files and nothing else. */
export const createReader = (root = '/'): PassReader => {
	const facts = new Map<string, Promise<unknown>>();
	const live = root === '/';

	const probe = async (argv: readonly string[], options: ProgramOptions = {}): Promise<Ran> => {
		if (!live) throw new Blocked({because: 'offline-root', need: `${argv[0]} must be asked on the running host`});
		return runProgram(argv, {timeout: queryDeadline, ...options});
	};

	const reader: PassReader = {
		root,
		fact<T>(fact: Fact<T>): Promise<T> {
			const known = facts.get(fact.id);
			if (known !== undefined) return known as Promise<T>;
			const reading = fact.read(reader);
			facts.set(fact.id, reading);
			return reading;
		},
		drop: () => facts.clear(),
		read: path =>
			seeing(path, async () => {
				const file = await open(await resolveIn(root, path), 'r');
				try {
					const stat = await file.stat();
					if (!stat.isFile()) throw new Fault('file.not-regular', `${path} is not a regular file`, 'Move it away, or name another path.');
					return await file.readFile();
				} finally {
					await file.close();
				}
			}),
		stat: path => seeing(path, async () => statOf(await resolveIn(root, path, {last: false}))),
		list: path => seeing(path, async () => (await readdir(await resolveIn(root, path))).sort()),
		probe,
		async query(argv, options = {}) {
			const ran = await probe(argv, options);
			if (!(options.codes ?? [0]).includes(ran.code)) throw programFault(argv, ran);
			return ran.stdout;
		},
	};
	return reader;
};

const statOf = async (path: string): Promise<Stat> => {
	const stat = await lstat(path);
	const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'other';
	return {
		kind,
		mode: stat.mode & 0o7777,
		uid: stat.uid,
		gid: stat.gid,
		size: stat.size,
		mtimeMs: stat.mtimeMs,
		...(kind === 'symlink' && {target: await readlink(path)}),
	};
};

const seeing = async <T>(path: string, look: () => Promise<T>): Promise<T | undefined> => {
	try {
		return await look();
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
		if (code === 'EACCES' || code === 'EPERM') throw new Blocked({because: 'needs-root', need: `${path} may only be read by root`});
		throw error;
	}
};
