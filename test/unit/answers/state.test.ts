import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {answersDigest} from '#answers/resolve/digest.ts';
import {type Draft, emptyState, readState, updateState} from '#answers/state.ts';
import {caught} from './caught.ts';

let directory = '';
beforeEach(async () => {
	directory = join(await mkdtemp(join(tmpdir(), 'state-')), 'host-setup');
});
afterEach(() => rm(join(directory, '..'), {recursive: true}));

const draft: Draft = {
	stack: 'small',
	step: 'database',
	savedAt: '2025-01-02T03:04:05.000Z',
	answers: {database: {name: 'x', password: {env: 'P'}}},
	provenance: {'database.name': 'typed'},
};

test('no file is an empty state, and reading makes none', async () => {
	expect(await readState(directory)).toEqual(emptyState);
	await expect(stat(directory)).rejects.toThrow('ENOENT');
});

test('a change is on disk when it returns: 0600, in 0700, no temporary left', async () => {
	await updateState(directory, state => ({...state, drafts: {small: draft}}));
	expect(await readState(directory)).toEqual({schemaVersion: 1, drafts: {small: draft}, installed: {}});
	expect((await stat(join(directory, 'state.json'))).mode & 0o777).toBe(0o600);
	expect((await stat(directory)).mode & 0o777).toBe(0o700);
	expect(await readdir(directory)).toEqual(['state.json']);
	const installed = {
		stack: 'small',
		run: 'r1',
		at: '2025-01-02T03:04:05.000Z',
		outcome: 'done' as const,
		digest: answersDigest(draft.answers),
		pinned: {application: 'abc'},
		answers: draft.answers,
		provenance: {},
	};
	await updateState(directory, state => ({...state, drafts: {}, installed: {small: installed}}));
	expect((await readState(directory)).installed['small']).toEqual(installed);
});

test('changes of one process do not lose each other, and a failing one stops none', async () => {
	await Promise.allSettled(
		Array.from({length: 20}, (_, index) =>
			updateState(directory, state => {
				if (index === 7) throw new Error('no');
				return {...state, drafts: {...state.drafts, [`s${index}`]: draft}};
			}),
		),
	);
	expect(Object.keys((await readState(directory)).drafts)).toHaveLength(19);
});

test('keys that a later setup of the same version wrote are kept', async () => {
	await updateState(directory, state => ({...state, drafts: {small: draft}}));
	const path = join(directory, 'state.json');
	const data = JSON.parse(await readFile(path, 'utf8'));
	data.later = {x: 1};
	data.drafts.small.later = 2;
	await writeFile(path, JSON.stringify(data));
	await updateState(directory, state => state);
	expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(data);
});

test.each([
	['torn', '{"schemaVersion": 1, "drafts"', 'state.corrupt', /It is not JSON/],
	['empty', '', 'state.corrupt', /It is not JSON/],
	['of another form', '{"schemaVersion": 1, "drafts": [], "installed": {}}', 'state.corrupt', /Wrong at drafts/],
	['without a version', '{}', 'state.corrupt', /Wrong at schemaVersion/],
	['newer', '{"schemaVersion": 2, "anything": true}', 'state.newer', /version 2; this one knows 1/],
])('a file that is %s gives a clear fault and stays as it is', async (_name, text, code, sentence) => {
	await updateState(directory, state => state);
	const path = join(directory, 'state.json');
	await writeFile(path, text);
	for (const act of [() => readState(directory), () => updateState(directory, state => state)]) {
		expect(await caught(act)).toMatchObject({
			code,
			sentence: expect.stringMatching(sentence),
			hint: expect.stringMatching(/\w/),
		});
	}
	expect(await readFile(path, 'utf8')).toBe(text);
});

test('a place that cannot be read is a fault, not an empty state', async () => {
	expect(await caught(() => readState('/etc/hostname'))).toMatchObject({code: 'state.unreadable'});
});

test('the digest does not depend on the order of keys', () => {
	expect(answersDigest({a: 1, b: [{c: 1, d: 2}]})).toBe(answersDigest({b: [{d: 2, c: 1}], a: 1}));
	expect(answersDigest({a: [1, 2]})).not.toBe(answersDigest({a: [2, 1]}));
});
