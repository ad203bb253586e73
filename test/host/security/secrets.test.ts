/** What is secret or root's alone stays so, and what others name in a hostile way is shown in a tame one: with a marker where it would have gone. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {djangoLayer, project, settings} from '../doctor/support/django.ts';
import {withProgram} from '../doctor/support/recipes.ts';
import {put, sh} from '../doctor/support/web.ts';
import {watchCommandLines} from '../support/command-lines.ts';
import {applyIn, buildProgram, planIn, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {as, home, prepareCoralnet, projectText, stackOf} from './support/coralnet.ts';

const want = withProgram({layer: djangoLayer, network: 'none', timeout: 900_000});

const token = 'token-of-the-tests';
describe('secrets', () => {
	hostTest('of git stay out of filters, hooks and arguments', want, async host => {
		buildProgram();
		await prepareCoralnet(host);
		await as(
			host,
			'coralnet',
			`cd ${project}; printf '*.py filter=spy\\n*.txt filter=spy\\n' > .git/info/attributes; echo one > a.txt; git add a.txt
git -c user.name=x -c user.email=x@example.org commit -qm one a.txt
git clone -q --bare . ${home}/x.git; cd ${home}/x.git; git update-server-info; cd ${project}
git config filter.spy.clean "sh -c 'id -un >> /tmp/marker-filter; env >> /tmp/marker-filter; cat'"
git config filter.spy.smudge "sh -c 'env >> /tmp/marker-filter; cat'"
git config core.fsmonitor "sh -c 'env >> /tmp/marker-monitor'"
git config credential.helper "!f() { cat >> /tmp/marker-helper; }; f"
for hook in post-checkout post-merge reference-transaction post-index-change; do
printf '#!/bin/sh\\nid -un >> /tmp/marker-hook; env >> /tmp/marker-hook\\n' > .git/hooks/$hook; chmod 755 .git/hooks/$hook; done
touch ${settings}`,
		);
		await sh(
			host,
			`runuser -u coralnet -- setsid python3 -m http.server --bind 127.0.0.1 --directory ${home} 9000 >/dev/null 2>&1 &`,
		);
		await until(async () => (await host.run(['bash', '-c', '</dev/tcp/127.0.0.1/9000'])).code === 0, {
			what: 'git over HTTP',
		});
		const file = stackOf(
			host,
			'source',
			`[makers.gitCheckout({url: 'http://git:${token}@127.0.0.1:9000/x.git', ref: 'master', directory: '${project}', user: 'coralnet', ours: ['config/settings.py']})]`,
		);
		const watching = await watchCommandLines(host);
		const planned = await planIn(host, {file});
		const applied = await applyIn(host, {file});
		const again = await applyIn(host, {file});
		const lines = (await watching.end()).seen;
		expect(planned.counts.failed, planned.notOk.join('\n')).toBe(0);
		expect([...applied.faults, ...again.faults]).toEqual([]);
		expect(lines.some(line => line.startsWith('git ') || line.includes('/git '))).toBe(true);
		expect(lines.filter(line => line.includes(token))).toEqual([]);
		const filtered = await host.must(['cat', '/tmp/marker-filter']);
		expect(filtered).toMatch(/^coralnet$/m);
		for (const name of ['filter', 'monitor', 'helper', 'hook']) {
			const {stdout} = await host.run(['cat', `/tmp/marker-${name}`]);
			expect(stdout, name).not.toContain(token);
			expect(stdout, name).not.toContain('SETUP_GIT_PASSWORD');
			expect(stdout, name).not.toMatch(/^root$/m);
		}
		for (const text of [planned.stderr, applied.stdout, applied.stderr, ourOwn(host)])
			expect(text).not.toContain(token);
	});
});

describe('what others name', () => {
	hostTest('reaches no terminal as it is, nor is a name in /tmp of ours to be guessed', want, async host => {
		buildProgram();
		await prepareCoralnet(host);
		const evil = '\u001b[2J\u001b[H\u009b2J\r0 to change\u202e';
		await sh(
			host,
			`runuser -u coralnet -- bash -ec 'cd ${project}; git checkout -q .; name=$(printf "\\033[2J\\033[H\\r0 to change\\342\\200\\256x"); echo x > "$name"; git add .; git -c user.name=x -c user.email=x@example.org commit -qm "$name"; mkdir -p ${home}/"$name"'`,
		);
		await put(
			host,
			'/home/eve/title.py',
			`import os\nos.execv('/bin/sleep', ['nginx: master process ${evil}', '600'])\n`,
		);
		await sh(host, 'runuser -u eve -- setsid python3 /home/eve/title.py >/dev/null 2>&1 &');
		await put(host, '/home/eve/watch.py', watchTmp);
		await sh(host, 'runuser -u eve -- setsid python3 /home/eve/watch.py >/dev/null 2>&1 &');
		await until(async () => (await host.run(['test', '-e', '/home/eve/names'])).code === 0, {what: 'the watch'});
		const file = stackOf(
			host,
			'names',
			`[makers.directory({path: '/srv/tree', mode: 0o755, owner: 'coralnet:coralnet'}), makers.copyTree({name: 'tree', from: '${home}', to: '/srv/tree/copy', as: 'coralnet'}), makers.gitCheckout({url: '${project}', ref: 'master', directory: '${project}', user: 'coralnet'}), makers.djangoCollectstatic({project: ${projectText}})]`,
		);
		await put(
			host,
			`${project}/manage.py`,
			`import sys\nfor where in sys.stdout, sys.stderr: print(${JSON.stringify(evil)}, file=where)\nsys.exit(1)\n`,
		);
		await sh(host, `rm -r ${home}/static`);
		const told: string[] = [];
		for (const argv of [
			[setup, 'plan', file],
			[setup, 'apply', file],
			[setup, 'doctor', '-v'],
			[setup, 'doctor', 'fix', '--plan'],
			[setup, 'undo', '--plan'],
			[setup, 'status'],
		]) {
			const {stdout, stderr} = await host.run(['script', '-qec', argv.join(' '), '/dev/null'], {
				env: {NO_COLOR: '1', TERM: 'xterm'},
			});
			told.push(stdout, stderr);
		}
		// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what no terminal may get
		const wild = told.filter(text => /\u001b\[2J|\u009b|\u202e|\r0 to change/.test(text));
		expect(wild).toEqual([]);
		// And are told all the same.
		expect(told.filter(text => text.includes('[2J')).length, told.join('\n').slice(0, 4000)).toBeGreaterThan(0);
		await sh(host, 'sleep 0.3; pkill -u eve');
		const names = readFileSync(join(host.root, 'home/eve/names'), 'utf8')
			.split('\n')
			.filter(name => name !== '');
		expect(names.filter(name => /setup/i.test(name) && !/[A-Za-z0-9]{6}$/.test(name))).toEqual([]);
	});
});

/** All that was kept or logged, but for the answers file and the stash, which only root may read. */
const ourOwn = (host: ThrowAway): string =>
	['journal.jsonl', 'state.json', 'run.json']
		.map(name => readOr(join(host.root, 'var/lib/host-setup', name)))
		.join('\n');

const readOr = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
};

/** Every name that appears in /tmp, as any account can see it. */
const watchTmp = `import ctypes, os, struct
libc = ctypes.CDLL(None)
fd = libc.inotify_init()
libc.inotify_add_watch(fd, b'/tmp', 0x100)
out = open('/home/eve/names', 'w', buffering=1)
while True:
    data = os.read(fd, 65536)
    while data:
        size = struct.unpack_from('iIII', data)[3]
        out.write(data[16:16 + size].rstrip(b'\\0').decode() + '\\n')
        data = data[16 + size:]
`;
