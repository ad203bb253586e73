/** SIGKILL at every line of the journal, then the same command again: the host ends as if nothing had happened, and undo finds the way back. */
import {describe, expect} from 'vitest';
import {type Digest, digestDiff} from '#rehearse/digest.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {
	bringLight,
	forgetState,
	furnishLight,
	journalOf,
	lightDigest,
	lightHost,
	runLight,
	startsSince,
	state,
	tearJournal,
	textOf,
	unitIsFresh,
} from './support/light.ts';
import {hostTest} from './support/with-host.ts';

const apply = {do: 'apply', stack: 'light'} as const;
const undo = {do: 'undo', stack: 'light'} as const;

type World = {readonly before: Digest; readonly after: Digest; readonly kinds: readonly string[]};

/** One undisturbed run, and back again: what all others are compared with. */
const undisturbed = async (host: ThrowAway): Promise<World> => {
	await bringLight(host);
	await furnishLight(host);
	const before = lightDigest(host);
	expect(await runLight(host, apply)).toMatchObject({code: 0, stderr: ''});
	const world = {before, after: lightDigest(host), kinds: journalOf(host).map(entry => entry.t)};
	expect(digestDiff(before, world.after).length).toBeGreaterThan(10);
	isAsDesired(host, world, 'undisturbed');
	expect(startsSince(host)).toBe(2);
	await isAsBefore(host, world, 'undisturbed');
	return world;
};

const isAsDesired = (host: ThrowAway, world: World, when: string): void => {
	expect(digestDiff(world.after, lightDigest(host)), when).toEqual([]);
	expect(unitIsFresh(host), `${when}: the unit runs with what is written`).toBe(true);
	expect(textOf(host, '/srv/light/password'), when).toBe(`${secretOf(host)}\n`);
	expect(textOf(host, `${state}/journal.jsonl`), when).not.toContain(secretOf(host));
};

/** Undoes, and looks. Forgets all that was, so that the next case starts afresh. */
const isAsBefore = async (host: ThrowAway, world: World, when: string): Promise<void> => {
	const ran = await runLight(host, undo);
	expect(ran, `${when}, undone`).toMatchObject({code: 0, stderr: ''});
	expect(digestDiff(world.before, lightDigest(host)), `${when}, undone`).toEqual([]);
	expect(unitIsFresh(host), `${when}, undone: the unit runs with what is written`).toBe(true);
	forgetState(host);
	startsSince(host);
};

const secretOf = (host: ThrowAway): string =>
	(JSON.parse(textOf(host, `${state}/secrets.json`)) as {secrets: Record<string, string>}).secrets['light/password'] ??
	'none';

const killed = async (host: ThrowAway, order: typeof apply | typeof undo, line: number): Promise<string> => {
	expect(await runLight(host, {...order, killAt: line}), `line ${line}`).toMatchObject({code: 137});
	const last = journalOf(host).at(-1)!;
	return `SIGKILL after line ${line} (${last.t}${'id' in last ? ` ${last.id}` : ''})`;
};

const upTo = (count: number): readonly number[] => Array.from({length: count}, (_, n) => n + 1);

describe('after SIGKILL', () => {
	hostTest(
		'at every line that an apply journals, the next apply ends as an undisturbed one, with one restart',
		lightHost,
		async host => {
			const world = await undisturbed(host);
			for (const line of upTo(world.kinds.length)) {
				const when = await killed(host, apply, line);
				const secret = secretOf(host);
				expect(await runLight(host, apply), when).toMatchObject({code: 0, stderr: ''});
				expect(secretOf(host), when).toBe(secret);
				isAsDesired(host, world, when);
				expect(startsSince(host), when).toBe(1);
				await isAsBefore(host, world, when);
			}
		},
	);

	hostTest(
		'and a power cut that tears the last line, whatever it is, the same; a restart may then come twice',
		lightHost,
		async host => {
			const world = await undisturbed(host);
			for (const line of new Set(world.kinds.map(kind => world.kinds.indexOf(kind) + 1))) {
				const when = `${await killed(host, apply, line)}, torn`;
				tearJournal(host);
				expect(await runLight(host, apply), when).toMatchObject({code: 0, stderr: ''});
				isAsDesired(host, world, when);
				expect([1, 2], when).toContain(startsSince(host));
				await isAsBefore(host, world, when);
			}
		},
	);

	hostTest('undo alone finds the way back, also when it is killed again and again', lightHost, async host => {
		const world = await undisturbed(host);
		for (const line of upTo(world.kinds.length).filter(one => world.kinds[one - 1] === 'intent'))
			await isAsBefore(host, world, await killed(host, apply, line));
		expect(await runLight(host, apply)).toMatchObject({code: 0});
		let kills = 0;
		// Five lines are at least one thing put back, so this ends.
		while ((await runLight(host, {...undo, killAt: (kills % 5) + 1})).code === 137) kills += 1;
		expect(kills).toBeGreaterThan(10);
		await isAsBefore(host, world, 'undo killed again and again');
	});
});
