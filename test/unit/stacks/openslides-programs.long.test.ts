/**
 * The programs of root's that stand in for rkt and for the roles: what they take, and what they refuse. Whoever is the backend's user writes the file of an
 * instance and asks at the socket, and must not become root by it.
 */
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';

const programs = join(import.meta.dirname, '../../../stacks/openslides/programs');

/** Evaluates one expression of Python for each case (`case`), in one process; a refusal gives `refused: WORDS`. */
const each = (setup: string, expression: string, cases: readonly unknown[]): readonly unknown[] =>
	JSON.parse(
		execFileSync(
			'python3',
			[
				'-B',
				'-c',
				`import json, sys\nsys.path.insert(0, ${JSON.stringify(programs)})\n${setup}\ndef one(case):\n    try:\n        return ${expression}\n    except Refused as refused:\n        return 'refused: ' + str(refused)\nprint(json.dumps([one(case) for case in json.load(sys.stdin)]))`,
			],
			{encoding: 'utf8', input: JSON.stringify(cases)},
		),
	) as readonly unknown[];

describe('the stand-in for rkt', () => {
	const podman = (cases: readonly (readonly string[])[]) =>
		each('import rkt\nfrom rkt import Refused', "rkt.podman(case, 'net')", cases);
	const data = 'volume-data,kind=host,source=/usr/share,readOnly=false';
	const run = [
		...['run', '--uuid-file-save=/run/openslides/abc.uuid', '--port=8000-tcp:23235', '--set-env=PYTHONPATH=/data:/app'],
		...[
			'--volume',
			data,
			'abc123',
			'--user=997',
			'--group=998',
			'--exec',
			'supervisord',
			'--',
			'-c',
			'/supervisord.conf',
		],
	];

	test('runs a container that has nothing of root', () => {
		const [argv] = podman([run]) as readonly (readonly string[])[];
		expect(argv).toEqual(
			expect.arrayContaining([
				'--name=openslides_abc',
				'--user=997:998',
				'--cap-drop=all',
				'--security-opt=no-new-privileges',
				'--pull=never',
				'--publish=127.0.0.1:23235:8000/tcp',
				'--network=net',
				'--volume=/usr/share:/data:rw,nosuid,nodev',
				'--entrypoint=["supervisord"]',
			]),
		);
		expect(argv?.slice(-3)).toEqual(['abc123', '-c', '/supervisord.conf']);
	});

	test('takes no word that it does not know, and none twice', () => {
		const put = (from: string, to: string): readonly string[] => run.map(word => (word === from ? to : word));
		const hostile = [
			put('--user=997', '--user=0'),
			put('--user=997', '--user=root'),
			put('--group=998', '--group=0'),
			put('--port=8000-tcp:23235', '--port=22-tcp:23235'),
			put('--port=8000-tcp:23235', '--port=8000-tcp:0.0.0.0:80'),
			put(data, 'volume-data,kind=host,source=/usr/share:/x,readOnly=false'),
			put(data, 'volume-data,kind=host,source=/bin/../etc,readOnly=false'),
			put(data, 'volume-data,kind=host,source=/proc/self/root/etc,readOnly=false'),
			put(data, 'volume-root,kind=host,source=/,readOnly=false'),
			put(data, 'volume-data,kind=host,source=/usr/share,propagation=shared'),
			put('abc123', '--privileged'),
			put('abc123', 'a b'),
			put('--uuid-file-save=/run/openslides/abc.uuid', '--uuid-file-save=etc/passwd'),
			put('--set-env=PYTHONPATH=/data:/app', '--set-env=A=b c'),
			put('supervisord', 'sh -c'),
			[...run.slice(0, 6), 'other', ...run.slice(6)],
			[...run.slice(0, 1), '--privileged', ...run.slice(1)],
			[...run.slice(0, 1), '--user=0', ...run.slice(1)],
			['run'],
			[],
			['prepare'],
			['enter', 'openslides_abc', '/bin/sh'],
			['enter', 'a'.repeat(64)],
			['enter', 'a'.repeat(64), '--user=0'],
			['fetch', '--all-tags'],
			['fetch', 'a', 'b'],
			['gc', '--all'],
			['image', 'rm', 'x'],
		];
		for (const [at, answer] of podman(hostile).entries())
			expect(`${String(hostile[at])}: ${String(answer)}`).toMatch(/: refused: /);
	});

	test('enters as the user of the container, and secrets are in no command line', () => {
		const id = '0123456789abcdef'.repeat(4);
		const [plain, secret] = podman([
			['enter', id, '/app/manage.py', 'migrate', '--noinput'],
			['enter', '--arguments-from-stdin', id, '/app/manage.py'],
		]) as readonly (readonly string[])[];
		expect(plain).toEqual(['podman', 'exec', id, '/app/manage.py', 'migrate', '--noinput']);
		expect(secret?.slice(0, 4)).toEqual(['podman', 'exec', '--interactive', id]);
		expect(
			podman([
				['fetch', '--insecure-options=image', 'docker://example.org/os:1'],
				['gc', '--grace-period=0'],
			]),
		).toEqual([
			['podman', 'pull', '--quiet', 'example.org/os:1'],
			['podman', 'container', 'prune', '--force', '--filter=label=openslides=instance'],
		]);
	});
});

describe('the file of an instance', () => {
	const settings = {
		site: 'os.example.org',
		domains: ['os.example.org', 'meet.example.org'],
		user: 'nobody',
		instances: '/var/lib/openslides/instances',
		nginx: '/etc/nginx',
		address: '172.16.28.1',
		timezone: 'Europe/Berlin',
		certificate: '/c.crt',
		key: '/c.key',
	};
	const setup = `import instance_record as r, instance_files as f, instance_site as s\nfrom instance_record import Refused\nS = json.loads('''${JSON.stringify(settings)}''')`;
	const said = {
		id: '0123456789abcdef'.repeat(2),
		slug: 'Party-1',
		mode: 'subdomain',
		parent_domain: 'os.example.org',
		number: 3,
		db: 'postgresql',
		image: 'sha256:abc',
		superadmin_password: 'abcDEF123',
		admin_first_name: 'Ada',
		admin_last_name: "O'Neil",
		admin_username: 'Ada',
		admin_initial_password: 'x',
		event_name: "{{ lookup('pipe', 'id') }}",
		event_description: null,
		event_date: '',
		event_location: '$(id); `id`',
		projector_logo: null,
	};

	test('becomes names, ports and words', () => {
		expect(each(setup, 'r.judged(case, S)', [said])[0]).toMatchObject({
			name: 'party-1.os.example.org',
			port: 23_239,
			socket_port: 23_238,
			event: {name: "{{ lookup('pipe', 'id') }}", description: ''},
		});
	});

	test.each([
		['a name that ends a line of nginx', {slug: 'x; } server {'}],
		['a name with a new line behind', {slug: 'x\n'}],
		['a path', {slug: '../../etc/nginx/nginx'}],
		['no name', {slug: ''}],
		['letters of other scripts', {slug: 'pаrty'}],
		['a domain of its own choice', {parent_domain: 'example.com'}],
		['a list in place of a domain', {parent_domain: ['os.example.org']}],
		['a path of the site', {mode: 'path', slug: 'api'}],
		['a mode of none', {mode: 'subdomain\n'}],
		['a port of the system', {number: -11_600}],
		['a port beyond', {number: 100_000}],
		['a number that is none', {number: true}],
		['a number as text', {number: '3'}],
		['an option as image', {image: '--privileged'}],
		['blanks in the image', {image: 'a --privileged'}],
		['lines in the image', {image: 'a\nExecStartPre=/bin/sh'}],
		['a database of none', {db: 'mysql'}],
		['an option as event', {event_name: '--pythonpath=/data/data'}],
		['an option as a first name', {admin_first_name: '-x'}],
		['a word that is none', {event_location: {a: 1}}],
		['a zero byte', {event_name: 'a\0b'}],
		['a password with blanks', {superadmin_password: 'a b'}],
		['a logo elsewhere', {projector_logo: '../../../etc/shadow'}],
	])('%s is refused', (_name, change) => {
		expect(each(setup, 'r.judged(case, S)', [{...said, ...change}])[0]).toMatch(/^refused: /);
	});

	test.each(['subdomain', 'subdomain_nossl', 'path'])('its files (%s) are served through no link of theirs', mode => {
		const [site] = each(setup, 's.site_text(r.judged(case, S), S)', [{...said, mode}]);
		expect(site).toMatch(/alias \/var\/lib\/openslides\/instances\/\w+\/static\/;\s+disable_symlinks if_not_owner;/);
	});

	test('its site has each name once and its settings are Python, whatever the words are', () => {
		const [texts] = each(
			setup,
			`(lambda one: [s.site_text(one, S), f.settings_py(one, S, 'key', "pass'word"), *f.unit_texts(one, S, 'id', '/usr/local/lib/openslides/rkt', (997, 998)).values(), compile(f.settings_py(one, S, 'k"', "p'w"), 'settings', 'exec') and 'compiles'])(r.judged(case, S))`,
			[said],
		) as readonly (readonly string[])[];
		const [site = '', python = '', service = '', , socket = '', compiles] = texts ?? [];
		expect(site.match(/server_name party-1\.os\.example\.org;/g)).toHaveLength(2);
		expect(site).not.toMatch(/spdy|ssl on|TLSv1[ ;]/);
		expect(python).toContain('172.16.28.1');
		expect(compiles).toBe('compiles');
		expect(service).toMatch(/^ExecStart=\/usr\/local\/lib\/openslides\/rkt run --uuid-file-save=\/run\/openslides\//m);
		expect(service).toContain('--user=997 --group=998');
		// Of a bridge that was made anew it would be in no network.
		expect(service).toContain('\nPartOf=openslides-network.service\n');
		expect(socket).toContain('ListenStream=127.0.0.1:23238');
	});
});

test('a program in the hands of somebody else says little, and ends in time', () => {
	const setup = 'import instance_child as c\nclass Refused(Exception): pass';
	expect(
		each(setup, "(lambda a: [a[0], a[1].decode()])(c.heard([sys.executable, '-c', case[0]], 5, case[1]))", [
			["print('1234567', end='')", 60],
			['import sys; sys.exit(3)', 60],
			['import time; time.sleep(60)', 1],
			["import os\nwhile True: os.write(1, b'y' * 60000)", 1],
			['import os, time; os.close(1); time.sleep(60)', 1],
		]),
	).toEqual([
		[0, '34567'],
		[3, ''],
		[124, ''],
		[124, 'yyyyy'],
		[124, ''],
	]);
	// In a session of its own: it has not root's terminal, into which it could type.
	expect(
		each(setup, "c.heard([sys.executable, '-c', 'import os; print(os.getsid(0) == os.getpid())'], 9, 60)[1].decode()", [
			'',
		]),
	).toEqual(['True\n']);
	expect(each(setup, 'c.printable(case.encode())', ['a\u001B[2J\nb\u202E'])).toEqual(['a?[2J\nb?']);
});

test('a site that nginx refuses leaves the one that was there, and one that it takes is the only one', () => {
	const setup = `
import os, tempfile
import instance_site as r
class Refused(Exception): pass
r.run = lambda *argv: None
r.write = lambda path, text, mode: open(path, 'w').write(text)
r.site_text = lambda record, settings: 'new'
def serve(mode, tester):
    at = tempfile.mkdtemp()
    os.mkdir(at + '/openslides')
    path = at + '/openslides/openslides_1.conf'
    with open(path, 'w') as file:
        file.write('old')
    r.NGINX_TEST = ['sh', '-c', tester]
    try:
        r.serve_site({'id': '1', 'mode': mode, 'name': 'a.b'}, {'nginx': at, 'nginx_unit': 'nginx.service'})
    except r.Failed:
        pass
    return {name.split('.')[1]: open(at + '/openslides/' + name).read() for name in os.listdir(at + '/openslides')}`;
	expect(
		each(setup, 'serve(*case)', [
			['subdomain', 'true'],
			['subdomain', 'false'],
			['path', 'true'],
			['path', 'false'],
			// nginx only warns of a name that another site has: the first one that it reads gets what is meant for both.
			['subdomain', `echo 'nginx: [warn] conflicting server name "a.b" on 0.0.0.0:80, ignored' >&2`],
			['subdomain', `echo 'nginx: [warn] conflicting server name "c.b" on 0.0.0.0:80, ignored' >&2`],
		]),
	).toEqual([{conf: 'new'}, {conf: 'old'}, {locations: 'new'}, {conf: 'old'}, {conf: 'old'}, {conf: 'new'}]);
});

test('logs of ids that nobody has do not pile up', () => {
	const setup = `
import os, sys, tempfile, types
sys.modules['instance_roles'] = types.SimpleNamespace(ROLES={})
import instances
class Refused(Exception): pass
def left(most):
    at = tempfile.mkdtemp()
    instances.LOGS_LEFT = most
    for number in range(5):
        path = at + '/ansible.%032x.log.json' % number
        open(path, 'w').close()
        os.utime(path, (number, number))
    os.mkdir(at + '/%032x' % 0)
    instances.make_room(at)
    return sorted(name[39:40] for name in os.listdir(at) if name.startswith('ansible'))`;
	// The first has an instance behind it.
	expect(each(setup, 'left(case)', [2, 10])).toEqual([[...'034'], [...'01234']]);
});

test('an instance answers by its first bytes, and nobody is waited for who sends one after the other', () => {
	const setup = `
import socket, threading, time
import instance_container as c
class Refused(Exception): pass
def serve(said):
    listening = socket.create_server(('127.0.0.1', 0))
    def answer():
        one = listening.accept()[0]
        one.recv(1000)
        for piece in said:
            one.sendall(piece.encode()); time.sleep(0.1)
        one.close()
    threading.Thread(target=answer, daemon=True).start()
    return listening.getsockname()[1]`;
	const said = [
		['HTTP/1.1 200 OK\r\n\r\n'],
		['HTTP/1.0 403 Forbidden\r\n'],
		['HTTP/1.1 502 Bad Gateway\r\n'],
		[],
		['H', ...'TTP/1.1 200 OK'.repeat(200)],
	];
	expect(each(setup, "c.answers(serve(case), 'x')", said)).toEqual([true, true, false, false, false]);
});

describe('whoever asks for a role', () => {
	test('says a verb and an id, and nothing else', () => {
		const ran = (words: readonly string[]): string => {
			try {
				execFileSync('python3', ['-B', join(programs, 'play.py'), ...words], {stdio: 'pipe'});
				return 'ran';
			} catch (error) {
				return (
					String((error as {readonly stderr: Buffer}).stderr)
						.trim()
						.split('\n')
						.at(-1) ?? ''
				);
			}
		};
		const words = (role: string, file: string): readonly string[] => [
			...[
				'play.py',
				'--instances-dir',
				'/i',
				'--role',
				role,
				'--postgres-password',
				'file:/x',
				'--multiinstance-url',
				'x',
			],
			...['--upload-dir', '/u', '--instance-file', file],
		];
		const file = `/m/openslides_instance_${'a'.repeat(32)}.json`;
		expect(ran(words('openslides-add-instance; id', file))).toMatch(/of which nothing is known/);
		expect(ran(words('openslides-add-version', file))).toMatch(/of which nothing is known/);
		expect(ran(words('openslides-add-instance', '/m/openslides_instance_../x.json'))).toMatch(
			/of which nothing is known/,
		);
		// Nobody listens here: it got as far as asking.
		expect(ran(words('openslides-add-instance', file))).toMatch(/FileNotFoundError|ConnectionRefused/);
	});
});
