import {expect, test} from 'vitest';
import type {Event} from '#model/event.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';

const told = (events: readonly Event[]): string => {
	let text = '';
	const listen = runText({write: part => (text += part)}, styleFor({}, {}));
	for (const event of events) listen(event);
	return text;
};

const start: Event = {type: 'run-start', run: 'r', stack: 's', nodes: 2, changes: 2, resumed: false};
const end = (skipped: number, leftOut?: number): Event => ({
	...{type: 'run-end', run: 'r', outcome: 'interrupted', changed: 1, failed: 0, skipped, seconds: 1},
	...(leftOut !== undefined && {leftOut}),
});

test('a run that left out what it was asked to says so, and not that it was stopped', () => {
	expect(told([start, end(1, 1)])).toMatch(
		/Incomplete, as asked: 1 changed, 0 failed, 1 not done, .*without --skip does the rest/,
	);
	expect(told([start, end(2, 1)])).toMatch(/Stopped as asked/);
	expect(told([start, end(1)])).toMatch(/Stopped as asked/);
});

test('an undo ends in its own words', () => {
	expect(told([{type: 'note', line: 'Undone: 1 put back, 0 were so already.'}, end(0)])).toBe(
		'Undone: 1 put back, 0 were so already.\n',
	);
});
