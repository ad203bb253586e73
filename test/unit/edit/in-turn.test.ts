/** Several settings at once, secrets among them, and what a screen may see of it. */
import {describe, expect, it} from 'vitest';
import {splice, spliced, spliceShown} from '#edit/editor.ts';
import {formats} from '#edit/formats.ts';
import {recallSettings, recordSettings} from '#edit/undo/setting-records.ts';
import {fill, isKnown, reveal, Secret, showText} from '#model/secret.ts';

describe('settings in turn', () => {
	it('builds one new dict from several settings, with a secret in the middle', () => {
		const password = new Secret('db', "it's");
		const splices = formats.python.edit('X = {}\n', [
			{path: ['X', 'a', 'b'], value: {text: [password]}},
			{path: ['X', 'a', 'c'], value: {number: 1}},
		]);
		expect(reveal(splice('X = {}\n', splices))).toBe("X = {'a': {'b': 'it\\'s', 'c': 1}}\n");
		expect(showText(splice('X = {}\n', splices))).toBe("X = {'a': {'b': ••••(db), 'c': 1}}\n");
	});

	it('changes what an unknown secret is for, and is right once it is known', () => {
		for (const [format, source, setting] of [
			['python', "P = 'old'\n", (value: Secret) => ({path: ['P'], value: {text: [value]}})],
			['nslcd.conf', 'bindpw old\n', (value: Secret) => ({key: 'bindpw', value: [value]})],
			['redis.conf', 'requirepass old\n', (value: Secret) => ({key: 'requirepass', value: [value]})],
			[
				'my.cnf',
				'[client]\npassword = old\n',
				(value: Secret) => ({section: 'client', key: 'password', value: [value]}),
			],
			['yaml', 'password: old\n', (value: Secret) => ({path: ['password'], value: {text: [value]}})],
			['toml', 'password = "old"\n', (value: Secret) => ({path: ['password'], value: {text: [value]}})],
			['shell', 'P="old"\n', (value: Secret) => ({key: 'P', value: [value]})],
			[
				'postgresql.conf',
				"ssl_passphrase_command = 'old'\n",
				(value: Secret) => ({key: 'ssl_passphrase_command', value: [value]}),
			],
			['nginx', 'set $p old;\n', (value: Secret) => ({block: [], directive: 'set', key: ['$p'], args: [[value]]})],
		] as const) {
			const secret = new Secret('pw');
			const editor = formats[format] as typeof formats.python;
			const splices = editor.edit(source, [setting(secret) as never]);
			const after = splice(source, splices);
			expect(splices, format).toHaveLength(1);
			expect(isKnown(after)).toBe(false);
			expect(spliceShown(source, splices).before, format).not.toContain('old');
			fill(secret, 'new "pw"');
			expect(editor.edit(reveal(after), [setting(secret) as never]), format).toEqual([]);
			expect(editor.edit(reveal(after), [setting(new Secret('other', 'x')) as never]), format).toHaveLength(1);
		}
	});

	it('refuses a setting given twice, and settings that cannot hold together', () => {
		expect(() =>
			formats['redis.conf'].edit('', [
				{key: 'a', value: ['1']},
				{key: 'a', value: ['2']},
			]),
		).toThrow('edit.refused');
		expect(() =>
			formats.nsswitch.edit('', [
				{database: 'passwd', token: 'ldap', last: true},
				{database: 'passwd', token: 'sss', last: true},
			]),
		).toThrow('cannot hold together');
	});

	it('refuses a known secret that the format cannot write, without showing it', () => {
		const bad = new Secret('pw', 'canary\nline');
		expect(() => formats['nslcd.conf'].edit('', [{key: 'bindpw', value: [bad]}])).toThrow(
			expect.objectContaining({code: 'edit.refused', message: expect.not.stringContaining('canary')}),
		);
	});

	it('shows nothing hidden where nothing was', () => {
		const source = 'uri x\n';
		expect(
			spliceShown(source, formats['nslcd.conf'].edit(source, [{key: 'bindpw', value: [new Secret('pw', 'canary')]}])),
		).toEqual({
			before: source,
			after: 'uri x\nbindpw ••••(pw)\n',
		});
	});

	it('takes values of a megabyte', () => {
		const big = 'é"\\\n$'.repeat(200_000);
		for (const [format, settings] of [
			['python', [{path: ['P'], value: {text: [big]}}]],
			['yaml', [{path: ['p', 'q'], value: {text: [big]}}]],
			['toml', [{path: ['p', 'q'], value: {text: [big]}}]],
			['redis.conf', [{key: 'p', value: [big]}]],
			['shell', [{key: 'P', value: [big]}]],
			['postgresql.conf', [{key: 'p', value: [big]}]],
		] as const) {
			const editor = formats[format] as typeof formats.python;
			const after = spliced('', editor.edit('', settings as never));
			expect(after.length, format).toBeGreaterThan(1_000_000);
			expect(editor.edit(after, settings as never), format).toEqual([]);
		}
	});
});

describe('records', () => {
	it('hold no secret, and come back with empty boxes', () => {
		const settings = [{path: ['P'], value: {text: ['a', new Secret('pw', 'canary'), 'b']}}];
		const record = recordSettings(settings);
		expect(JSON.stringify(record)).toBe('[{"path":["P"],"value":{"text":["a",{"$secret":"pw"},"b"]}}]');
		const [back] = recallSettings(record) as typeof settings;
		expect(back?.path).toEqual(['P']);
		expect(isKnown(back?.value.text ?? [])).toBe(false);
	});
});
