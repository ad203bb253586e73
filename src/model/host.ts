/**
 * The machine as the rest of the program sees it. A plan and a check get a Reader, which cannot change anything; only
 * `apply` and `undo` get a Host. An offline root (`--root DIR`) is a Reader that answers files and nothing else.
 */
import type {Text} from './secret.ts';

/** Read once per pass: a plan, a doctor run, one look after an apply. Acting on the host drops what was read. */
export interface Fact<T> {
	readonly id: string;
	read(host: Reader): Promise<T>;
}

export type Stat = {
	readonly kind: 'file' | 'directory' | 'symlink' | 'other';
	/** Permission bits only, 0o7777. */
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	readonly size: number;
	readonly mtimeMs: number;
	/** When the kernel last saw its content or its rights change: nobody can set it back. */
	readonly ctimeMs: number;
	/** Where a symbolic link points, as written. */
	readonly target?: string;
	/** Where it is, when links were followed to it. */
	readonly at?: string;
	/** Device and inode: the same words are the same thing, while a run lasts. Not known of an offline root. */
	readonly id?: string;
};

/**
 * Act only if it is still the thing that was looked at (`Stat.id`), or still 'absent'; Fault 'file.moved' otherwise. Never left out: undefined is
 * for what is looked at nowhere, such as a draft of ours that has just been made.
 */
export type StillThe = {readonly was: string | undefined};

export type ProgramOptions = {
	readonly stdin?: Text;
	/** Runs as this user, with its own groups and HOME, through setpriv. */
	readonly as?: string;
	readonly cwd?: string;
	/** Added to the allow-listed environment; secrets are allowed here. */
	readonly env?: Readonly<Record<string, Text | string>>;
	/** It asks other hosts: the proxy, with its password where it has one, and the mirrors are in its environment. No other program gets a login. */
	readonly fetches?: boolean;
	/** Milliseconds; then the whole process group is killed. Default 30 s for a query; none for exec. */
	readonly timeout?: number;
	/** Exit codes that are no fault. Default [0]. */
	readonly codes?: readonly number[];
	/** Who asked does not want the answer any more: the whole process group is killed, and the call throws Blocked 'timeout'. */
	readonly signal?: AbortSignal;
};

/** stdout and stderr have the known secrets taken out only when shown; a caller must not print them raw. */
export type Ran = {readonly code: number; readonly stdout: string; readonly stderr: string};

export type ReadOptions = {
	/** Bytes; a larger file is Blocked. Default 64 MB. */
	readonly most?: number;
};

export interface Reader {
	/** '/' on a live host. */
	readonly root: string;
	/** The stack for which is looked or acted: what is kept for it has its name. Undefined for the doctor. */
	readonly stack?: string;
	/** A word of the run where it is an update: checkouts go where their branch is now, and what changes keeps what is needed to go back. */
	readonly update?: string;
	fact<T>(fact: Fact<T>): Promise<T>;
	/** The bytes of a regular file (links followed inside the root); undefined when there is none. Throws Blocked when not permitted. */
	read(path: string, options?: ReadOptions): Promise<Uint8Array | undefined>;
	/** lstat; undefined when there is nothing. `follow`: of what the links at its end lead to, and where that is (`Stat.at`). */
	stat(path: string, options?: {readonly follow?: boolean}): Promise<Stat | undefined>;
	/** Sorted names in a directory; undefined when there is none. */
	list(path: string): Promise<readonly string[] | undefined>;
	/** Runs a program that changes nothing and gives its stdout. Throws Fault 'program.failed', or Blocked (no-tool, timeout, offline-root). */
	query(argv: readonly string[], options?: ProgramOptions): Promise<string>;
	/** The same, giving any exit code back instead of throwing. */
	probe(argv: readonly string[], options?: ProgramOptions): Promise<Ran>;
}

export type ReplaceOptions = {
	/** sha256 (hex) of what was inspected, or 'absent'. Refused with Fault 'file.moved' when the file holds something else by now. */
	readonly was: string;
	/** `Stat.id` of what was inspected; another file with the same bytes is refused too. */
	readonly id?: string | undefined;
	/** For a new file, or to change it; an existing file keeps its own otherwise. Default 0o644. */
	readonly mode?: number;
	/** `user:group`; an existing file keeps its own otherwise. */
	readonly owner?: string;
	/** The format's own checker for the draft: `visudo -cf DRAFT`. Fault 'file.rejected' when it fails. */
	readonly check?: (draft: string) => readonly string[];
	/** For a fragment that cannot be checked alone: checks the whole configuration after the rename; the old bytes go back when it fails. */
	readonly checkAfter?: readonly string[];
};

export type ServiceAct = 'start' | 'restart' | 'reload';
export type ServiceOptions = {
	/** Seconds it must stay up afterwards. Default 1.5 where systemd cannot tell that it is ready, else 0.3. */
	readonly staysUp?: number;
};

export interface Host extends Reader {
	/** Runs a program that changes the host. Its lines go to the events, freed of secrets. `apt: true` lets nothing kill it. */
	exec(
		argv: readonly string[],
		options?: ProgramOptions & {readonly apt?: boolean; readonly onLine?: (line: string) => void},
	): Promise<void>;
	/**
	 * Has a unit start, restart or reload: tested before by its own checker where it runs, bounded, and looked at afterwards. Throws Fault 'unit.would-fail' with
	 * nothing done, 'unit.failed' or 'unit.slow'. No other way leads there.
	 */
	serve(act: ServiceAct, unit: string, options?: ServiceOptions): Promise<void>;
	/** Atomic; keeps mode, owner and xattrs; the previous content is in the stash before. */
	replace(path: string, text: Text | Uint8Array, options: ReplaceOptions): Promise<void>;
	/** Makes one directory; its parent must exist. Fault 'path.in-the-way' where something is there already. */
	mkdir(path: string, options: {readonly mode: number; readonly owner: string}): Promise<void>;
	/** Makes or atomically replaces a symbolic link. `owner` is the link's own; default root. */
	symlink(path: string, target: string, options: {readonly owner?: string} & StillThe): Promise<void>;
	/** Sets mode and/or owner without following a link. */
	own(path: string, options: {readonly mode?: number; readonly owner?: string} & StillThe): Promise<void>;
	/** Removes a file, a link or an empty directory. Nothing there is no fault. */
	remove(path: string, options: StillThe): Promise<void>;
	/** Removes a tree that is wholly ours; of a link only the link. Refuses '/', '/etc', '/usr', '/var', '/home', '/srv' and the like. */
	removeTree(path: string, options: StillThe): Promise<void>;
	/** Renames within one file system, and fsyncs both directories. */
	rename(from: string, to: string, options: StillThe): Promise<void>;
	/** Calls `use` with a name of a directory for the programs it starts: it leads there whatever its owner moves about meanwhile. */
	held(path: string, use: (name: string) => Promise<void>, options: StillThe): Promise<void>;
	/** Changes something from inside this process (a query, an LDAP operation). `what` says it for a dry run, which does not call it. */
	act(what: string, change: () => Promise<void>): Promise<void>;
	/** Keeps bytes in the stash (0700, by sha256) and gives their hash; `unstash` gives them back. */
	stash(content: Text | Uint8Array): Promise<string>;
	unstash(hash: string): Promise<Uint8Array | undefined>;
	/** Forgets the facts of this pass: time passed, and something else may have changed. */
	forget(): void;
	/** Real progress of the node at work, where there is some. */
	progress(done: number, of: number): void;
	/** A line for the operator about the node at work, freed of secrets. */
	say(line: string): void;
}
