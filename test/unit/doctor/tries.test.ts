/** Doors are tried only when somebody asked for it, and not before all that is tried was said. */

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readOldReport} from '#commands/doctor/from.ts';
import {reportOf} from '#doctor/report.ts';
import type {Trial} from '#model/check.ts';
import {Blocked} from '#model/unknown.ts';
import {trialLines} from '#report/doctor/trials.ts';
import {about, check, ok, run} from './checks.ts';

const trial: Trial = {door: 'ssh 127.0.0.1:22', does: 'offers a password as nobody', leaves: 'a line in a log'};

const knocking = (events: string[], id = 'a.door') =>
	check(id, {
		facts: {
			door: {
				id: `door of ${id}`,
				read: async () => {
					events.push(`read ${id}`);
					return '127.0.0.1:22';
				},
			},
		},
		tries: () => [trial],
		inspect: async () => {
			events.push(`knock ${id}`);
			return [ok()];
		},
	});

test('without the word a check that knocks does not apply, and reads nothing', async () => {
	const events: string[] = [];
	const [ran] = await run([knocking(events)]);
	expect(ran?.verdict).toMatchObject({state: 'na', because: expect.stringContaining('setup doctor --try a.door')});
	expect(events).toEqual([]);
});

test('with it all is said before the first knock, and each fact is read once', async () => {
	const events: string[] = [];
	const runs = await run([knocking(events), check('b.plain'), knocking(events, 'c.door')], {
		onTrials: trials => void events.push(`said ${trials.length}`),
	});
	expect(runs.map(({verdict}) => verdict.state)).toEqual(['seen', 'seen', 'seen']);
	expect(events).toEqual(['read a.door', 'read c.door', 'said 2', 'knock a.door', 'knock c.door']);
});

test('a check that cannot say what it would try tries nothing', async () => {
	const events: string[] = [];
	const said: Trial[] = [];
	const [ran] = await run(
		[
			{
				...knocking(events),
				tries: () => {
					throw new Blocked({because: 'needs-root', need: 'only root sees who listens'});
				},
			},
		],
		{onTrials: trials => void said.push(...trials)},
	);
	expect(said).toEqual([]);
	expect(events).not.toContain('knock a.door');
	expect(ran?.verdict).toEqual({state: 'unknown', why: {because: 'needs-root', need: 'only root sees who listens'}});
});

test('the list is in the report, and is read again; a door of others cannot write on a terminal', async () => {
	const report = reportOf(await run([check('b.plain')]), [check('b.plain')], {...about, tries: [trial]});
	const directory = mkdtempSync(join(tmpdir(), 'tries-'));
	try {
		writeFileSync(join(directory, 'report.json'), JSON.stringify(report));
		expect((await readOldReport(join(directory, 'report.json'))).tries).toEqual([trial]);
	} finally {
		rmSync(directory, {recursive: true});
	}
	expect(trialLines([trial])).toBe(
		'Tries now, at doors of this host:\n  ssh 127.0.0.1:22: offers a password as nobody (a line in a log)\n',
	);
	expect(trialLines([{...trial, does: 'x\u001b[2Jy'}])).not.toContain('\u001b');
	expect(trialLines([])).toMatch(/^Tries nothing/);
});
