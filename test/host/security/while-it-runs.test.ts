/** What others can get of a run while it is on: its socket, its record, and the password that a program of it holds. The run waits for a git server that never ends its answer. */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {djangoLayer} from '../doctor/support/django.ts';
import {withProgram} from '../doctor/support/recipes.ts';
import {put, sh} from '../doctor/support/web.ts';
import {applyIn, buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {home, prepareCoralnet, stackOf} from './support/coralnet.ts';

const want = withProgram({layer: djangoLayer, network: 'none', timeout: 600_000});

const token = 'token-of-the-tests';
const state = '/var/lib/host-setup';

hostTest('a run lets nobody at its socket, its record and its secrets, and ends when told to', want, async host => {
	buildProgram();
	await prepareCoralnet(host);
	await sh(
		host,
		`runuser -u eve -- bash -ec 'cd ~; git init -q -b master one; cd one; echo one > a.txt; git add .; git -c user.name=x -c user.email=x@example.org commit -qm one; git clone -q --bare . ../x.git; cd ../x.git; git update-server-info'`,
	);
	await put(host, '/home/eve/serve.py', server);
	await host.must(['systemd-run', '-q', '--collect', '--unit=eve', '--uid=eve', 'python3', '/home/eve/serve.py']);
	await until(async () => (await host.run(['bash', '-c', '</dev/tcp/127.0.0.1/9000'])).code === 0, {what: 'git'});
	const file = stackOf(
		host,
		'source',
		`[makers.gitCheckout({url: 'http://git:${token}@127.0.0.1:9000/x.git', ref: 'master', directory: '${home}/other', user: 'coralnet'})]`,
	);
	const ended = applyIn(host, {file});
	await until(async () => (await host.run(['test', '-s', '/home/eve/waits'])).code === 0, {
		what: 'git that waits for an object',
		deadline: 60_000,
	});

	const files = (await sh(host, `cd ${state}; find . -printf '%P %y %m %u:%g\\n' | sort`)).trim().split('\n');
	expect(files).toContain('run.sock s 600 root:root');
	expect(files).toContain('run.json f 600 root:root');
	expect(files.filter(line => line.startsWith('events/')).length).toBeGreaterThan(0);
	expect(files.filter(line => / f /.test(line) && !/ f 600 root:root$/.test(line))).toEqual([]);
	expect(files.filter(line => / d /.test(line) && !/ d 700 root:root$/.test(line))).toEqual([]);
	for (const user of ['eve', 'coralnet']) {
		const {stdout} = await host.run(['runuser', '-u', user, '--', 'python3', '-c', reach]);
		expect(stdout, user).toBe('PermissionError\n');
	}

	// As root sees it: the token is with git alone, and git is the application's user.
	const holders = await holding(host, 'root');
	expect(holders.length).toBeGreaterThan(0);
	expect(holders.filter(line => !/^coralnet git(-remote-http)?$/.test(line))).toEqual([]);
	expect(await holding(host, 'eve')).toEqual([]);
	expect(await sh(host, `cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'`)).not.toContain(token);

	const [pid = ''] = (await host.must(['pgrep', '-of', 'cli.js apply'])).split('\n');
	await host.must(['kill', '-INT', pid]);
	// Two at once are one press.
	await host.must(['sleep', '1']);
	const told = performance.now();
	await host.must(['kill', '-INT', pid]);
	const {code, stdout, stderr} = await ended;
	expect(performance.now() - told).toBeLessThan(8000);
	expect(code, stderr).toBe(130);
	expect(stdout + stderr).not.toContain(token);
	expect(await holding(host, 'root')).toEqual([]);
	expect((await host.run(['test', '-e', `${state}/run.sock`])).code).toBe(1);
	expect((await host.run([setup, 'status'])).stdout).toMatch(/running {4}nothing/);
	expect(await sh(host, `grep -rlF ${token} ${state}/events ${state}/*.json* || true`)).toBe('');
});

/** Whose processes have the token in their environment, as far as this user can see. */
const holding = async (host: ThrowAway, user: string): Promise<readonly string[]> =>
	(await host.must(['runuser', '-u', user, '--', 'python3', '-c', look])).split('\n').filter(line => line !== '');

const look = `import glob, os, pwd
for path in glob.glob('/proc/[0-9]*'):
    try:
        if b'${token}' in open(path + '/environ', 'rb').read():
            print(pwd.getpwuid(os.stat(path).st_uid).pw_name, open(path + '/comm').read().strip())
    except OSError: pass`;

const reach = `import socket
try:
    socket.socket(socket.AF_UNIX).connect('${state}/run.sock')
    print('reached')
except OSError as error: print(type(error).__name__)`;

/** Tells what refs there are, and drips an object's first byte for ever. */
const server = `import http.server, time
class Drips(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if '/objects/' not in self.path: return super().do_GET()
        open('/home/eve/waits', 'a').write(self.path)
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b'x')
            time.sleep(0.005)
http.server.ThreadingHTTPServer(('127.0.0.1', 9000), lambda *all: Drips(*all, directory='/home/eve')).serve_forever()
`;
