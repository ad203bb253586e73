/** Pasted text fills a field and does nothing else, whatever is in it and whatever is lost on the way. */
import {describe, expect, test} from 'vitest';
import {sizes, useForm, valueOf} from './support/form.ts';

const form = useForm();
const start = '\u001b[200~';

describe.each(sizes)('at $columns x $rows', size => {
	test('with a line break at its end it fills the field and submits nothing', async () => {
		await using pty = await form.open(size);
		expect(pty.modes().paste).toBe(true);
		pty.paste('hunter2\r\n');
		await pty.until('paste:"hunter2"');
		expect(valueOf(pty, 'name')).toBe('hunter2');
		await pty.quiet();
		expect(pty.text()).not.toContain('<enter>');
	});

	test('line breaks and control characters inside are taken out and counted', async () => {
		await using pty = await form.open(size);
		pty.paste('one\r\ntwo\u0015\u0007three\n');
		await pty.until('paste:"onetwothree"-3');
		expect(valueOf(pty, 'name')).toBe('onetwothree');
	});

	test('whose end is lost ends by itself, and keys work again', async () => {
		await using pty = await form.open(size);
		pty.type(`${start}abc`);
		await pty.until('paste:"abc"');
		pty.type('d\r');
		await pty.until('submitted "abcd"');
	});

	test('whose end is lost does not hold Ctrl-C', async () => {
		await using pty = await form.open(size);
		pty.type(`${start}abc`);
		pty.type('\u0003');
		expect((await pty.ended).code).toBe(130);
	});

	test('byte by byte it is one paste', async () => {
		await using pty = await form.open(size);
		await pty.typeSlow(`${start}né\u001b[201~!`, 30);
		await pty.until('paste:"né" text:"!"');
	});
});

test('a long one arrives whole', async () => {
	await using pty = await form.open();
	const long = Array.from({length: 2000}, (_, at) => String(at)).join('-');
	pty.paste(long);
	pty.type('\r');
	await pty.until('1 submitted');
	expect(valueOf(pty, 'name')).toBe(`${long.slice(0, 71)}…`);
});
