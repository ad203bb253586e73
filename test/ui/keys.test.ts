/** Keys as slow lines bring them: in pieces, and many in one piece. */
import {describe, expect, test} from 'vitest';
import {sizes, useForm, valueOf} from './support/form.ts';

const form = useForm();
const esc = '\u001b';

describe.each(sizes)('at $columns x $rows', size => {
	test('an arrow key whose bytes come 25 to 100 ms apart is an arrow', async () => {
		await using pty = await form.open(size);
		pty.type('\t\t');
		let zone = 1;
		for (const gap of [25, 60, 100]) {
			for (const arrow of [`${esc}[B`, `${esc}OB`]) {
				// What was late here and not on the line is no case.
				while ((await pty.typeSlow(arrow, gap)) > 115) {
					await pty.quiet();
					zone = Number(/> zone (\d+)/.exec(pty.text())?.[1]);
				}
				zone++;
				await pty.until(`> zone ${zone}`);
			}
		}
	});

	test('Escape alone is Escape', async () => {
		await using pty = await form.open(size);
		pty.type(esc);
		await pty.until('<escape>');
	});

	test('text and Enter in one piece submits the text', async () => {
		await using pty = await form.open(size);
		pty.type('secret\r');
		await pty.until('submitted "secret"');
	});

	test('text and Ctrl-C in one piece interrupts', async () => {
		await using pty = await form.open(size);
		pty.type('abc\u0003');
		expect((await pty.ended).code).toBe(130);
	});

	test('CR LF is one Enter', async () => {
		await using pty = await form.open(size);
		pty.type('x\r\ny');
		await pty.until('<enter> submitted "x" text:"y"');
	});

	test('four keys in one piece are four keys', async () => {
		await using pty = await form.open(size);
		pty.type(`x${esc}[Dy\u007f\u007f`);
		await pty.until('<backspace> <backspace>');
		expect(valueOf(pty, 'name')).toBe('x');
		expect(pty.cursor()).toMatchObject({column: 8, row: 1, shown: true});
	});

	test('a reply of the terminal is not typed', async () => {
		await using pty = await form.open(size);
		pty.type(`a${esc}[?0u${esc}[12;40R${esc}]11;rgb:0000/0000/0000${esc}\\b\r`);
		await pty.until('submitted "ab"');
	});

	test('what was typed before a drain is gone', async () => {
		await using pty = await form.open(size);
		pty.type('\u001ayes\r');
		await pty.quiet();
		pty.type('n\r');
		await pty.until('submitted "n"');
		expect(pty.text()).not.toContain('yes');
	});
});

test('SETUP_ESC_MS is for lines that are slower still', async () => {
	await using pty = await form.open({env: {SETUP_ESC_MS: '600'}});
	pty.type('\t\t');
	await pty.typeSlow(`${esc}[B`, 300);
	await pty.until('> zone 2');
});

test('an Escape that came too early leaves no [A behind', async () => {
	await using pty = await form.open();
	await pty.typeSlow(esc, 0);
	await pty.until('<escape>');
	pty.type('[Dx\r');
	await pty.until('submitted "x"');
});
