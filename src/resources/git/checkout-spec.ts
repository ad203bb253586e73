/** What a checkout is asked for, and what is pinned of it: `checkout.ts` and what it is made of share it. */
import type {Carry} from './lines-of-others.ts';
import type {Source} from './program.ts';
import type {Target} from './ref.ts';
import type {SettledElsewhere} from './settled-elsewhere.ts';
import type {Runs} from './stand-still.ts';

export type GitCheckoutSpec = Source & {
	/** Branch, tag or commit, which may be shortened to seven digits; `refs/heads/x` or `refs/tags/x` where both exist. */
	readonly ref: string;
	readonly directory: string;
	/** Files in it that our resources change or make: paths, directories or globs. */
	readonly ours?: readonly string[];
	/** Files in it in which an earlier setup made settings that are elsewhere now: what differs by these alone goes back to what is committed. */
	readonly settledElsewhere?: readonly SettledElsewhere[];
	/** Follow the branch to where it is now. */
	readonly update?: boolean;
	/** What runs this code: it stands still from before an update moves it until what starts it comes. */
	readonly runs?: Runs;
	/** Default: when there is a .gitmodules. */
	readonly submodules?: boolean;
};

/** What apply installed. `updating` is there only while a move is under way. */
export type Pin = {
	readonly url: string;
	readonly ref: string;
	readonly kind: Target['kind'];
	readonly commit: string;
	/** The update that brought it here; within it nothing newer is looked for. */
	readonly by?: string;
	readonly updating?: {
		readonly from: string;
		readonly kind: Target['kind'];
		readonly commit: string;
		/** Hashes in the stash of files in which others wrote: as committed, and with their lines. */
		readonly carry?: Carry;
	};
};
