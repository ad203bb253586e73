import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type SudoersSetting, sudoers} from '#edit/line-formats/sudoers.ts';

const edit = (source: string, ...settings: readonly SudoersSetting[]): string =>
	spliced(source, sudoers.edit(source, settings));
const rule = 'ada ALL=(ALL:ALL) NOPASSWD: ALL';

describe('a file of sudoers.d', () => {
	it.each([
		['a new rule gets a line', 'bob ALL=(ALL) ALL\n', `bob ALL=(ALL) ALL\n${rule}\n`],
		[
			'a rule that is there stays as it is written',
			'ada  ALL=(ALL:ALL)\tNOPASSWD: ALL \n',
			'ada  ALL=(ALL:ALL)\tNOPASSWD: ALL \n',
		],
		['a comment is no rule', `# ${rule}\n`, `# ${rule}\n${rule}\n`],
		['the end of a longer one is none', `User_Alias X = \\\n${rule}\n`, `User_Alias X = \\\n${rule}\n${rule}\n`],
		['an empty file', '', `${rule}\n`],
	])('%s', (_name, before, after) => {
		expect(edit(before, {rule})).toBe(after);
		expect(edit(after, {rule})).toBe(after);
	});

	it('takes the whole line away', () => {
		expect(edit(`bob ALL=ALL\n${rule}\n`, {rule, present: false})).toBe('bob ALL=ALL\n');
	});

	it('refuses more than a line, an include and a continuation', () => {
		for (const bad of ['a ALL=ALL\nb ALL=ALL', '#include /tmp/x', '@includedir /tmp', 'a ALL=ALL \\', ''])
			expect(() => edit('', {rule: bad}), bad).toThrow('edit.refused');
	});
});
