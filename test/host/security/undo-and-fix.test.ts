/**
 * The application's own user and a stranger, while root takes back, mends and looks back: what each of them put there beforehand, with a marker where code of theirs
 * would have run as another, and a victim where root would have written, given away or removed.
 */
// minutes: 3
import {describe, expect} from 'vitest';
import type {Host} from '#model/host.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {mysqlDatabaseType} from '#resources/mysql/database.ts';
import {services} from '../doctor/support/services.ts';
import {plain} from '../support/answers.ts';
import {onInstalled} from '../support/installed.ts';
import {outcomesOf, planIn, setup, undoIn} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {as} from './support/coralnet.ts';
import {measured} from './support/measured.ts';

const want = onInstalled(plain, {timeout: 600_000});
const app = 'ipynbsrv';
const repository = '/srv/ipynbsrv/_repo';
const data = '/srv/ipynbsrv/data';
/** Seconds that a look may take, whatever others put in its way. */
const longest = 60;

describe('the application, which keeps the directory and a database', () => {
	hostTest(
		'is no account of this host by an entry of its own, is in no group of root’s, and directory and doctor still know its people',
		want,
		async host => {
			await prepare(host);
			const hash = (
				await host.must(['python3', '-W', 'ignore', '-c', `import crypt; print(crypt.crypt('evil-password'))`])
			).trim();
			const entry = (name: string, uid: number, gid: number): string =>
				`dn: uid=${name},ou=users,dc=ipynbsrv,dc=ldap\nobjectClass: account\nobjectClass: posixAccount\ncn: ${name}\nuid: ${name}\nuidNumber: ${uid}\ngidNumber: ${gid}\nhomeDirectory: /tmp\nloginShell: /bin/bash\nuserPassword: {CRYPT}${hash}\n`;
			const group = (name: string, gid: number): string =>
				`dn: cn=${name},ou=groups,dc=ipynbsrv,dc=ldap\nobjectClass: posixGroup\ncn: ${name}\ngidNumber: ${gid}\nmemberUid: eve\nmemberUid: ada\n`;
			const ldif = [
				entry('eve', 5000, 5000),
				entry('toor', 0, 0),
				entry('twin', 1000, 5000),
				entry('wheel', 5001, 0),
				entry('honest', 5002, 5002),
				group('shadow', 42),
				group('disk', 6),
				group('sudo', 5003),
				group('people', 5004),
			].join('\n');
			// It has the password of the administrator: that is how it makes its accounts.
			await host.run(['runuser', '-u', app, '--', 'python3', '-c', addEntries], {stdin: ldif});
			await host.run(['systemctl', 'restart', 'nscd']);
			const known = await host.run(['sh', '-c', 'for one in toor twin wheel honest; do getent passwd $one; done']);
			expect(known.stdout).toMatch(/^honest:\S+\n$/);
			for (const who of ['eve', 'ada'])
				expect((await host.must(['id', '-nG', who])).trim().split(' ').toSorted(), who).toEqual(
					[who, 'people'].toSorted(),
				);
			expect((await host.run(['runuser', '-u', 'eve', '--', 'cat', '/etc/shadow'])).code).not.toBe(0);
			expect(await becomes(host, 'eve', 'evil-password')).toBe('');
			expect(await becomes(host, 'honest', 'evil-password')).toBe('honest');
			expect(await becomes(host, 'ada', plain.secrets.user)).toBe('ada');
			expect((await planIn(host)).notOk).toEqual([]);
			expect((await host.run([setup, 'doctor', 'ldap.pam'])).code).toBe(0);
		},
	);

	hostTest(
		'runs nothing as the server’s superuser, and stops no undo, by what it makes of its own database',
		want,
		async host => {
			await prepare(host);
			await asApp(
				host,
				`python3 - <<'END'\n${database}\nfor what in ("statement_timeout = 1", "role = '%s'" % of('USER'), "search_path = public"):\n    ask(open_it(), 'ALTER DATABASE "%s" SET %s' % (of('NAME'), what))\nEND`,
			);
			const swap = host.run(['runuser', '-u', app, '--', 'python3', '-c', `${database}\n${swapped}`], {
				timeout: 90_000,
			});
			await until(async () => (await host.run(['test', '-e', '/tmp/ready'])).code === 0, {what: 'the lock'});
			const planned = await measured(host, [setup, 'undo', '--plan']);
			expect((await swap).stdout).toBe('swapped\n');
			expect(await marks(host)).toBe('');
			// The view is not asked, and the undo says so: or it had been by before.
			expect(planned.stdout + planned.stderr).toMatch(/access to non-system view|undone|kept/);
			await asApp(host, `python3 - <<'END'\n${database}\nask(open_it(), 'DROP VIEW b')\nEND`);
			const again = await measured(host, [setup, 'undo', '--plan']);
			expect(again, again.stderr).toMatchObject({code: 0});
			expect(again.seconds).toBeLessThan(longest);
			expect(again.stdout).toMatch(/postgres-database:ipynbsrv/);
			expect(await marks(host)).toBe('');
		},
	);
});

hostTest(
	'what the application’s user and a stranger leave in the way of an undo is told, packed or passed by, and keeps nobody',
	want,
	async host => {
		await prepare(host);
		const victim = await stateOf(host);
		// A report of a fleet in her folder: pipes that are held open, links, devices, names.
		await as(
			host,
			'eve',
			`mkdir ~/r; cd ~/r; for n in 1 2 3 4; do mkfifo $n.json; setsid -f bash -c "exec sleep 600 <> $PWD/$n.json" >/dev/null 2>&1; done
ln -s /etc/victim link.json; ln -s /dev/zero zero.json; ln -s . loop.json; truncate -s 50G big.json; touch "$(printf '\\033[2J\\n0 failed\\342\\200\\256.json')"`,
		);
		const fleet = await measured(host, [setup, 'doctor', '--from', '/home/eve/r']);
		expect(fleet.code).toBe(2);
		expect(fleet.seconds).toBeLessThan(20);
		expect(fleet.stdout + fleet.stderr).toContain('9 reports not read');
		expect(fleet.stdout + fleet.stderr).not.toMatch(wild);

		await asApp(
			host,
			`cd ${data}; mkdir homes/mine; cd homes/mine; mkfifo pipe; truncate -s 8T sparse; ln -s /etc/victim link; ln -s /etc/victim.d directory; cp /bin/true up; chmod 6755 up
echo x > "$(printf 'a\\033[2J\\nundone    all\\342\\200\\256')"; python3 -c "
import os, socket
socket.socket(socket.AF_UNIX).bind('socket')
for n in range(100):
    os.mkdir('d')
    os.chdir('d')"
cd ${repository}; git config core.hooksPath .evil; mkdir .evil; printf '#!/bin/sh\\nid -un >> /tmp/mark-hook\\n' > .evil/post-checkout; chmod 755 .evil/post-checkout; git config include.path /etc/victim`,
		);
		const planned = await undoIn(host, '--plan');
		expect(planned.code, planned.stderr).toBe(0);
		const undone = await undoIn(host);
		// git refuses the checkout: that stays, and is told, and nothing else stays because of it.
		expect(undone.code).toBe(1);
		expect(outcomesOf(undone, 'conflict').join('\n')).toMatch(/^git:\/srv\/ipynbsrv\/_repo: /);
		expect(outcomesOf(undone, 'undone').length).toBeGreaterThan(20);
		await asApp(host, "sed -i '/victim/d' .git/config");

		const purged = await undoIn(host, '--purge-data', app);
		expect(purged, purged.stderr).toMatchObject({code: 0});
		expect(await stateOf(host)).toBe(victim);
		expect((await marks(host)).replaceAll(`${app}\n`, '')).toBe('');
		const dumps = (await host.must(['find', '/var/lib/host-setup/dumps', '-name', '*.tar.gz', '-size', '-20M'])).trim();
		expect(dumps).toMatch(/srv-ipynbsrv-data/);
		expect((await host.run(['test', '-e', data])).code).toBe(1);
		for (const text of [planned, undone, purged].flatMap(one => [one.stdout, one.stderr]))
			expect(text).not.toMatch(wild);
	},
);

hostTest(
	'MariaDB is asked for rows of tables, and of no view that takes the place of one meanwhile, whose function would run as root',
	{layer: services, network: 'none'},
	async host => {
		await host.must(['systemctl', 'start', 'mariadb']);
		const ask = (sql: string, ...more: readonly string[]) =>
			host.run(['mariadb', '--no-defaults', '--batch', '--skip-column-names', ...more], {stdin: sql});
		const setting = async (): Promise<string> => (await ask('SELECT @@global.max_connections')).stdout.trim();
		await ask(
			"CREATE DATABASE shop; CREATE TABLE shop.a (x int); CREATE TABLE shop.`b'``c` (x int) ENGINE=MyISAM; CREATE USER app@localhost IDENTIFIED BY 'x'; GRANT ALL ON shop.* TO app@localhost",
		);
		let between = async (): Promise<unknown> => undefined;
		const server = {name: 'mariadb-server', status: 'installed', flag: 'ok', want: 'install', version: '1:10.11'};
		const inside = {
			root: '/',
			fact: async () => ({all: new Map([['mariadb-server', server]])}),
			async probe(_argv: readonly string[], {stdin}: {readonly stdin: readonly unknown[]}) {
				const ran = await ask(stdin.map(String).join(''));
				if (ran.stdout.startsWith('a\n')) await between();
				return ran;
			},
		} as unknown as Host;
		const undo = () =>
			mysqlDatabaseType.undo({name: 'shop', was: null, put: {charset: '', collation: ''}}, inside, {
				kept: [],
				purge: false,
				purgeData: false,
				spare: () => false,
			});
		await ask("INSERT INTO shop.`b'``c` VALUES (1)");
		expect(await undo()).toEqual({outcome: 'kept', why: "the database shop has rows in b'`c"});
		between = () =>
			ask(
				"DROP TABLE `b'``c`; INSERT INTO a VALUES (1);\nDELIMITER //\nCREATE FUNCTION evil() RETURNS INT SQL SECURITY INVOKER NOT DETERMINISTIC BEGIN SET GLOBAL max_connections = 222; RETURN 1; END//\nDELIMITER ;\nCREATE SQL SECURITY INVOKER VIEW `b'``c` AS SELECT 1 AS x FROM a WHERE evil() = 1;\n",
				'-uapp',
				'-px',
				'shop',
			);
		await expect(undo()).rejects.toMatchObject({code: 'mysql.refused'});
		expect(await setting()).toBe('151');
		// It would have: whoever asks it as root is who it runs as.
		await ask("SELECT EXISTS (SELECT 1 FROM shop.`b'``c`)");
		expect(await setting()).toBe('222');
	},
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what no terminal may get
const wild = /\u001b\[2J|\u009b|\u202e/;

const prepare = async (host: ThrowAway): Promise<void> => {
	await host.must([
		'bash',
		'-ec',
		'useradd --create-home --uid 1000 --shell /bin/bash eve; chmod 755 /home/eve; umask 077; echo secret-of-root > /etc/victim; mkdir -m 755 /etc/victim.d; echo x > /etc/victim.d/a',
	]);
};

const stateOf = (host: ThrowAway): Promise<string> =>
	host.must(['sh', '-c', 'stat -c "%n %U %a %s %Y" /etc/victim /etc/victim.d /etc/victim.d/*; cat /etc/victim']);

const marks = (host: ThrowAway): Promise<string> => host.must(['sh', '-c', 'cat /tmp/mark-* 2>/dev/null || true']);

const asApp = (host: ThrowAway, script: string): Promise<string> =>
	host.must(['runuser', '-u', app, '--', 'bash', '-ec', `cd ${repository}; ${script}`], {timeout: 120_000});

/** Who somebody is after `su` with this password, from an account that is nobody's; '' where it is refused. */
const becomes = async (host: ThrowAway, who: string, password: string): Promise<string> => {
	const {stdout} = await host.run(['runuser', '-u', 'nobody', '--', 'python3', '-c', suTo, who, password]);
	return /\[([\w-]+)\]/.exec(stdout)?.[1] ?? '';
};

/** `su` wants a terminal. */
const suTo = `import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0: os.execvp('su', ['su', sys.argv[1], '-c', 'echo "[$(id -un)]"'])
said, sent, until = b'', False, time.time() + 20
while time.time() < until:
    if not select.select([fd], [], [], 0.5)[0]: continue
    try: part = os.read(fd, 4096)
    except OSError: break
    if not part: break
    said += part
    if b'assword' in said and not sent:
        time.sleep(0.3)
        os.write(fd, sys.argv[2].encode() + b'\\n')
        sent = True
print(said.decode())`;

const settings = `import glob, re, sys, time
text = open(glob.glob('${repository}/wui/*/settings.py')[0]).read()
def of(key, database='default'): return re.search(r"'%s': \\{.*?'%s': *'([^']*)'" % (database, key), text, re.S)[1]`;

const addEntries = `${settings}
import subprocess
subprocess.run(['ldapadd', '-c', '-x', '-H', 'ldap://127.0.0.1', '-D', of('USER', 'ldap'), '-w', of('PASSWORD', 'ldap')], input=sys.stdin.buffer.read(), check=True)`;

const database = `${settings}
import psycopg2
def open_it():
    to = psycopg2.connect(host='127.0.0.1', dbname=of('NAME'), user=of('USER'), password=of('PASSWORD'))
    to.autocommit = True
    return to
def ask(to, what):
    at = to.cursor()
    at.execute("SET search_path = public; SET statement_timeout = 0; " + what)
    return at`;

/** Keeps the superuser waiting at one table, and puts a view that runs a function in the place of the next. */
const swapped = `one, other = open_it(), open_it()
ask(one, "CREATE TABLE a (x int); CREATE TABLE b (x int)")
ask(one, """CREATE FUNCTION public.evil() RETURNS boolean VOLATILE LANGUAGE plpgsql AS $f$
BEGIN
    IF current_user <> '%s' THEN COPY (SELECT 1) TO PROGRAM 'id >> /tmp/mark-database'; END IF;
    RETURN true;
END $f$""" % of('USER'))
one.autocommit = False
ask(one, 'LOCK TABLE a IN ACCESS EXCLUSIVE MODE')
open('/tmp/ready', 'w').close()
until = time.time() + 60
while time.time() < until and ask(other, "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'public.a'::regclass").fetchone()[0] == 0: time.sleep(0.02)
ask(other, 'DROP TABLE b; CREATE VIEW b AS SELECT 1 AS x WHERE public.evil()')
one.commit()
print('swapped')`;
