import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {z} from 'zod';
import {
	absolutePath,
	address,
	dn,
	email,
	hostName,
	hostOrAddress,
	mirrorPair,
	oneLine,
	pgIdentifier,
	port,
	sha256,
	timeZone,
	unixName,
	url,
} from '#answers/questions/questions.ts';
import {check} from '#answers/resolve/check-answers.ts';
import {parseDn} from '#host/ldap/ldap-dn.ts';

const long = 'x'.repeat(1 << 20);
const hostile = [
	'',
	' ',
	'a b',
	'a\nb',
	'a\0b',
	'$(id)',
	'`id`',
	'"; DROP TABLE x; --',
	"'",
	'\u2028',
	'\u202E',
	'-',
	'../x',
	long,
	`${'a.'.repeat(500_000)}!`,
];

const cases: Readonly<
	Record<string, {readonly type: z.ZodType; readonly good: readonly unknown[]; readonly bad: readonly unknown[]}>
> = {
	hostName: {
		type: hostName(),
		good: [
			'localhost',
			'www.example.org',
			'ipynbsrv.ldap',
			'xn--bcher-kva.ch',
			'a-1.b2',
			'1a.2b',
			`${'a'.repeat(63)}.b`,
		],
		bad: [
			...hostile,
			'a..b',
			'-a',
			'a-',
			'a.',
			'.a',
			'127.0.0.1',
			'1',
			'a_b',
			'bücher.ch',
			`${'a'.repeat(64)}.b`,
			'a\n',
			1,
		],
	},
	hostOrAddress: {
		type: hostOrAddress(),
		good: ['localhost', '127.0.0.1', '::1', 'db.example.org'],
		bad: [...hostile, '127.0.0.256', '[::1]'],
	},
	address: {type: address(), good: ['127.0.0.1', '::1', 'fe80::1'], bad: [...hostile, 'localhost', '1.2.3']},
	port: {
		type: port(),
		good: [1, 5432, 65_535],
		bad: [0, -1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '80', null, true],
	},
	unixName: {
		type: unixName(),
		good: ['root', 'www-data', '_apt', 'a'.repeat(32)],
		bad: [...hostile, '1a', '-a', 'A', 'a.b', 'a$', 'a'.repeat(33), 'a\n'],
	},
	absolutePath: {
		type: absolutePath(),
		good: ['/srv', '/srv/app data/ü', '/srv/.hidden', '/srv/..x', '/a/...'],
		bad: [
			...hostile,
			'/',
			'srv',
			'/srv/',
			'/srv//app',
			'/srv/../etc',
			'/srv/.',
			'/srv/..',
			'/a\n',
			`/${'a'.repeat(256)}`,
			`/${'ü'.repeat(128)}`,
			'/\uD800',
		],
	},
	dn: {
		type: dn(),
		good: [
			'dc=ipynbsrv,dc=ldap',
			'cn=admin,dc=x',
			'cn=a+sn=b,dc=x',
			String.raw`cn=Müller\, Hans,dc=x`,
			String.raw`cn=a\2Cb,dc=x`,
			'2.5.4.3=x',
			'cn=#0401ff',
			'dc=a, dc=b',
			'cn=a=b',
			'cn=$(id)',
		],
		bad: [
			...hostile,
			'dc',
			'dc=',
			'=x',
			'dc=a,',
			'dc=a,,dc=b',
			'dc=a;dc=b',
			'cn="x"',
			String.raw`cn=a\q`,
			String.raw`cn=a\0Ab`,
			'cn=a ,dc=b',
			'cn=#0',
			'1=x',
			String.raw`cn=\ff`,
		],
	},
	url: {
		type: url(),
		good: ['https://example.org/a?b=c#d', 'http://127.0.0.1:8080', 'http://[::1]/'],
		bad: [
			...hostile,
			'ftp://example.org',
			'example.org',
			'https://',
			'https://u:p@example.org',
			'https://token@example.org',
			'https://exa mple.org',
			'https://example.org/\n',
			'javascript:alert(1)',
		],
	},
	mirrorPair: {
		type: mirrorPair(),
		good: [
			'https://code.example.org/ https://mirror.example.org/code/',
			'http://a.example/b.git  /srv/b.git',
			'https://[2001:db8::1]:8443/x https://m.example',
		],
		bad: [
			...hostile,
			'https://code.example.org/',
			'https://code.example.org https://mirror.example.org/',
			'https://a.example/ https://b.example/ https://c.example/',
			'https://a.example/ https://u:p@mirror.example/',
			'https://a.example/ https://token@mirror.example/',
			'https://u:p@a.example/ https://mirror.example/',
			'https://a.example/ --upload-pack=x',
			'ssh://a.example/ https://mirror.example/',
		],
	},
	sha256: {
		type: sha256(),
		good: ['a'.repeat(64), 'A'.repeat(64), `${'0123456789'.repeat(6)}abcd`],
		bad: [...hostile, 'a'.repeat(63), 'a'.repeat(65), 'g'.repeat(64), 12],
	},
	timeZone: {
		type: timeZone(),
		good: ['Europe/Zurich', 'UTC', 'Etc/UTC', 'America/Argentina/Buenos_Aires'],
		bad: [...hostile, 'Europe/Zurick', '+01:00', 'Europe', '/etc/passwd', '../../../etc/passwd', 'posixrules'],
	},
	email: {
		type: email(),
		good: ['a@example.org', 'a.b+c@sub.example.org'],
		bad: [...hostile, 'a', 'a@', '@b', 'a@b@c.org', `${'a'.repeat(300)}@example.org`],
	},
	pgIdentifier: {
		type: pgIdentifier(),
		good: ['ipynbsrv', '_x', 'a1', 'a'.repeat(63)],
		bad: [...hostile, 'A', '1a', 'a-b', 'pg_x', 'a'.repeat(64), 'a"b', 'ü'],
	},
	oneLine: {
		type: oneLine({max: 20}),
		good: ['x', 'Müller & Söhne', '$(id) "quoted" \'too\'', '👩‍💻', '*)(uid=*'],
		bad: ['', 'a\nb', 'a\tb', 'a\0', '\u2028', '\u0085', 'x'.repeat(21), long, '\uD800'],
	},
};

describe.each(Object.entries(cases))('%s', (_name, {type, good, bad}) => {
	test.each(good)('takes %j', value => expect(check(type, value)).toMatchObject({ok: true}));
	test.each(bad.map((value, index) => [typeof value === 'string' ? value.slice(0, 40) : value, index] as const))(
		'refuses %j',
		(_shown, index) => {
			const started = performance.now();
			const checked = check(type, bad[index]);
			expect(performance.now() - started).toBeLessThan(1000);
			if (checked.ok) throw new Error('was taken');
			expect(checked.problems).toHaveLength(1);
			expect(checked.problems[0]!.sentence).toMatch(/^(?:must|is|has|holds)\b/);
			expect(checked.problems[0]!.sentence.length).toBeLessThan(200);
		},
	);
});

test('a checksum comes out in lower case', () => expect(sha256().parse('AB'.repeat(32))).toBe('ab'.repeat(32)));

test('a DN made of any values, escaped as RFC 4514 says, parses to them', () => {
	const value = fc.string({minLength: 1, unit: 'binary'}).filter(text => text.isWellFormed());
	fc.assert(
		fc.property(fc.array(value, {minLength: 1, maxLength: 4}), values => {
			const text = values
				.map(one => `cn=${[...Buffer.from(one)].map(byte => `\\${byte.toString(16).padStart(2, '0')}`).join('')}`)
				.join(',');
			expect(parseDn(text)).toEqual({ok: true, rdns: values.map(one => [{type: 'cn', value: one}])});
		}),
	);
});

test('parsing never throws and points into the text', () => {
	fc.assert(
		fc.property(fc.string({unit: fc.constantFrom(...'dc=x,+\\# "<é👩1.')}), text => {
			const parsed = parseDn(text);
			if (!parsed.ok) expect(parsed.at).toBeLessThanOrEqual(text.length);
		}),
	);
});
