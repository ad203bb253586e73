/** One measure for the screen and the plan: what the screen calls failed the plan refuses, and what is accepted on the screen is an answer that the plan honours. */
import {mkdtempSync, rmSync} from 'node:fs';
import {afterAll, beforeEach, expect, test} from 'vitest';
import {readDraft} from '#answers/interview/drafts.ts';
import {createReader} from '#host/reader.ts';
import {ofStack} from '#model/resource.ts';
import type {Stack} from '#model/step.ts';
import {requirements} from '#resources/preflight/host-requirements.ts';
import {stack as ipynbsrv} from '#stacks/ipynbsrv/stack.ts';
import {placeOf} from '#tasks/state-place.ts';
import type {Msg} from '#ui/state/msg.ts';
import {firstState} from '#ui/state/update.ts';
import {acceptedOf, preflight} from '#wizard/preflight.ts';
import {accept} from '#wizard/questions.ts';
import {look, newSession, type Session} from '#wizard/session.ts';

const directory = mkdtempSync('/tmp/preflight-');
afterAll(() => rmSync(directory, {recursive: true}));

const needs = {
	...ipynbsrv.needs!,
	memoryMiB: [50_000_000, 60_000_000],
	diskMiB: 1,
	ports: [],
	releases: ['none'],
} as const;
const stack: Stack = {...ipynbsrv, needs, preflight: ['host.time']};

let session: Session;
let sent: Msg[];
beforeEach(() => {
	session = newSession(placeOf(directory));
	session.stack = stack;
	sent = [];
});
const send = (msg: Msg): void => void sent.push(msg);
const rowsNow = () => sent.flatMap(msg => (msg.type === 'preflight' ? [msg.rows] : [])).at(-1) ?? [];
const state = firstState({columns: 80, rows: 24}, 0);

test('the screen shows what the plan will look at, and doctor checks that stop nothing', async () => {
	await preflight({do: 'preflight', stack: 'ipynbsrv'}, session, send, state);
	const rows = rowsNow();
	expect(rows.map(({id}) => id)).toEqual([
		...['release', 'architecture', 'memory', 'disk', 'ports', 'systemd', 'network', 'host.time'],
	]);
	expect(rows.find(({id}) => id === 'memory')).toMatchObject({state: 'fail', accepted: false});
	expect(rows.find(({id}) => id === 'memory')?.line).toMatch(/MiB, at least 50000000 are needed/);
	expect(rows.find(({id}) => id === 'host.time')?.state).not.toBe('fail');
	const failed = rows.filter(row => row.state === 'fail').map(({id}) => id);
	const refused = await requirements({needs, accepted: []}).look(createReader());
	expect(refused).toMatchObject({state: 'failed', fault: {code: 'requirements.unmet'}});
	expect(refused.state === 'failed' && refused.fault.hint).toContain(`packages.accept: [${failed.join(', ')}]`);
});

test('no question is asked about findings until one is accepted; then it is an answer, in the draft and in the plan', async () => {
	const askedOf = async () =>
		(await look(session)).steps.find(({id}) => id === 'packages')!.questions.map(({path}) => path);
	expect(await askedOf()).not.toContain('accept');
	await preflight({do: 'preflight', stack: 'ipynbsrv'}, session, send, state);
	const failed = rowsNow().flatMap(row => (row.state === 'fail' ? [row.id] : []));
	await Promise.all(failed.map(check => accept({do: 'accept', stack: 'ipynbsrv', check}, session, send, state)));
	expect(acceptedOf(session).toSorted()).toEqual(failed.toSorted());
	expect((await readDraft(directory, 'ipynbsrv'))?.answers).toMatchObject({packages: {accept: failed}});
	expect(await askedOf()).toContain('accept');
	const taken = ofStack('ipynbsrv', requirements({needs, accepted: acceptedOf(session)}));
	expect((await taken.look(createReader())).state).toBe('ok');
});
