/** What a throw-away host is asked for, and what it can be told to do. */
import type {Ran} from '#model/host.ts';
import type {Changes} from './changes.ts';
import type {InsideOptions} from './machine/enter.ts';
import type {NetworkPolicy} from './network/network.ts';
import type {Fresh, FreshServer} from './servers/fresh-server.ts';

export type Bind = {readonly from: string; readonly to: string; readonly readOnly?: boolean};

export type HostOptions = {
	/** 'host': a copy of this machine; or image directories, the top one first. */
	readonly lower: 'host' | readonly string[];
	readonly name?: string;
	/** Where its changes go: in its own directory (removed at the end), in memory, or in a directory that stays. With images only. */
	readonly upper?: 'own' | 'tmpfs' | {readonly dir: string};
	readonly network?: NetworkPolicy;
	readonly binds?: readonly Bind[];
	/** Directories that are no overlay inside, because the engines that live there make overlays of their own. */
	readonly plain?: readonly string[];
	/** Units that the plan starts: of this machine, or timers that are kept quiet in an image. */
	readonly unmask?: readonly string[];
	/** Database servers of this machine, in a copy of it: they start on fresh, empty data. The others stay off. */
	readonly servers?: readonly FreshServer[];
	/** Shares downloaded packages with other throw-away hosts, in this directory. */
	readonly debs?: string;
	/** Stays up when we end; `closeKept` ends it. */
	readonly keep?: boolean;
	readonly hostname?: string;
	/** Milliseconds to boot in. Default 120 s. */
	readonly deadline?: number;
	/** Where its directory is made. */
	readonly state?: string;
};

export type ThrowAway = {
	readonly name: string;
	/** The merged tree as a path of this machine, good until it is closed. Absolute links in it lead out of it: use `run` to follow them. */
	readonly root: string;
	/** The directory of what it changed in '/'. */
	readonly upper: string;
	/** Its IPv4 address, reachable from this machine only, there by root and who called sudo. */
	readonly address: string;
	/** This machine's end of the wire. */
	readonly gateway: string;
	/** What became of each of `servers`. */
	readonly fresh: readonly Fresh[];
	/** Databases that the plan would start and that were not: they hold this machine's data. */
	readonly held: readonly string[];
	/** PID 1 inside, as seen from here. */
	leader(): number;
	run(argv: readonly string[], options?: InsideOptions): Promise<Ran>;
	/** The same; any exit code but 0 is a Fault 'rehearse.program' with its last lines. Gives stdout. */
	must(argv: readonly string[], options?: InsideOptions): Promise<string>;
	/** Off and on again; `hard` is a power cut. What it changed stays. */
	reboot(options?: {readonly hard?: boolean}): Promise<void>;
	/** Off, as `hard` as a power cut or as an operator would. `start` boots it again. */
	stop(options?: {readonly hard?: boolean}): Promise<void>;
	start(): Promise<void>;
	/** What it changed, compared with what it was made of. */
	changes(): Promise<Changes>;
	/** The argv with which an operator gets inside. */
	shell(): readonly string[];
	close(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
};
