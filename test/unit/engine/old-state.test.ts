/** State that setup d9e1fb4 wrote, before there was one per stack, read by this one: fixtures/state/d9e1fb4 is its journal of one run, and a stamp in its form. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readJournal} from '#engine/journal.ts';
import {makePlan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {heldBy, standing, standingStacks} from '#engine/standing.ts';
import {undoRun} from '#engine/undo.ts';
import {readStamp} from '#resources/shared/stamp.ts';
import {fileReader} from '../support/file-reader.ts';
import {keyType, memoryHost, memoryJournal, node} from './memory.ts';

const state = join(import.meta.dirname, '../../../fixtures/state/d9e1fb4');
const journalFile = join(state, 'journal.jsonl');

/** The host as that run left it. */
const installed = {a: 'one', shared: 'on', x: 'one'};

test('its stack stands with all that it did; a no-op stays one, and undo puts back what there was', async () => {
	const entries = readJournal(journalFile);
	expect(standingStacks(entries)).toEqual(['one']);
	expect(standing(entries).map(({intent, stack, done}) => [intent.id, stack, done])).toEqual([
		['a', 'one', true],
		['shared', 'one', true],
		['x', 'one', true],
	]);
	const [world, journal] = [new Map(Object.entries(installed)), memoryJournal(entries)];
	const type = keyType(world);
	const plan = await makePlan(
		Object.entries(installed).map(([key, value]) => node(type, key, {}, {value})),
		memoryHost(),
	);
	expect(plan.counts).toMatchObject({ok: 3, change: 0, unknown: 0, failed: 0});
	journal.append({t: 'run', run: 'new', stack: 'one', version: '1', answers: ''});
	const ran = await runPlan({
		plan,
		run: 'new',
		stack: 'one',
		journal,
		hostFor: () => memoryHost(),
		emit: () => {},
		jobs: 1,
		stopping: () => false,
		resumed: false,
		remote: 'apply',
	});
	expect([ran.outcome, ran.changed]).toEqual(['done', 0]);
	expect(heldBy(journal.entries, 'one')?.map(({id}) => id)).toEqual(['a', 'shared', 'x']);

	const results = await undoRun({
		journal,
		typeNamed: () => type,
		hostFor: () => memoryHost(),
		emit: () => {},
		stacks: ['one'],
		purge: false,
		purgeData: false,
		dry: false,
		stopping: () => false,
	});
	expect(results.map(({id, result}) => [id, result.outcome])).toEqual([
		['x', 'undone'],
		['shared', 'undone'],
		['a', 'undone'],
	]);
	expect([...world]).toEqual([['x', 'theirs']]);
	expect(standingStacks(journal.entries)).toEqual([]);
});

test('its stamps are those of the stack that it installed, and of no other', async () => {
	const host = fileReader({
		'/var/lib/host-setup/journal.jsonl': readFileSync(journalFile, 'utf8'),
		...Object.fromEntries(
			readdirSync(join(state, 'stamps')).map(name => [
				`/var/lib/host-setup/stamps/${name}`,
				readFileSync(join(state, 'stamps', name), 'utf8'),
			]),
		),
	});
	expect(await readStamp({...host, stack: 'one'}, 'asset:less')).toMatchObject({asked: 'a'});
	expect(await readStamp({...host, stack: 'two'}, 'asset:less')).toBeUndefined();
});
