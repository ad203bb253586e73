/** What many throw-away hosts start from is installed once and then frozen: a layer between the base image and each host's own changes. */
import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {cacheDir} from './base.ts';
import {withLock} from './lock.ts';
import {type HostOptions, openHost, type ThrowAway} from './throwaway.ts';
import {tool} from './tool.ts';

export type FrozenOptions = Omit<HostOptions, 'lower' | 'upper' | 'keep'> & {
	/** What it is built on, the top one first: a base image, or the layers that another `frozen` gave. */
	readonly on: readonly string[];
	readonly cache?: string;
};

/**
 * The layers to open a host with, the frozen one first. `key` names what went into it (a version, a digest): another key
 * is another layer. Built once, by one process while others wait; a build that throws leaves nothing.
 */
export const frozen = async (
	name: string,
	key: string,
	options: FrozenOptions,
	build: (host: ThrowAway) => Promise<void>,
): Promise<readonly string[]> => {
	const {on, cache = cacheDir, ...rest} = options;
	const made = join(cache, 'layers', `${name}-${key}`);
	if (existsSync(made)) return [made, ...on];
	return withLock(join(cache, 'layers', `${name}-${key}.lock`), async () => {
		if (!existsSync(made)) await make(made, {...rest, lower: on}, build);
		return [made, ...on];
	});
};

const make = async (made: string, options: HostOptions, build: (host: ThrowAway) => Promise<void>): Promise<void> => {
	const draft = `${made}.tmp`;
	for (const path of [draft, `${draft}.work`]) rmSync(path, {recursive: true, force: true});
	mkdirSync(join(made, '..'), {recursive: true, mode: 0o755});
	try {
		const host = await openHost({...options, upper: {dir: draft}});
		try {
			await build(host);
			// As an operator would, so that databases end cleanly.
			await host.stop();
		} finally {
			await host.close();
		}
		await tool(['sync', '--file-system', draft]);
		renameSync(draft, made);
	} finally {
		for (const path of [draft, `${draft}.work`]) rmSync(path, {recursive: true, force: true});
	}
};
