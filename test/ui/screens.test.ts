/** Every screen of the wizard on a real terminal: resized and back, and asked for what must not happen by accident. */
import {setTimeout as pause} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {sizes, useForm} from './support/form.ts';
import {expectSameAfterRedraw} from './support/redraw.ts';
import {states} from './support/states.ts';

const form = useForm();
const names = Object.keys(states);

test.each(sizes)(
	'resizing any of them at $columns x $rows loses nothing and leaves nothing behind',
	{timeout: 180_000},
	async size => {
		await using pty = await form.openScreens(size, ...names);
		for (const name of names) {
			await pty.quiet(120);
			const before = pty.screen();
			for (const [columns, rows, says] of [
				[40, 12, /^ setup · /],
				[20, 6, /setup needs/],
				[101, 19, /^ setup · /],
			] as const) {
				pty.resize(columns, rows);
				await pty.until(says);
			}
			pty.resize(size.columns, size.rows);
			await pty.until(screen => screen.join('\n') === before.join('\n'));
			if (name === names.at(-1)) await expectSameAfterRedraw(pty);
			const bytes = pty.bytes();
			pty.kill('SIGUSR2');
			await pty.until(() => pty.bytes() > bytes);
		}
	},
);

test('a window that is dragged leaves nothing behind', async () => {
	await using pty = await form.openScreens({}, 'question-text');
	await pty.quiet();
	const before = pty.screen();
	for (let turn = 0; turn < 120; turn++) {
		pty.resize(30 + ((turn * 37) % 90), 8 + ((turn * 11) % 25));
		if (turn % 3 === 0) await pause(turn % 20);
	}
	pty.resize(80, 24);
	await pty.until(screen => screen.join('\n') === before.join('\n'));
	await expectSameAfterRedraw(pty);
});

test('a stop is not answered by what was typed before it was asked, nor by a paste', async () => {
	await using pty = await form.openScreens({}, 'install');
	pty.type('\u0003stop\r');
	await pty.until('Stop after what is at work now?');
	pty.type('stop\r');
	await pty.quiet(500);
	expect(pty.text()).toContain('Stop after what is at work now?');
	pty.paste('stop');
	await pty.until('has to be typed');
	pty.type('st\r');
	await pty.until('Type the word stop');
	pty.type('op\r');
	await pty.until(screen => !screen.some(row => row.includes('Stop after what is at work now?')));
	pty.type('d');
	await pty.until(/^effects: /m);
	expect(pty.text().match(/stop/g)).toHaveLength(1);
});

test('letters typed while an answer is looked at are no commands of the next screen', async () => {
	await using pty = await form.openScreens({}, 'waiting');
	pty.type('iiiiyes\r\ri');
	await pty.quiet();
	pty.kill('SIGTERM');
	await pty.until(/^effects:$/m);
});
