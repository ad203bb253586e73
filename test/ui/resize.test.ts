/** The window may change at any moment: no copies of old frames stay behind, and nothing that was typed is lost. */
import {expect, test} from 'vitest';
import {sizes, useForm} from './support/form.ts';
import {expectSameAfterRedraw} from './support/redraw.ts';

const form = useForm();

test.each(sizes)('from $columns x $rows to small ones and back', async size => {
	await using pty = await form.open(size, 'spin');
	pty.type('kept 語');
	await pty.until('name    kept 語');
	const steps = [
		...[
			size,
			{columns: 40, rows: 12},
			size,
			{columns: 100, rows: 20},
			{columns: 70, rows: 30},
			{columns: 200, rows: 50},
		],
		...[{columns: 79, rows: 17}, {columns: 30, rows: 5}, {columns: 1, rows: 1}, size],
	];
	for (const {columns, rows} of steps) {
		pty.resize(columns, rows);
		const large = columns >= 60 && rows >= 16;
		if (large) await pty.until(`a form of ${columns} columns`);
		else if (columns > 1) await pty.until('Please make the window');
		if (large) expect(pty.text().match(/a form of/g)).toHaveLength(1);
		if (large) expect(pty.text().match(/┌/g)).toHaveLength(1);
		if (large) expect(pty.text()).toContain('name    kept 語');
	}
	pty.type('\r');
	await pty.until('1 submitted');
});

test('a window that is dragged leaves the same screen as a fresh one', async () => {
	await using pty = await form.open();
	for (let columns = 80; columns >= 40; columns--) pty.resize(columns, 24 - ((columns * 7) % 11));
	for (let columns = 40; columns <= 90; columns += 3) pty.resize(columns, 30 - (columns % 5));
	// A width that was not there on the way: its frame is the last one.
	pty.resize(81, 24);
	await pty.until('a form of 81 columns');
	await expectSameAfterRedraw(pty);
});
