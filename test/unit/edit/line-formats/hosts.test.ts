import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type HostsSetting, hosts} from '#edit/line-formats/hosts.ts';
import {revertEdit} from '#edit/undo/revert.ts';

const edit = (source: string, ...settings: readonly HostsSetting[]): string =>
	spliced(source, hosts.edit(source, settings));
const app: HostsSetting = {name: 'app.ldap', address: '127.0.0.1'};

describe('/etc/hosts', () => {
	it.each([
		['a new name gets a line of its own', '127.0.0.1\tlocalhost\n', '127.0.0.1\tlocalhost\n127.0.0.1\tapp.ldap\n'],
		['a name that is right stays', '127.0.0.1 localhost app.ldap # x\n', '127.0.0.1 localhost app.ldap # x\n'],
		[
			'a name with another address moves, its neighbours stay',
			'10.0.0.1 db app.ldap old # x\n',
			'10.0.0.1 db old # x\n127.0.0.1\tapp.ldap\n',
		],
		['the first name of a line moves', '10.0.0.1\tapp.ldap db\n', '10.0.0.1\tdb\n127.0.0.1\tapp.ldap\n'],
		[
			'a line goes with its last name',
			'10.0.0.1 app.ldap # ours\n::1 localhost\n',
			'::1 localhost\n127.0.0.1\tapp.ldap\n',
		],
		['an address of the other family is no contradiction', '::1 app.ldap\n', '::1 app.ldap\n127.0.0.1\tapp.ldap\n'],
		['a comment is no entry', '# 10.0.0.1 app.ldap\n', '# 10.0.0.1 app.ldap\n127.0.0.1\tapp.ldap\n'],
		['a missing last newline', '127.0.0.1 localhost', '127.0.0.1 localhost\n127.0.0.1\tapp.ldap\n'],
		['an empty file', '', '127.0.0.1\tapp.ldap\n'],
	])('%s', (_name, before, after) => {
		expect(edit(before, app)).toBe(after);
		expect(edit(after, app)).toBe(after);
	});

	it('refuses localhost, names with blanks and no addresses', () => {
		for (const setting of [
			{name: 'localhost', address: '10.0.0.1'},
			{name: 'a b', address: '10.0.0.1'},
			{name: 'a\n10.0.0.2 b', address: '10.0.0.1'},
			{name: 'a', address: '10.0.0.1 evil'},
		])
			expect(() => hosts.edit('', [setting])).toThrow('edit.refused');
	});

	const name = fc.constantFrom('localhost', 'app.ldap', 'db', 'x-y.example');
	const line = fc.oneof(
		fc
			.tuple(
				fc.constantFrom('127.0.0.1', '10.0.0.1', '::1'),
				fc.array(name, {minLength: 1, maxLength: 3}),
				fc.constantFrom('', ' # note'),
			)
			.map(([address, names, note]) => `${address}\t${names.join(' ')}${note}`),
		fc.constantFrom('', '# comment', '   '),
	);
	const source = fc.array(line, {maxLength: 5}).map(lines => lines.map(one => `${one}\n`).join(''));

	it('editing twice is editing once, no other name is lost, and undo gives the bytes back', () => {
		fc.assert(
			fc.property(source, before => {
				const after = edit(before, app);
				expect(edit(after, app)).toBe(after);
				const count = (text: string): number =>
					text
						.replaceAll(/#.*/g, '')
						.split(/\s+/)
						.filter(word => ['localhost', 'db', 'x-y.example'].includes(word)).length;
				expect(count(after)).toBe(count(before));
				expect(revertEdit({format: 'hosts', settings: [app], current: after, was: before, became: after}).result).toBe(
					before,
				);
			}),
		);
	});
});
