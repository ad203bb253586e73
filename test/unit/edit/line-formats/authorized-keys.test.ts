import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type AuthorizedKeysSetting, authorizedKeys, keyInLine} from '#edit/line-formats/authorized-keys.ts';
import {revertEdit} from '#edit/undo/revert.ts';

const ada = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFZm8Vq2uU4xw1pWmYyoxkNl1T5aA6zJ3m3sRk9w0oQh ada@laptop';
const bob = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK3k1t1m0b6w7nQf3o7tEw9v8yXr2mSx0cJz1pHq4uVd';
const edit = (source: string, ...settings: readonly AuthorizedKeysSetting[]): string =>
	spliced(source, authorizedKeys.edit(source, settings));

describe('authorized_keys', () => {
	it.each([
		['a new key gets a line', `${bob} bob\n`, `${bob} bob\n${ada}\n`],
		['a key that is there stays, under another comment', `${ada} of the desk\n`, `${ada} of the desk\n`],
		[
			'a restricted one stays restricted',
			`from="10.0.0.1 # \\" x",pty ${ada}\n`,
			`from="10.0.0.1 # \\" x",pty ${ada}\n`,
		],
		['a comment is no key', `# ${ada}\n`, `# ${ada}\n${ada}\n`],
		['a missing last newline', `${bob}`, `${bob}\n${ada}\n`],
		['an empty file', '', `${ada}\n`],
		['a no-break space before it makes it no key', `\u00a0${ada}\n`, `\u00a0${ada}\n${ada}\n`],
	])('%s', (_name, before, after) => {
		expect(edit(before, {key: ada})).toBe(after);
		expect(edit(after, {key: ada})).toBe(after);
	});

	it('takes away every line of the key and no other', () => {
		expect(edit(`${bob}\nrestrict ${ada}\n${ada}\n`, {key: ada, present: false})).toBe(`${bob}\n`);
	});

	it('refuses what is no key, what has options and what has two lines', () => {
		for (const key of [
			'ada',
			'ssh-ed25519 AAAA',
			`command="/bin/sh" ${ada}`,
			`${ada}\n${bob}`,
			`ssh-rsa ${ada.split(' ')[1]}`,
			'',
		])
			expect(() => edit('', {key}), key).toThrow('edit.refused');
	});

	it('reads options, type, key and comment', () => {
		expect(keyInLine(`environment="A=b c",restrict ${bob} bob at home`)).toMatchObject({
			options: 'environment="A=b c",restrict',
			type: 'ssh-ed25519',
			comment: 'bob at home',
		});
	});

	it('editing twice is editing once, and undo gives the bytes back', () => {
		const line = fc.constantFrom(bob, `${bob} x`, '# note', '', 'garbage "', `no-pty ${ada}`, `\ufeff${ada}`);
		fc.assert(
			fc.property(fc.array(line, {maxLength: 5}), lines => {
				const before = lines.map(one => `${one}\n`).join('');
				const after = edit(before, {key: ada});
				expect(edit(after, {key: ada})).toBe(after);
				expect(after.startsWith(before)).toBe(true);
				expect(
					revertEdit({format: 'authorized_keys', settings: [{key: ada}], current: after, was: before, became: after})
						.result,
				).toBe(before);
			}),
		);
	});
});
