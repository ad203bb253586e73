/** YAML and TOML: one value changed, everything else byte for byte, and the value is what their readers read. */
import fc from 'fast-check';
import {parse as parseToml} from 'smol-toml';
import {describe, expect, it} from 'vitest';
import {parse as parseYaml} from 'yaml';
import {spliced} from '#edit/editor.ts';
import {type TomlSetting, type TomlValue, toml} from '#edit/toml/toml.ts';
import {type YamlSetting, yaml} from '#edit/yaml/yaml.ts';
import {keepsItsWord, text, tried} from './support/properties.ts';

const str = (plain: string): {readonly text: readonly string[]} => ({text: [plain]});

const yamlSources = [
	"# c\na: 1 # one\nb:\n  c: 'x'\n  d:\n  e: |\n    foo\n    bar\n\n# tail\nf: {g: 1, h: [1, 2,]}\nlist:\n  - k: 1\n    l: 2\n  - two\n",
	'list:\n- k: "x"\n-   l: >-\n      folded\n      text\nb: {}\n',
	'# only a comment\n',
	'',
];

const tomlSources = [
	'# c é\ntop = 1\n[b]  # t\nc = \'a\' # h\nn = 0x1F\nd = 1979-05-27T07:32:00Z\nbig = 9223372036854775807\n\n[f.g]\nlist = [\n  \'x\', # c\n  \'y\',\n]\nm = """x\ny"""\n\n[[list]]\nk = 1\n[[list]]\nk = 2\n',
	"a = 1\nb = {c = 'x', q = [1, 2]}\nf.g.h = true\n",
	'# only a comment\n',
	'',
];

const at = (data: unknown, path: readonly (string | number)[]): unknown =>
	path.reduce<unknown>((held, key) => (held as Record<string, unknown>)[key], data);

describe('YAML', () => {
	const set = (source: string, ...settings: readonly YamlSetting[]): string =>
		spliced(source, yaml.edit(source, settings));

	it('changes one scalar in the way it was written', () => {
		expect(
			set(
				yamlSources[0] as string,
				{path: ['a'], value: str('q')},
				{path: ['b', 'c'], value: str("y'z")},
				{path: ['b', 'd'], value: str('on')},
				{path: ['f', 'h', 1], value: {number: 3}},
				{path: ['list', 1], value: {bool: true}},
			),
		).toBe(
			(yamlSources[0] as string)
				.replace('a: 1', 'a: q')
				.replace("'x'", "'y''z'")
				.replace('d:\n', 'd: "on"\n')
				.replace('1, 2,', '1, 3,')
				.replace('- two', '- true'),
		);
	});

	it('adds keys in the indentation of their neighbours', () => {
		expect(
			set('a:\n    b: 1 # c\n\nz: 1', {path: ['a', 'n'], value: str('v')}, {path: ['y', 'x'], value: str('v')}),
		).toBe('a:\n    b: 1 # c\n    "n": v\n\nz: 1\n"y":\n  x: v\n');
		expect(set('l:\n- a: 1\n- b: 2\n', {path: ['l', 0, 'c'], value: {number: 3}})).toBe('l:\n- a: 1\n  c: 3\n- b: 2\n');
		expect(
			set('a: {}\nb: { c: 1 }\n', {path: ['a', 'x', 'k'], value: str('v')}, {path: ['b', 'd'], value: {none: true}}),
		).toBe('a: {x: {k: v}}\nb: { c: 1, d: null }\n');
		expect(set('a:\n', {path: ['a', 'b', 'c'], value: str('v')})).toBe('a:\n  b:\n    c: v\n');
	});

	it('refuses anchors, aliases, tags, other kinds and files that do not parse', () => {
		for (const source of ['a: &x 1\n', 'b: &x 1\na: *x\n', 'a: !vault x\n', 'a: [1]\n', '- a\n', 'a: 1\n---\na: 2\n'])
			expect(tried(yaml, source, [{path: ['a'], value: str('v')}]), source).toHaveProperty('code', 'edit.refused');
		expect(() => set('a: b: c\n', {path: ['a'], value: str('v')})).toThrow('line 1, column 4');
		expect(() => set('a: 1\na: 2\n', {path: ['a'], value: str('v')})).toThrow('edit.parse');
	});

	it('quotes what an older reader takes for something else', () => {
		for (const odd of ['yes', 'off', '1_000', '0o7', '2001-01-01', '12:30:45', '=', '~', '1e3'])
			expect(set('a: x\n', {path: ['a'], value: str(odd)})).toBe(`a: ${JSON.stringify(odd)}\n`);
		expect(set('a: yes\n', {path: ['a'], value: str('yes')})).toBe('a: "yes"\n');
	});

	it('keeps its word', () => {
		const path = fc.constantFrom<YamlSetting['path']>(
			['a'],
			['b', 'c'],
			['b', 'd'],
			['b', 'e'],
			['b', 'new', 'x'],
			['f', 'g'],
			['f', 'x', 'y'],
			['list', 0, 'k'],
			['list', 0, 'new'],
			['list', 1],
			['list', 1, 'l'],
			['top'],
			['on', 'yes'],
		);
		keepsItsWord<YamlSetting>({
			editor: yaml,
			format: 'yaml',
			sources: yamlSources,
			setting: fc.record({
				path,
				value: fc.oneof(
					text.map(plain => ({text: plain})),
					fc.boolean().map(bool => ({bool})),
					fc.integer().map(number => ({number})),
					fc.constant({none: true as const}),
				),
			}),
			reads: (source, {path: where, value}) => [
				at(parseYaml(source), where),
				'text' in value ? value.text[0] : 'bool' in value ? value.bool : 'number' in value ? value.number : null,
			],
		});
	});
});

describe('TOML', () => {
	const set = (source: string, ...settings: readonly TomlSetting[]): string =>
		spliced(source, toml.edit(source, settings));

	it('changes one value and adds keys where they belong', () => {
		const source = tomlSources[0] as string;
		expect(
			set(
				source,
				{path: ['b', 'c'], value: str('q"\n')},
				{path: ['b', 'new'], value: {number: 5}},
				{path: ['f', 'g', 'm'], value: str('z')},
				{path: ['list', 1, 'k'], value: {bool: true}},
				{path: ['f', 'g', 'list'], value: {list: [str('x'), str('z')]}},
			),
		).toBe(
			source
				.replace("'a'", '"q\\"\\n"')
				.replace('775807\n', '775807\nnew = 5\n')
				.replace('"""x\ny"""', '"z"')
				.replace('k = 2', 'k = true')
				.replace("'x', # c", '"x", # c')
				.replace("'y'", '"z"'),
		);
	});

	it('refuses what is of another kind and what does not parse', () => {
		expect(() => set('a = 1\n', {path: ['a', 'b'], value: str('x')})).toThrow('edit.refused');
		expect(() => set('\na = \n', {path: ['b'], value: str('x')})).toThrow('line 2');
		expect(() => set('a = [1]\n', {path: ['a', 3], value: str('x')})).toThrow('edit.refused');
	});

	it('keeps its word', () => {
		const leaf: fc.Arbitrary<TomlValue> = fc.oneof(
			text.map(plain => ({text: plain})),
			fc.boolean().map(bool => ({bool})),
			fc.integer().map(number => ({number})),
		);
		const path = fc.constantFrom<TomlSetting['path']>(
			['top'],
			['a'],
			['b', 'c'],
			['b', 'new'],
			['f', 'g', 'm'],
			['f', 'g', 'h'],
			['list', 1, 'k'],
			['f', 'g', 'list', 0],
			['x', 'y z', 'w'],
			['é'],
		);
		const plain = (value: TomlValue): unknown =>
			'text' in value
				? value.text[0]
				: 'list' in value
					? value.list.map(plain)
					: 'bool' in value
						? value.bool
						: value.number;
		keepsItsWord<TomlSetting>({
			editor: toml,
			format: 'toml',
			sources: tomlSources,
			setting: fc.record({
				path,
				value: fc.oneof(
					leaf,
					fc.array(leaf, {maxLength: 3}).map(list => ({list})),
				),
			}),
			reads: (source, {path: where, value}) => [
				at(parseToml(source, {integersAsBigInt: 'asNeeded'}), where),
				plain(value),
			],
		});
	});
});
