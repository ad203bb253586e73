/**
 * The guard at the door where programs are started. As root only what is root's runs: with every directory above it and every link on the way to it, and
 * nothing that anybody else may write or replace. A name is looked for in a path of ours, never in the caller's. What runs as another user is that user's affair.
 */
import {closeSync, constants, openSync, readSync, statSync} from 'node:fs';
import {basename, resolve} from 'node:path';
import {Fault} from '#model/fault.ts';
import {ownFile} from '../files/own-program.ts';
import {writersInWords} from '../trust/in-words.ts';
import {createTrusting, isRoots, type Trust, type Trusting} from '../trust/who-may-write.ts';
import {handedOn} from './handed-on.ts';

export type GuardOptions = {readonly cwd?: string | undefined};

const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What was seen a moment ago holds: only root could have changed it for the worse. A look at a host starts dozens of programs. */
const moment = 250;
let seen: {readonly trusting: Trusting; readonly at: number} | undefined;
const trustingNow = (): Trusting => {
	if (seen === undefined || performance.now() - seen.at > moment)
		seen = {trusting: createTrusting(), at: performance.now()};
	return seen.trusting;
};

const asRoot = (): boolean => process.getuid?.() === 0;

/** PATH for what we start: as root without the directories in which somebody else may put a program. */
export const searchPath = (): string => {
	if (!asRoot()) return directories.join(':');
	const trusting = trustingNow();
	return directories.filter(directory => isRoots(trusting(directory))).join(':');
};

/** HOME for what we start: many programs take configuration from it, and sudo may have left the caller's. */
export const homeDirectory = (): string => {
	const home = process.env['HOME'] ?? '/root';
	return !asRoot() || isRoots(trustingNow()(home)) ? home : '/root';
};

/**
 * The argv with the place of its program instead of its name. Throws Fault 'program.untrusted' where root would run what another may write: the program, what
 * a wrapper or an interpreter is handed, or a working directory that it may take code from. A name that is nowhere stays as it is.
 */
export const guardedArgv = (argv: readonly string[], {cwd}: GuardOptions = {}): readonly string[] => {
	const [name, ...rest] = argv;
	if (name === undefined || !asRoot()) return argv;
	const trusting = trustingNow();
	const file = placeOf(name, cwd, trusting);
	const interpreter = isOurs(file) ? undefined : interpreterOf(file);
	if (interpreter !== undefined) refuse(trusting(interpreter), argv);
	const {inner, script, drops} = handedOn([basename(name), ...rest]);
	if (script !== undefined) refuse(trusting(resolve(cwd ?? '/', script)), argv);
	if (cwd !== undefined && !drops) refuse(trusting(cwd), argv);
	if (inner === undefined || drops) return [file, ...rest];
	const [first = '', ...others] = guardedArgv(inner, {cwd});
	return [file, ...rest.slice(0, rest.length - inner.length), first, ...others];
};

/** Looked at anew: a package may have brought it a moment ago. What cannot be looked at is for spawn to tell. */
export const isThere = (file: string, cwd = '/'): boolean => {
	const places = file.includes('/') ? [resolve(cwd, file)] : directories.map(directory => `${directory}/${file}`);
	return places.some(place => {
		try {
			return statSync(place, {throwIfNoEntry: false}) !== undefined;
		} catch {
			return true;
		}
	});
};

/** What runs already needs no leave to run again: who may write it has root by now. */
const isOurs = (path: string): boolean => path === process.execPath || path === ownFile();

const placeOf = (name: string, cwd: string | undefined, trusting: Trusting): string => {
	if (isOurs(name)) return name;
	if (name.includes('/')) {
		const path = resolve(cwd ?? '/', name);
		refuse(trusting(path), [path]);
		return path;
	}
	const found = directories.map(directory => trusting(`${directory}/${name}`)).filter(({end}) => end === 'file');
	// One that somebody else may write is passed over, as if its directory were not in the path.
	const own = found.find(isRoots);
	if (own === undefined && found[0] !== undefined) refuse(found[0], [name]);
	return own?.path ?? name;
};

/** `#!/usr/bin/python3 -I`: what the kernel starts for a script. */
const interpreterOf = (path: string): string | undefined => {
	try {
		const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const head = Buffer.alloc(256);
			return /^#!\s*(\/\S+)/.exec(head.toString('latin1', 0, readSync(file, head)))?.[1];
		} finally {
			closeSync(file);
		}
	} catch {
		return undefined;
	}
};

const refuse = (trust: Trust, argv: readonly string[]): void => {
	// What is not there only root may put there; then it is for spawn to say that it is missing.
	if ((trust.end === 'absent' && trust.writers.length === 0) || isOurs(trust.path) || isRoots(trust)) return;
	throw new Fault(
		'program.untrusted',
		`${argv[0]} is not run as root: ${writersInWords(trust)}`,
		`Whoever may write it would become root. Give it and every directory above to root (chown root:root, chmod go-w), or take it away.`,
	);
};
