/** The read-only machine. Facts are read once per pass and shared; whoever acts on the host drops them. */
import {closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync} from 'node:fs';
import {lstat, open, readdir, readlink} from 'node:fs/promises';
import {isAbsolute, normalize} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Fact, ProgramOptions, Ran, Reader, Stat} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {resolveIn} from './files/paths.ts';
import {programFault, runProgram} from './programs/run.ts';

/** A reader that also can forget: `drop` is called at the start and at the end of whatever changes the host. */
export type PassReader = Reader & {drop(): void};

const queryDeadline = 30_000;

/** A reader of the live host ('/') or of an offline root, which answers files and nothing else. */
export const createReader = (root = '/'): PassReader => {
	const facts = new Map<string, Promise<unknown>>();
	const live = root === '/';

	const probe = async (argv: readonly string[], options: ProgramOptions = {}): Promise<Ran> => {
		if (!live) throw new Blocked({because: 'offline-root', need: `${argv[0]} must be asked on the running host`});
		return runProgram(argv, {timeout: queryDeadline, ...options}).catch(asUnknown);
	};

	// The kernel follows the links of a live host itself; only those of an offline root must be kept from leaving it.
	const placeOf = async (path: string, options?: {readonly last?: boolean}): Promise<string> =>
		live && isAbsolute(path) ? normalize(path) : resolveIn(root, path, options);

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
				const place = await placeOf(path);
				if (live && ofSystem.test(place)) return readNow(place, path);
				const file = await open(place, withoutWaiting);
				try {
					const stat = await file.stat();
					if (!stat.isFile()) throw notRegular(path);
					return await file.readFile();
				} finally {
					await file.close();
				}
			}),
		stat: path => seeing(path, async () => statOf(await placeOf(path, {last: false}), live)),
		list: path =>
			seeing(path, async () => {
				const place = await placeOf(path);
				return (live && ofSystem.test(place) ? readdirSync(place) : await readdir(place)).sort();
			}),
		probe,
		async query(argv, options = {}) {
			const ran = await probe(argv, options);
			if (!(options.codes ?? [0]).includes(ran.code)) throw programFault(argv, ran);
			return ran.stdout;
		},
	};
	return reader;
};

/**
 * Where no network share is, and a look never waits: there one after the other takes a fifth of the time that a pool of threads does. A doctor's
 * run looks hundreds of times.
 */
const ofSystem = /^\/(boot|etc|proc|run|sys|usr|var\/lib\/(apt|dpkg))(\/|$)/;

/** For a look it is no failure but a question that is not asked. */
const asUnknown = (error: unknown): never => {
	if (error instanceof Fault && error.code === 'program.untrusted')
		throw new Blocked({because: 'unsafe', need: error.sentence});
	throw error;
};

/** A named pipe would wait for its writer. */
const withoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

const readNow = (place: string, path: string): Uint8Array => {
	const file = openSync(place, withoutWaiting);
	try {
		if (!fstatSync(file).isFile()) throw notRegular(path);
		return readFileSync(file);
	} finally {
		closeSync(file);
	}
};

const notRegular = (path: string): Fault =>
	new Fault('file.not-regular', `${path} is not a regular file`, 'Move it away, or name another path.');

const statOf = async (path: string, live: boolean): Promise<Stat> => {
	const stat = live && ofSystem.test(path) ? lstatSync(path) : await lstat(path);
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
		if (code === 'ELOOP')
			throw new Fault('file.loop', `${path} is a loop of symbolic links`, 'Mend the links, then run it again.');
		if (code === 'EACCES' || code === 'EPERM')
			throw new Blocked({because: 'needs-root', need: `${path} may only be read by root`});
		throw error;
	}
};
