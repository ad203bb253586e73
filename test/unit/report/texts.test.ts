import {expect, test} from 'vitest';
import {makePlan} from '#engine/plan.ts';
import type {Event} from '#model/event.ts';
import {Fault, faultData} from '#model/fault.ts';
import {planText} from '#report/plan-text.ts';
import {rehearsalText} from '#report/rehearsal-text.ts';
import {runText} from '#report/run-text.ts';
import {stepTimes} from '#report/step-times.ts';
import {styleFor} from '#report/style.ts';
import {keyType, memoryHost, node} from '../engine/memory.ts';

const plain = styleFor({}, {});

test('colour only for a terminal that wants it', () => {
	expect(styleFor({isTTY: true}, {}).red('x')).toBe('\u001b[31mx\u001b[0m');
	expect(styleFor({isTTY: true}, {NO_COLOR: '1'}).red('x')).toBe('x');
	expect(styleFor({isTTY: true}, {TERM: 'dumb'}).red('x')).toBe('x');
	expect(styleFor({}, {}).red('x')).toBe('x');
});

test('a plan names the step on every line of a change, says what unknowns wait for, and counts', async () => {
	const type = keyType(new Map([['a', 'set']]));
	const plan = await makePlan(
		[
			node(type, 'a'),
			node(type, 'b', {provides: ['path:/b']}),
			node(type, 'c', {needs: ['path:/b']}, {until: {key: 'b', thing: 'path:/b'}}),
			node(type, 'd', {needs: ['unit:none.service']}),
		],
		memoryHost(),
	);
	const text = planText(plan, 'Plan', {style: plain, diffs: true, verbose: true});
	expect(text).toContain('= [test] a\n');
	expect(text).toContain('~ [test] b\n    b: nothing -> set\n');
	expect(text).toContain('? [test] c  unknown until path:/b is there\n');
	expect(text).toContain('! [test] d\n    error [plan.nobody-provides]');
	expect(text).toContain('1 to change, 1 unknown until then, 1 that cannot be planned, 1 as desired.');
});

const events: readonly Event[] = [
	{type: 'run-start', run: 'r', stack: 's', nodes: 2, changes: 2, resumed: false},
	{type: 'node-start', id: 'a', step: 'one', title: 'a', n: 1, of: 2},
	{type: 'node-line', id: 'a', line: 'compiling\tx.c'},
	{type: 'wait', for: 'the package lock', holder: 'process 7 (apt)'},
	{type: 'node-end', id: 'a', step: 'one', outcome: 'changed', seconds: 1.5},
	{type: 'node-start', id: 'b', step: 'two', title: 'b', n: 2, of: 2},
	{
		type: 'node-end',
		id: 'b',
		step: 'two',
		outcome: 'failed',
		seconds: 0,
		fault: faultData(new Fault('x.y', 'it broke', 'mend it', {details: ['last word']})),
	},
	{type: 'run-end', run: 'r', outcome: 'failed', changed: 1, failed: 1, skipped: 0, seconds: 2},
];

const written = (isTTY: boolean): string => {
	let text = '';
	const listen = runText({isTTY, columns: 40, write: part => (text += part)}, plain, () => 0);
	for (const event of events) listen(event);
	return text;
};

test('without a terminal a run is plain lines, the fault whole, and no control characters', () => {
	const text = written(false);
	expect(text).toBe(
		[
			'Installing s: 2 of 2 to look at or change',
			'... [one] a',
			'    waiting for the package lock, held by process 7 (apt)',
			'ok  [one] a 1.5 s',
			'... [two] b',
			'!!  [two] b 0.0 s',
			'error [x.y] it broke',
			'  | last word',
			'next  mend it',
			'Failed: 1 changed, 1 failed, 0 not done, 2.0 s. Mend the cause and run the same command again: it goes on from here.',
			'',
		].join('\n'),
	);
});

test('on a terminal the last line is live and never wider than the screen', () => {
	const text = written(true);
	expect(text).toContain('\r\u001b[K0/2 0.0 s [one] a compiling x.c');
	const live = text
		.split('\r')
		.map(part => part.replace('\u001b[K', '').split('\n')[0]!)
		.filter(part => /^\d+\/\d+ /.test(part));
	expect(live.length).toBeGreaterThan(2);
	for (const line of live) expect(line.length).toBeLessThan(40);
});

test('a rehearsal tells times, packages, ports and files, crowded directories as one line', () => {
	let now = 0;
	const times = stepTimes(() => (now += 1000));
	for (const event of events) times.listen(event);
	const links = Array.from({length: 20}, (_, at) => ({path: `/etc/alternatives/x${at}`, change: 'added' as const}));
	const text = rehearsalText(
		{
			code: 1,
			steps: times.steps(),
			changes: {
				files: [...links, {path: '/etc/hosts', change: 'changed'}, {path: '/usr/bin/x', change: 'added', package: 'x'}],
				packages: {added: ['x 1'], changed: [], removed: []},
				ports: [{protocol: 'tcp', address: '0.0.0.0', port: 80}],
			},
		},
		plain,
	);
	expect(text).toContain('The rehearsal failed (exit 1).');
	expect(text).toMatch(/one\s+1\.0 s {2}1 changed\n {2}two\s+\d\.0 s {2}0 changed, 1 failed/);
	expect(text).toContain('  + /etc/alternatives/ (20 files)\n  ~ /etc/hosts\n');
	expect(text).toContain('tcp 0.0.0.0:80');
	expect(text).not.toContain('/usr/bin/x');
});
