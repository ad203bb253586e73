/** What others may choose must not drive a terminal, forge a line, or be read in another order than it is written. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {printable, printableData, printableJson, printableLines, visible} from '#model/printable.ts';

/** What a terminal obeys, what ends a line, what nobody sees. */
const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const hostile = fc
	.array(
		fc.oneof(
			fc.string({unit: 'binary'}),
			fc.constantFrom(
				'\u001b[2J',
				'\u009b1A',
				'\r',
				'\n',
				'\u202e',
				'\u200b',
				'\ufeff',
				'\ud800',
				'\u{e0041}',
				'\u0000',
				'\u001b]0;x\u0007',
			),
		),
	)
	.map(parts => parts.join(''));

describe('printable', () => {
	test('leaves nothing in a line that is not seen', () => {
		fc.assert(
			fc.property(hostile, text => {
				expect(printable(text)).not.toMatch(unfit);
			}),
		);
	});

	test('says what was there instead of dropping it', () => {
		expect(printable('a\u001b[31mb\u0000c\u202ed\ne\u{e0041}')).toBe('a\\x1b[31mb\\x00c\\u202ed\\ne\\u{e0041}');
		expect(printable('Zoë 東京 ✔')).toBe('Zoë 東京 ✔');
	});

	test('gives two names that differ two texts, and the same one again for its own text', () => {
		fc.assert(
			fc.property(hostile, text => {
				expect(printable(printable(text))).toBe(printable(text));
				if (unfit.test(text)) expect(printable(text)).not.toBe(text.replace(new RegExp(unfit, 'gu'), ''));
			}),
		);
	});

	test('cuts what is overlong and says how much', () => {
		expect(printable('x'.repeat(5000))).toBe(`${'x'.repeat(4000)}… (1000 more characters)`);
		expect(printable('x'.repeat(3999) + '😀'.repeat(9))).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
	});

	test('keeps the lines of a patch, each of them bounded, and so many', () => {
		const shown = printableLines(`+a\tb\r\n-\u001b[1A${'y'.repeat(9000)}\n`);
		expect(shown.split('\n')[0]).toBe('+a\tb\\r');
		expect(shown.split('\n')[1]).toMatch(/^-\\x1b\[1Ay{3990,}… \(\d+ more characters\)$/);
		expect(printableLines('\n'.repeat(100_000)).split('\n')).toHaveLength(20_001);
	});

	test('goes through data, names of fields too, and keeps lines only where they are wanted', () => {
		expect(printableData({'a\nb': ['x\ny', 7, null, true], diff: '+1\n-2\u001b'}, ['diff'])).toEqual({
			'a\\nb': ['x\\ny', 7, null, true],
			diff: '+1\n-2\\x1b',
		});
		let deep: unknown = 'x';
		for (let n = 0; n < 50_000; n++) deep = [deep];
		expect(JSON.stringify(printableData(deep)).length).toBeLessThan(200);
	});

	test('JSON loses nothing and shows nothing', () => {
		fc.assert(
			fc.property(hostile, text => {
				const json = printableJson({[text]: text}, '\t');
				expect(JSON.parse(json)).toEqual({[text]: text});
				expect(json.replace(/[\n\t]/g, '')).not.toMatch(unfit);
			}),
		);
	});

	test('the last guard cuts nothing', () => {
		expect(visible(`${'x'.repeat(9000)}\n\u001b[2J`)).toBe(`${'x'.repeat(9000)}\n\\x1b[2J`);
	});
});
