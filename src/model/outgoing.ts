/** How other hosts are reached, as answers say it: one proxy, and what is fetched elsewhere than where it is published. */
import type {Secret} from './secret.ts';

export type Proxy = {
	/** `http://proxy.example:3128`, without a login. */
	readonly address: string;
	readonly login?: {readonly user: string; readonly password: Secret};
	/** Names, endings (`.example.org`) and addresses that are asked without it. */
	readonly except: readonly string[];
};

/** What begins with `of` is fetched where it begins with `by`: a mirror, or a place on this host. */
export type Instead = {readonly of: string; readonly by: string};

export type Outgoing = {
	/** 'as it is': what the environment says. */
	readonly proxy: Proxy | 'none' | 'as it is';
	/** Indexes in the place of pip's and npm's own. */
	readonly pip?: string;
	readonly npm?: string;
	readonly instead: readonly Instead[];
	/** Instead of the host's own sources and lists: what apt is told of a medium. */
	readonly apt?: {readonly configuration: string; readonly lists: string};
	/** A directory of Python packages in the place of every index. */
	readonly wheels?: string;
};
