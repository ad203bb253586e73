/** Python settings: literals replaced in place, computed ones refused, and what is written is what Python reads. */
import {spawnSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import type {PyLiteral} from '#edit/python/literals.ts';
import {isPythonExpression, type PythonSetting, pythonSettings} from '#edit/python/settings.ts';
import {hostile, keepsItsWord, text, tried, value} from '../support/properties.ts';

const set = (source: string, ...settings: readonly PythonSetting[]): string =>
	spliced(source, pythonSettings.edit(source, settings));
const str = (plain: string): PyLiteral => ({text: [plain]});

const django = `# -*- coding: utf-8 -*-
"""Ünïcode 𝕏 before everything."""
import os
BASE_DIR = os.path.dirname(__file__)

SECRET_KEY = 'change me'  # é𝕏
DEBUG = True
TEMPLATE_DEBUG = DEBUG
ALLOWED_HOSTS = []

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': os.path.join(BASE_DIR, 'x'),
        'PASSWORD': ''  # the last
    },
    'ldap': {'NAME': "ldap://é/", 'PASSWORD': 'a' "b",},
}
TIME_ZONE = ("Europe/"
             'Zurich')
TEXT = """two
lines"""
TEMPLATES = [{'OPTIONS': {'debug': True}}]
if DEBUG:
    INTERNAL = 1
X = Y = 2
LIST = [1]
LIST += [2]
`;

describe('Python settings', () => {
	it('does what the guide asks and nothing else', () => {
		const after = set(
			django,
			{path: ['SECRET_KEY'], value: str("it's\n\\ é")},
			{path: ['DEBUG'], value: {bool: false}},
			{path: ['ALLOWED_HOSTS'], value: {list: [str('a.example')]}},
			{path: ['DATABASES', 'default', 'PASSWORD'], value: str('p')},
			{path: ['DATABASES', 'default', 'HOST'], value: str('h')},
			{path: ['DATABASES', 'ldap', 'PASSWORD'], value: str('q')},
			{path: ['DATABASES', 'new', 'A', 'B'], value: {none: true}},
			{path: ['TEMPLATES', 0, 'OPTIONS', 'debug'], value: {bool: false}},
			{path: ['DOCKER_API_VERSION'], value: str('1.41')},
		);
		expect(after).toBe(
			django
				.replace("'change me'", String.raw`'it\'s\n\\ é'`)
				.replace('DEBUG = True', 'DEBUG = False')
				.replace('ALLOWED_HOSTS = []', "ALLOWED_HOSTS = ['a.example']")
				.replace("'PASSWORD': ''  # the last\n", "'PASSWORD': 'p',  # the last\n        'HOST': 'h',\n")
				.replace(`'PASSWORD': 'a' "b",},\n`, "'PASSWORD': 'q',},\n    'new': {'A': {'B': None}},\n")
				.replace("'debug': True", "'debug': False")
				.concat("DOCKER_API_VERSION = '1.41'\n"),
		);
	});

	it('sees what already means the same', () => {
		for (const [source, path, wanted] of [
			['X = "a\'b"\n', ['X'], str("a'b")],
			['X = ("a"\n  \'b\')', ['X'], str('ab')],
			["X = '''a\r\nb'''\r\n", ['X'], str('a\nb')],
			["X = r'\\d'\n", ['X'], str('\\d')],
			["X = u'\\xe9\\u20ac\\U0001d54f\\101'\n", ['X'], str('é€𝕏A')],
			['X = 0x1F\n', ['X'], {number: 31}],
			['X = -1_000.0\n', ['X'], {number: -1000}],
			[
				"X = ['a', (1,), {'b': None}]\n",
				['X'],
				{list: [str('a'), {tuple: [{number: 1}]}, {dict: [['b', {none: true}]]}]},
			],
		] as const)
			expect(set(source, {path, value: wanted}), source).toBe(source);
		expect(set("X = ['a']\n", {path: ['X'], value: {tuple: [str('a')]}})).toBe("X = ('a',)\n");
	});

	it('refuses what is computed, unless it may replace it', () => {
		for (const computed of ["os.environ['X']", "f'{x}'", "'a' + b", 'x()', '[a]', "{'a': b}", "'%s' % x"]) {
			expect(tried(pythonSettings, `X = ${computed}\n`, [{path: ['X'], value: str('y')}]), computed).toHaveProperty(
				'code',
				'edit.refused',
			);
			expect(set(`X = ${computed}\n`, {path: ['X'], value: str('y'), replaceComputed: true})).toBe("X = 'y'\n");
		}
	});

	it('refuses a name whose value is decided elsewhere as well', () => {
		for (const source of [
			'X = 1\nX = 2\n',
			'if y:\n  X = 1\n',
			'X = 1\nif y:\n  pass\nelse:\n  X = 2\n',
			'X = 1\nX += 1\n',
			'X = []\nX.append(1)\n',
			'X, Y = 1, 2\n',
			'X = Y = 1\n',
			'from y import X\n',
			'import z as X\n',
			'for X in y: pass\n',
			'with a as X: pass\n',
			'X = {}\nX["a"] = 1\n',
			'X = {}\nX.update(y)\n',
			'X = 1\ndel X\n',
			'def X(): pass\n',
			'try:\n  X = 1\nexcept E: pass\n',
			'X = {}\nX[i] = 2\n',
			'(X) = 1\n',
		]) {
			expect(tried(pythonSettings, source, [{path: ['X'], value: str('y')}]), source).toHaveProperty(
				'code',
				'edit.refused',
			);
		}
		for (const source of [
			'D = dict(a=1)\n',
			"D = {'a': 1, 'a': 2}\n",
			"D = {'a': 1, **e}\n",
			"D = {'a': {}}\nD['a'].update(x)\n",
			"D = 'x'\n",
			"D = {'a': 1}\nD = {}\n",
		]) {
			expect(tried(pythonSettings, source, [{path: ['D', 'a'], value: str('y')}]), source).toHaveProperty(
				'code',
				'edit.refused',
			);
		}
	});

	it('is not misled by other scopes, and follows an element assigned on its own', () => {
		expect(set('def f():\n  X = 1\nclass A:\n  X = 2\nX = 3\n', {path: ['X'], value: {number: 4}})).toBe(
			'def f():\n  X = 1\nclass A:\n  X = 2\nX = 4\n',
		);
		expect(set("D = {}\nD['a'] = {'b': 1}\n", {path: ['D', 'a', 'b'], value: {number: 2}})).toBe(
			"D = {}\nD['a'] = {'b': 2}\n",
		);
		expect(set("X: str = 'a'; Y = 2\n", {path: ['X'], value: str('b')})).toBe("X: str = 'b'; Y = 2\n");
		expect(() => set('X = = 1\n', {path: ['X'], value: str('b')})).toThrow('line 1, column 5');
	});

	it('writes pure ASCII for Python 2 and for other encodings', () => {
		expect(set("X = ''\n", {path: ['X'], value: str('é€𝕏\n'), language: 2})).toBe(
			"X = u'\\xe9\\u20ac\\U0001d54f\\n'\n",
		);
		expect(set("X = ''\n", {path: ['X'], value: str('abc'), language: 2})).toBe("X = 'abc'\n");
		expect(set("# coding: latin-1\nX = ''\n", {path: ['X'], value: str('é')})).toBe("# coding: latin-1\nX = '\\xe9'\n");
		expect(set("X = 'é'\n", {path: ['X'], value: str('é'), language: 2})).toBe("X = u'\\xe9'\n");
	});

	it('is read back by Python', ({skip}) => {
		if (spawnSync('python3', ['-c', '']).status !== 0) return skip('needs python3 on PATH');
		const values = [...hostile, ...fc.sample(value, 200), 'x'.repeat(1_000_000)].filter(one => one.isWellFormed());
		const source = set(
			django,
			...values.map((plain, at) => ({path: [`V${at}`, 'k'], value: {dict: [[plain, str(plain)]] as const}})),
		);
		const ran = spawnSync(
			'python3',
			[
				'-c',
				"import sys, json\nsource = sys.stdin.buffer.read().decode()\nscope = {'__file__': '/x'}\nexec(source.split('X = Y')[0] + source.split('LIST += [2]')[1], scope)\nprint(json.dumps([list(scope['V%d' % n]['k'].items())[0] for n in range(len([k for k in scope if k[:1] == 'V'and k[1:].isdigit()]))]))",
			],
			{input: source, encoding: 'utf8', maxBuffer: 1e9},
		);
		expect(ran.stderr).toBe('');
		expect(JSON.parse(ran.stdout)).toEqual(values.map(plain => [plain, plain]));
	});

	it('keeps its word', () => {
		const leaf: fc.Arbitrary<PyLiteral> = fc.oneof(
			text.map(plain => ({text: plain})),
			fc.boolean().map(bool => ({bool})),
			fc.integer().map(number => ({number})),
			fc.constant({none: true as const}),
		);
		const literal = fc.oneof(
			leaf,
			fc.array(leaf, {maxLength: 2}).map(list => ({list})),
			fc.array(leaf, {maxLength: 2}).map(tuple => ({tuple})),
		);
		const path = fc.constantFrom<PythonSetting['path']>(
			['SECRET_KEY'],
			['DEBUG'],
			['ALLOWED_HOSTS'],
			['DATABASES', 'default', 'PASSWORD'],
			['DATABASES', 'default', 'HOST'],
			['DATABASES', 'ldap', 'PASSWORD'],
			['DATABASES', 'ldap', 'é'],
			['DATABASES', 'new', 'A'],
			['DATABASES', 'new', 'B'],
			['TEXT'],
			['TIME_ZONE'],
			['NEW'],
			['NEWER', 'a', 'b'],
			['TEMPLATES', 0, 'OPTIONS', 'debug'],
		);
		keepsItsWord<PythonSetting>({
			editor: pythonSettings,
			format: 'python',
			runs: 500,
			sources: [django, 'DATABASES = {\n\t# none\n}\n', 'DATABASES = {}\nNEW = {"a": 1}', ''],
			setting: fc.oneof(
				fc.record({path, value: literal}),
				fc.record({path, value: literal, language: fc.constant(2 as const)}),
			),
		});
	});
});

it.each<readonly [string, boolean]>([
	['LDAPSearch("ou=users,dc=x", ldap.SCOPE_SUBTREE, "(uid=%(user)s)")', true],
	["os.environ['X'] or None", true],
	['1', true],
	['x = 1', false],
	['1; import os', false],
	['1\nimport os', false],
	['(1', false],
	['1 # why', false],
	[' 1', false],
	['', false],
])('%j is one expression, or not', (text, is) => expect(isPythonExpression(text)).toBe(is));

it('an expression takes the place of what is computed, as often as one likes', () => {
	const source = 'A = f(1)\nB = 2\n';
	const one = {path: ['A'], value: {expression: 'f(2)'}} as const;
	const once = spliced(source, pythonSettings.edit(source, [one]));
	expect(once).toBe('A = f(2)\nB = 2\n');
	expect(pythonSettings.edit(once, [one])).toEqual([]);
});
