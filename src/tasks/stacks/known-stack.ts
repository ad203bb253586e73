/** A stack that this host knows, before anything of it is loaded. */
import type {Stack} from '#model/step.ts';

export type KnownStack = {
	readonly id: string;
	/** 'setup', or the folder of the operator's own. */
	readonly origin: string;
	/** Where its GUIDE.md is. */
	readonly folder: string;
	/** Throws Fault stack.* for one of the operator's own that cannot be taken. */
	load(): Promise<Stack>;
};
