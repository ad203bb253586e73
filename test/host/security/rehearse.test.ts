/** `setup rehearse` on a booted host that others share: what they reach of the copy, what their directories make root mount, and what is left of it. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'vitest';
import {keepNumbersApart} from '#rehearse/numbers-apart.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {withProgram} from '../doctor/support/recipes.ts';
import {put, sh} from '../doctor/support/web.ts';
import {answersOf, ownStack} from '../support/own-stacks.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, withPackages} from '../support/with-host.ts';

const layer = withPackages('rehearsing', [
	'systemd-container',
	'iptables',
	'iproute2',
	'libatomic1',
	'procps',
	'python3',
]);

hostTest(
	'of a copy nothing is left, only root and who called sudo reach it, and no swapped directory is mounted on',
	withProgram({layer, network: 'none', timeout: 300_000}),
	async host => {
		buildProgram();
		ownStack(host, 'page', page);
		const file = answersOf(host, 'page', {page: {}});
		await put(host, '/usr/local/bin/page', listening);
		await sh(host, 'useradd --create-home eve; useradd --create-home ada; chmod 755 /usr/local/bin/page');

		const kept = await host.must([setup, 'rehearse', '--keep', file], {
			env: {SUDO_UID: (await host.must(['id', '-u', 'ada'])).trim()},
		});
		const {address, name} = /address is (?<address>\S+); .*--end (?<name>\S+)/.exec(kept)?.groups ?? {};
		if (address === undefined || name === undefined) throw new Error(kept);
		const reached = (as: string): Promise<string> =>
			sh(host, `runuser -u ${as} -- bash -c 'cat < /dev/tcp/${address}/8081' 2>&1 || :`);
		expect([await reached('root'), await reached('ada')]).toEqual(['of the copy\n', 'of the copy\n']);
		expect(await reached('eve')).toContain('refused');
		// It was told not to answer, and does for as long as it is up.
		expect(await running(host)).toContain('page');
		await host.must([setup, 'rehearse', '--end', name]);
		expect(await running(host)).toBe('');
		expect((await host.run(['iptables', '-S'])).stdout).not.toContain('hs0');

		// A disk in her directory, which she swaps for root's while root mounts the copy of it.
		await put(host, '/home/eve/swap.py', swapping);
		await sh(
			host,
			`mkdir /var/lib/docker/disk; echo hers > /var/lib/docker/disk/data; cd /home/eve; mkdir d d/bin; ln -s /usr l; chown -hR eve: d l
mount --bind /var/lib/docker/disk d/bin; chmod 755 /home/eve
runuser -u eve -- setsid python3 swap.py >/dev/null 2>&1 &`,
		);
		await until(async () => (await host.run(['test', '-e', '/home/eve/swapping'])).code === 0, {what: 'her swaps'});
		const tried: string[] = [];
		for (let turn = 0; turn < 3; turn += 1) {
			const {code, stdout, stderr} = await host.run([setup, 'rehearse', file]);
			tried.push(code === 0 ? 'rehearsed' : (/\[(rehearse\.\w+)\]/.exec(stderr)?.[1] ?? `${stdout}${stderr}`));
			expect(await running(host)).toBe('');
		}
		expect(tried.filter(one => !['rehearsed', 'rehearse.overlay', 'rehearse.mount'].includes(one))).toEqual([]);
	},
);

hostTest('the accounts of a fresh system have no number of this host', {network: 'none'}, async host => {
	const here = mkdtempSync(join(tmpdir(), 'numbers-'));
	try {
		mkdirSync(join(here, 'etc'));
		const numbers = [998, 999, 1000, 1001, 1003];
		for (const [path, rest] of Object.entries({passwd: ':0::/:/bin/sh', group: ':'}))
			writeFileSync(join(here, 'etc', path), numbers.map(one => `one${one}:x:${one}${rest}\n`).join(''));
		keepNumbersApart(host.root, here);
		await sh(host, 'useradd app; useradd --system daemon-of-app; groupadd --system more');
		const given = await sh(
			host,
			'id -u app; id -g app; id -u daemon-of-app; id -g daemon-of-app; getent group more | cut -d: -f3',
		);
		expect(
			given
				.trim()
				.split('\n')
				.map(Number)
				.filter(one => numbers.includes(one)),
		).toEqual([]);
		expect(given.trim().split('\n')).toHaveLength(5);
	} finally {
		rmSync(here, {recursive: true});
	}
});

/** What runs here of a copy, by its control groups and its supervisor. */
const running = async (host: ThrowAway): Promise<string> =>
	(await sh(host, `ps -eo cgroup:200,comm | grep -E 'hostsetup|systemd-nspawn' || :`)).trim();

const page = `[step({id: 'page', title: 'Page', about: 'x', guide: 'none', questions: z.strictObject({}), resources: () => [
	makers.file({path: '/etc/systemd/system/page.service', text: '[Service]\\nDynamicUser=yes\\nExecStart=/usr/local/bin/page\\n'}, {id: 'file:unit'}),
	makers.unit({name: 'page.service', enabled: false, running: true}, {needs: ['path:/etc/systemd/system/page.service']}),
]})]`;

const listening = `#!/usr/bin/python3
import socket
ear = socket.create_server(('0.0.0.0', 8081))
while True:
    one, _ = ear.accept()
    one.sendall(b'of the copy\\n')
    one.close()
`;

const swapping = `import ctypes
libc = ctypes.CDLL(None)
open('/home/eve/swapping', 'w')
while True:
    libc.renameat2(-100, b'/home/eve/d', -100, b'/home/eve/l', 2)
`;
