import {describe, expect, it} from 'vitest';
import {sqlName, sqlSecret, sqlText} from '#host/postgres/sql.ts';
import {reveal, Secret} from '#model/secret.ts';

describe('sql', () => {
	it('quotes names and values literally', () => {
		expect(sqlName('a"b; DROP')).toBe('"a""b; DROP"');
		expect(sqlText("it's \\ :x $$")).toBe("'it''s \\ :x $$'");
		expect(reveal(sqlSecret([new Secret('x', "a'b")]))).toBe("'a''b'");
	});

	it.each(['', 'a\0b', 'x'.repeat(64), 'ü'.repeat(32)])(
		'refuses the name %j, which PostgreSQL would refuse or cut',
		name => {
			expect(() => sqlName(name)).toThrow('sql.name');
		},
	);

	it('takes the longest name that PostgreSQL does not cut', () => {
		expect(sqlName('x'.repeat(63))).toHaveLength(65);
		expect(() => sqlText('a\0')).toThrow('sql.value');
	});
});
