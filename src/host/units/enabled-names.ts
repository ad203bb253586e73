/** What an operator or a package has told systemd to start, and where its boot leads: by the links in /etc/systemd/system, which need no systemd to read. */
import {basename} from 'node:path';
import type {Reader} from '#model/host.ts';
import {pullingLinks, unitDirectories} from './unit-places.ts';

/** The names of the links, with where each leads as written. A template by itself is started by nothing. */
export const enabledNames = async (host: Reader): Promise<ReadonlyMap<string, string>> => {
	const links = (await pullingLinks(host)).filter(({name}) =>
		/^[^\s/]*[^@]\.(service|socket|timer|path|target|mount)$/.test(name),
	);
	return new Map(
		await Promise.all(links.map(async ({name, path}) => [name, (await host.stat(path))?.target ?? ''] as const)),
	);
};

export type BootTarget = {readonly name: string; readonly where: string; readonly there: boolean};

/** What default.target leads to; undefined where there is none at all. */
export const bootTarget = async (host: Reader): Promise<BootTarget | undefined> => {
	for (const directory of unitDirectories) {
		const where = `${directory}/default.target`;
		const stat = await host.stat(where);
		if (stat === undefined) continue;
		// A file in its place is one of its own.
		const name = stat.target === undefined ? 'default.target' : basename(stat.target);
		const there = await Promise.all(unitDirectories.map(one => host.stat(`${one}/${name}`, {follow: true})));
		return {name, where, there: there.some(one => one?.kind === 'file')};
	}
	return undefined;
};
