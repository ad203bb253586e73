/** The read-only machine. Facts are read once per pass and shared; whoever acts on the host drops them. */
import {constants, readlinkSync} from 'node:fs';
import {lstat, open, readdir} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Fact, ProgramOptions, Ran, Reader, Stat} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {largestFile, readBounded} from './files/bounds.ts';
import {resolveIn} from './files/paths.ts';
import type {KnownDirectories} from './owned/held-directory.ts';
import {listAt, readAt, statAt, statFrom} from './owned/look.ts';
import {notRegular} from './owned/pinned.ts';
import {programFault, runProgram} from './programs/run-program.ts';
import {systemctlBySocket} from './systemd/systemctl.ts';

/** A reader that also can forget: `drop` is called at the start and at the end of whatever changes the host. */
export type PassReader = Reader & {drop(): void};

const queryDeadline = 30_000;

/** A reader of the live host ('/') or of an offline root, which answers files and nothing else. */
export const createReader = (root = '/'): PassReader => {
	const facts = new Map<string, Promise<unknown>>();
	const live = root === '/';

	const probe = async (argv: readonly string[], options: ProgramOptions = {}): Promise<Ran> => {
		if (!live) throw new Blocked({because: 'offline-root', need: `${argv[0]} must be asked on the running host`});
		return (
			(plainly(options) ? await systemctlBySocket(argv, options) : undefined) ??
			runProgram(argv, {timeout: queryDeadline, ...options}).catch(asUnknown)
		);
	};

	const directories: KnownDirectories = new Set();

	const reader: PassReader = {
		root,
		fact<T>(fact: Fact<T>): Promise<T> {
			const known = facts.get(fact.id);
			if (known !== undefined) return known as Promise<T>;
			const reading = fact.read(reader);
			facts.set(fact.id, reading);
			return reading;
		},
		drop: () => {
			facts.clear();
			directories.clear();
		},
		read: (path, {most = largestFile} = {}) =>
			seeing(path, async () => (live ? readAt(path, directories, most) : readInside(root, path, most))),
		stat: (path, {follow = false} = {}) =>
			seeing(path, () => (live ? statAt(path, directories, follow) : statInside(root, path, follow))),
		list: path =>
			seeing(path, async () =>
				live ? listAt(path, directories) : (await readdir(await resolveIn(root, path))).sort(),
			),
		probe,
		async query(argv, options = {}) {
			const ran = await probe(argv, options);
			if (!(options.codes ?? [0]).includes(ran.code)) throw programFault(argv, ran);
			return ran.stdout;
		},
	};
	return reader;
};

/** By nobody else, nowhere else, with nothing said to it. */
const plainly = ({as, cwd, env, stdin}: ProgramOptions): boolean =>
	as === undefined && cwd === undefined && env === undefined && stdin === undefined;

/** For a look it is no failure but a question that is not asked. */
const asUnknown = (error: unknown): never => {
	if (error instanceof Fault && error.code === 'program.untrusted')
		throw new Blocked({because: 'unsafe', need: error.sentence});
	throw error;
};

const readInside = async (root: string, path: string, most: number): Promise<Uint8Array> => {
	// A named pipe would wait for its writer.
	const file = await open(await resolveIn(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const stat = await file.stat();
		if (!stat.isFile()) throw notRegular(path);
		return await readBounded(file, stat.size, path, most);
	} finally {
		await file.close();
	}
};

const statInside = async (root: string, path: string, follow: boolean): Promise<Stat> => {
	const place = await resolveIn(root, path, {last: follow});
	const stat = statFrom(await lstat(place), () => readlinkSync(place));
	return follow ? {...stat, at: join('/', relative(root, place))} : stat;
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
