/** Debian's Apache is told what it loads by links. They are changed together and tested before anybody reloads it; where it refuses them, they are as they were. */
import {lastLines} from '#host/programs/run-program.ts';
import {mayTest} from '#host/trust/test-command.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Edges, Undone} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';

export const apacheAt = '/etc/apache2';
const test = ['apache2ctl', 'configtest'] as const;

/** `path` below /etc/apache2: `mods-enabled/ssl.load`; the target as a2enmod writes it. */
export type Link = {readonly path: string; readonly target: string};
export type Links = {readonly make: readonly Link[]; readonly remove: readonly Link[]};

/** Each has Apache's package before it and the lock of its directory; Apache takes it up at the end. */
export const apacheEdges = (own: Edges, how: 'reload' | 'restart', more: Partial<Edges>): Edges =>
	withEdges(
		{
			...own,
			needs: ['package:apache2', ...(own.needs ?? [])],
			locks: ['apache', ...(own.locks ?? [])],
			owes: [{unit: 'apache2.service', do: how}],
		},
		more,
	);

/** `mods-enabled/ssl.load` as a link to `../mods-available/ssl.load`. */
export const linkOf = (kind: 'mods' | 'sites' | 'conf', file: string): Link => ({
	path: `${kind}-enabled/${file}`,
	target: `../${kind}-available/${file}`,
});

/** What is at a link's place; undefined when there is nothing. A file there counts as what somebody enabled by hand. */
export const linkNow = async (host: Reader, path: string): Promise<{readonly target: string | null} | undefined> => {
	const stat = await host.stat(`${apacheAt}/${path}`);
	return stat === undefined ? undefined : {target: stat.kind === 'symlink' ? (stat.target ?? '') : null};
};

/** Throws Fault 'apache.rejected' with Apache's words, and then nothing has changed; 'program.untrusted' where a test would run what others may write. */
export const changeLinks = async (host: Host, links: Links): Promise<void> => {
	const done: (() => Promise<void>)[] = [];
	try {
		for (const link of links.remove) {
			const there = await host.stat(`${apacheAt}/${link.path}`);
			await host.remove(`${apacheAt}/${link.path}`, {was: there?.id});
			done.push(() => host.symlink(`${apacheAt}/${link.path}`, link.target, {was: 'absent'}));
		}
		for (const link of links.make) {
			await host.symlink(`${apacheAt}/${link.path}`, link.target, {was: 'absent'});
			const {id} = (await host.stat(`${apacheAt}/${link.path}`)) ?? {};
			done.push(() => host.remove(`${apacheAt}/${link.path}`, {was: id}));
		}
		host.forget();
		await mayTest(host, test);
		await host.exec(test);
	} catch (error) {
		for (const back of done.toReversed()) await back();
		if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
		throw new Fault(
			'apache.rejected',
			`Apache would not start with ${[...links.make, ...links.remove].map(({path}) => path).join(', ')} changed`,
			'It is as it was. Its words are below; where they are about another file, mend that first (apache2ctl configtest).',
			{details: lastLines(faultData(error).details?.join('\n') ?? '', 8)},
		);
	}
};

export const linksRecord = (links: Links): Json => links as unknown as Json;

/** Only what is still as we left it goes back. */
export const undoLinks = async (record: Json, host: Host): Promise<Undone> => {
	const {make, remove} = record as unknown as Links;
	const now = async ({path}: Link): Promise<{readonly target: string | null} | undefined> => linkNow(host, path);
	const ours = await filtered(make, async link => (await now(link))?.target === link.target);
	const gone = await filtered(remove, async link => (await now(link)) === undefined);
	if (ours.length + gone.length === 0) return {outcome: 'already'};
	await changeLinks(host, {make: gone, remove: ours});
	return {outcome: 'undone'};
};

const filtered = async <T>(all: readonly T[], keep: (one: T) => Promise<boolean>): Promise<readonly T[]> => {
	const kept = await Promise.all(all.map(keep));
	return all.filter((_, at) => kept[at]);
};
