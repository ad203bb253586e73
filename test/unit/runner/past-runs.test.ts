/** What `setup log` tells, from a journal and logs as the run itself writes them. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {openJournal, readJournal} from '#engine/journal.ts';
import type {Event} from '#model/event.ts';
import {eventLog} from '#report/event-log.ts';
import {logText, runLogText} from '#report/log-text.ts';
import {styleFor} from '#report/style.ts';
import {type PastRun, pastRuns} from '#runner/past-runs.ts';
import {runStory} from '#runner/run-story.ts';

const state = mkdtempSync(join(tmpdir(), 'log-'));
afterAll(() => rmSync(state, {recursive: true}));
const fault = {code: 'apt.failed', sentence: 'apt ended with 100', hint: 'Look at its words.', details: ['E: no disk']};
const [older, newer, refused] = ['20260101T120000Z-aaaa', '20260101T130000Z-bbbb', '20260101T140000Z-cccc'] as const;

/** A run of the state's former format, whose log is gone; one that failed; one that did not get as far as a plan. */
const written = (): void => {
	const journal = openJournal(join(state, 'journal.jsonl'));
	const intent = (run: string, id: string) => {
		const seq = journal.next();
		const undo = {can: true, record: null, kept: []} as const;
		journal.append({
			t: 'intent',
			seq,
			run,
			stack: 'light',
			id,
			step: 'one',
			type: 'file',
			what: [`${id} made`],
			undo,
			owes: [],
		});
		return seq;
	};
	journal.append({t: 'run', run: older, stack: 'light', version: '1', answers: ''});
	journal.append({t: 'done', seq: intent(older, 'a'), seconds: 1});
	journal.append({t: 'end', run: older, outcome: 'done'});
	journal.append({t: 'run', run: newer, stack: 'light', version: '1', answers: ''});
	journal.append({t: 'failed', seq: intent(newer, 'b'), fault});
	journal.append({t: 'end', run: newer, outcome: 'failed'});
	journal.close();
	const log = eventLog(state, newer, line => expect.fail(line));
	const by = {user: 'ada', tty: 'pts/1'};
	log.edge({type: 'run-by', run: newer, what: 'setup apply light.yaml', stack: 'light', by});
	const events: readonly Event[] = [
		{type: 'node-start', id: 'b', step: 'one', title: 'the package b', n: 1, of: 1},
		{type: 'node-program', id: 'b', argv: ['apt-get', 'install', 'b'], env: {}},
		...Array.from({length: 50}, (_no, n): Event => ({type: 'node-line', id: 'b', line: `line ${n} \u001b[2J`})),
		{type: 'node-end', id: 'b', step: 'one', outcome: 'failed', seconds: 3, fault},
		{type: 'node-end', id: 'fine', step: 'one', outcome: 'ok', seconds: 0},
	];
	for (const event of events) log.listen(event);
	log.edge({type: 'run-over', code: 1});
	log.close();
	const other = eventLog(state, refused, line => expect.fail(line));
	other.edge({type: 'run-by', run: refused, what: 'setup apply bad.yaml', by: {user: 'root'}});
	other.edge({type: 'run-over', code: 1, fault});
	other.close();
};
written();
const runs = (): readonly PastRun[] => pastRuns(state, readJournal(join(state, 'journal.jsonl')));
const plain = styleFor({});

test('lists runs newest first, with who, what and how it ended, as far as that is known', () => {
	expect(runs()).toMatchObject([
		{run: refused, what: 'setup apply bad.yaml', outcome: 'failed', changed: 0, fault, hasLog: true},
		{run: newer, stack: 'light', by: {user: 'ada'}, outcome: 'failed', changed: 0, hasLog: true},
		{run: older, stack: 'light', what: undefined, outcome: 'done', changed: 1, hasLog: false},
	]);
	const text = logText(runs().slice(0, 2), 1, plain);
	expect(text).toMatch(
		/^20260101T130000Z-bbbb {2}2026-01-01 13:00:00 {2}ada on pts\/1 {2}failed +0 +setup apply light\.yaml$/m,
	);
	expect(text).toMatch(/^and 1 older; --last 3 shows them$/m);
});

test('shows one: what each thing was to change, the last words of its programs, the fault; nothing that drives a terminal', async () => {
	const [, run] = runs();
	const story = await runStory(state, newer, readJournal(join(state, 'journal.jsonl')), {most: 3, hasLog: true});
	expect(story.things).toHaveLength(1);
	expect(story.things[0]).toMatchObject({id: 'b', outcome: 'failed', what: ['b made'], earlier: 47, fault});
	const text = runLogText(run!, story, plain);
	expect(text).toMatch(
		/^!! {2}\[one\] the package b 3\.0 s\n {6}b made\n {4}\$ apt-get install b\n {4}\| … 47 lines before; --lines 50\n {4}\| line 47 \\x1b\[2J$/m,
	);
	expect(text).toMatch(/\[apt\.failed\] apt ended with 100\n {2}\| E: no disk\nnext/);
	expect(text).not.toContain('\u001b');
});

test('a run whose log is gone is told by the journal; a torn line and a run that was cut off are no fault', async () => {
	const entries = readJournal(join(state, 'journal.jsonl'));
	const story = await runStory(state, older, entries, {most: 3, hasLog: false});
	expect(runLogText(runs()[2]!, story, plain)).toMatch(/Its log is gone[\s\S]*^ok {2}\[one\] a$/m);
	const cut = '20260101T150000Z-dddd';
	mkdirSync(join(state, 'events'), {recursive: true});
	writeFileSync(
		join(state, 'events', `${cut}.ndjson`),
		`{"at":1,"type":"run-by","run":"${cut}","what":"setup undo","by":{"user":"root"}}\n{"at":2,"type":"no`,
	);
	expect(runs()[0]).toMatchObject({run: cut, what: 'setup undo', outcome: 'cut off'});
});
