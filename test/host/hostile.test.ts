/** What no operator types on purpose, and some do by accident: either refused on its line, or installed as it stands. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {type Case, plain, putAnswers, putSecret, type Sections, siteName} from './support/answers.ts';
import {installed, onInstalled} from './support/installed.ts';
import {leaksIn} from './support/leaks.ts';
import {expectLogins} from './support/logins.ts';
import {answersFile, applyIn, planIn, setup} from './support/setup.ts';
import {sitDown} from './support/site.ts';
import {tracedArguments} from './support/trace.ts';
import {hostTest, withTool} from './support/with-host.ts';

/** Every one of these is one line of Unicode, and so a password that somebody may have. */
const passwords: Readonly<Record<string, string>> = {
	'every printable ASCII character': Array.from({length: 95}, (_, n) => String.fromCharCode(32 + n)).join(''),
	'what looks hashed already to LDAP': '{SSHA}dGhpcyBpcyBubyBoYXNoIGF0IGFsbCwgYnV0IGxvbmc=',
	'what looks hashed already to PostgreSQL': `md5${'0123456789abcdef'.repeat(2)}`,
	'an option': '--help -W -y /etc/shadow',
	'what SASLprep maps to something else': 'ﬁ½ªÅ Å\u00a0 \u00ad ⅷ ①',
	'a long one of four bytes each': '\u{1f511}\u{10ffff}'.replace('\u{10ffff}', '\u{1f600}').repeat(250),
};

/** Text that each layer between the answers and a Python string could take for its own. */
const text = `'"\\'''\\n \\x41 $(id) \`id\` %(x)s {0} # é 漢 \u{1f600} </script> ; -- *)(uid=*`;

describe('hostile passwords', () => {
	hostTest(
		'are set anew in the directory, the database and the application, and let exactly those in who know them',
		onInstalled(plain),
		async host => {
			for (const [what, password] of Object.entries(passwords)) {
				const one: Case = {
					...plain,
					secrets: {...plain.secrets, admin: password, superuser: password, database: password},
				};
				putAnswers(host, one);
				const applied = await applyIn(host);
				expect(applied.faults, what).toEqual([]);
				expect(applied.changes, what).toEqual(
					expect.arrayContaining([
						expect.stringMatching(/^ldap-config:/),
						'postgres-role:ipynbsrv',
						'django-superuser:admin',
					]),
				);
				await knowsIt(host, password, what);
				const member = sitDown(host.address, siteName);
				expect(await member.login(plain.user.name, plain.secrets.user), what).toMatchObject({status: 302});
				expect((await member.get('/')).body, what).toContain(`Signed in as ${plain.user.name}`);
				expect(await sitDown(host.address, siteName).login('admin', password, '/admin/login/'), what).toMatchObject({
					status: 302,
					location: '/admin/',
				});
				expect((await planIn(host)).notOk, what).toEqual([]);
			}
		},
	);

	hostTest(
		'are in no argument of any of the programs that are started to set them',
		onInstalled(plain, {layer: withTool('strace', installed(plain))}),
		async host => {
			const password = passwords['every printable ASCII character']!;
			const secrets = {admin: `${password}a`, superuser: `${password}s`, database: `${password}d`};
			putAnswers(host, {...plain, secrets: {...plain.secrets, ...secrets}});
			const {code, started} = await tracedArguments(host, [setup, 'apply', answersFile]);
			expect(code).toBe(0);
			expect(started.length).toBeGreaterThan(10);
			expect(started.some(line => line.includes('psql'))).toBe(true);
			expect(started.filter(line => leaksIn(line, secrets).length > 0)).toEqual([]);
			await expectLogins(host, {...plain, secrets: {...plain.secrets, ...secrets}});
		},
	);

	hostTest('that cannot be passwords are refused by name before anything changes', onInstalled(plain), async host => {
		const unfit = {
			'two lines': 'first line\nsecond line',
			'a NUL': 'before\0after it',
			'1 MB': 'x'.repeat(1 << 20),
			'too short': 'abc',
			nothing: '',
			'no Unicode': Buffer.from([0xff, 0xfe, 0x41]).toString('latin1'),
		};
		for (const [what, value] of Object.entries(unfit)) {
			putSecret(host, 'admin', value);
			if (what === 'no Unicode')
				writeFileSync(
					join(host.root, 'root/secrets/admin'),
					Buffer.from([0xff, 0xfe, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41]),
				);
			const {code, stderr} = await host.run([setup, 'apply', answersFile]);
			expect(code, what).toBe(1);
			expect(stderr, what).toMatch(/secrets\.bad/);
			expect(stderr, what).toMatch(/ldap-directory\.adminPassword/);
			expect(stderr.length, what).toBeLessThan(1500);
		}
		putSecret(host, 'admin', plain.secrets.admin);
		expect((await planIn(host)).notOk).toEqual([]);
	});
});

describe('hostile answers', () => {
	hostTest('that are names and texts are installed as they stand', onInstalled(plain), async host => {
		const user = {
			...plain.user,
			givenName: `*)(uid=*))(|(cn=*`,
			surname: `O'Brien "$(id)" \\2a, + ; <b>é 漢\u{1f600}#`,
		};
		putAnswers(
			host,
			{...plain, user},
			{'app-settings': {allowedHosts: [siteName, 'localhost'], further: [{name: 'HOSTILE', value: text}]}},
		);
		const applied = await applyIn(host);
		expect(applied.faults).toEqual([]);
		await expectLogins(host, {...plain, user});
		const inPython = await host.must(
			['/usr/bin/python3', '-c', 'import json, ipynbsrv.settings as s; print(json.dumps(s.HOSTILE))'],
			{
				as: 'ipynbsrv',
				env: {PYTHONPATH: '/srv/ipynbsrv/www', PYTHONDONTWRITEBYTECODE: '1'},
			},
		);
		expect(JSON.parse(inPython)).toBe(text);
		expect((await planIn(host)).notOk).toEqual([]);
	});

	hostTest(
		'of every kind at every question are refused on their line with 64, or taken; nothing breaks',
		onInstalled(plain),
		async host => {
			for (const [what, value] of Object.entries(everywhere)) {
				putAnswers(host, plain, everyText(value));
				const {code, stdout, stderr} = await host.run([setup, 'answers', 'check', answersFile], {timeout: 30_000});
				expect([0, 64], `${what}: ${stderr}`).toContain(code);
				const problems = stderr.split('\n').filter(line => line.startsWith('  | '));
				expect(problems.length, `${what}: ${stdout}${stderr}`).toBeGreaterThan(3);
				for (const line of problems)
					expect(line, what).toMatch(/^ {2}\| \/root\/answers\.yaml:\d+:\d+: [a-z-]+(\.\w+(\[\d+\])?)+: /);
				// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what no terminal may get
				expect(stderr, what).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
				expect(stderr.length, what).toBeLessThan(10_000);
			}
			putAnswers(host, {...plain, user: {...plain.user, surname: 'x'.repeat(1 << 20)}});
			expect(await host.run([setup, 'apply', answersFile])).toMatchObject({
				code: 64,
				stderr: expect.stringMatching(
					/answers\.yaml:\d+:\d+: ldap-directory\.firstUser\.surname: is too long: at most 128 characters/,
				),
			});
			putAnswers(host, plain);
			expect((await planIn(host)).notOk).toEqual([]);
		},
	);
});

/** Those who have to know a password can use it: the directory's administrator, and the application's role over TCP. */
const knowsIt = async (host: ThrowAway, password: string, what: string): Promise<void> => {
	writeFileSync(join(host.root, 'root/password'), password, {mode: 0o600});
	expect(
		await host.must([
			'ldapwhoami',
			'-x',
			'-H',
			'ldap://127.0.0.1/',
			'-D',
			'cn=admin,dc=ipynbsrv,dc=ldap',
			'-y',
			'/root/password',
		]),
		what,
	).toMatch(/^dn:cn=admin,/);
	expect(
		await host.must(['psql', '-XAtc', 'select current_user', '-h', '127.0.0.1', '-U', 'ipynbsrv', 'ipynbsrv'], {
			env: {PGPASSWORD: password},
		}),
		what,
	).toBe('ipynbsrv\n');
	expect(
		(
			await host.run(['psql', '-XAtc', 'select 1', '-h', '127.0.0.1', '-U', 'ipynbsrv', 'ipynbsrv'], {
				env: {PGPASSWORD: `${password}x`},
			})
		).code,
		what,
	).not.toBe(0);
};

const everywhere: Readonly<Record<string, string>> = {
	'a line end': 'one\ntwo',
	'a NUL': 'a\0b',
	'an escape sequence': '\u001b[2J\u001b]0;owned\u0007',
	'a line separator': 'one\u2028two',
	'half a character': 'half \ud83d',
	'50 kB': 'x'.repeat(50_000),
	nothing: '',
	'shell, SQL and LDAP': `'; $(reboot) \`id\` DROP TABLE x;-- *)(uid=*) ,+=`,
	'a path that climbs': '../../../../etc/shadow',
	'an option': '--force',
};

/** One value at every question that takes text. */
const everyText = (value: string): Sections => ({
	packages: {extra: [value]},
	'ldap-directory': {
		baseDn: value,
		organization: value,
		hostName: value,
		firstUser: {
			name: value,
			givenName: value,
			surname: value,
			mail: value,
			home: value,
			shell: value,
			password: {file: value},
		},
	},
	'ldap-client': {uri: value, caFile: value},
	postgres: {mode: 'local', database: value, role: value, hostName: value},
	openresty: {
		version: value,
		prefix: value,
		flags: [value],
		user: value,
		source: {from: 'url', url: value},
		check: {by: 'sha256', sha256: value},
	},
	application: {user: value, home: value, repository: value, ref: value, project: value, settings: value, own: [value]},
	'app-settings': {
		allowedHosts: [value],
		timeZone: value,
		dockerApiVersion: value,
		dockerAddress: value,
		resolver: value,
		further: [{name: value, value}],
	},
	assets: {staticDirectory: value, guideDirectory: value, bower: {use: 'copy', from: value}},
	superuser: {name: value, email: value},
	'app-server': {module: value, socket: value, loginPath: value, memberPage: value, memberText: value},
});
