/** The package on every Debian with a rehearsal in it, read by Debian's own critics, and made twice. */
import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {execa} from 'execa';
import {beforeAll, expect, test} from 'vitest';
import {earlierPackage, makePackage} from '../host/support/package.ts';
import {livePackage, type Packages} from '../host/support/package-life.ts';
import {hostTest, withPackages} from '../host/support/with-host.ts';

let made: Packages;
beforeAll(async () => {
	const deb = await makePackage();
	made = {deb, earlier: await earlierPackage(deb)};
}, 600_000);

for (const release of ['bullseye', 'bookworm', 'trixie'] as const)
	hostTest(
		`its whole life on ${release}, with a rehearsal`,
		{
			release,
			timeout: 1_200_000,
			layer: withPackages('package', ['systemd-container', 'iptables', 'iproute2']),
			plain: ['/var/lib/docker', '/var/lib/containers', '/var/lib/host-setup'],
		},
		host =>
			livePackage(host, made, async () => {
				const ran = await host.run(['/usr/bin/setup', 'rehearse', '/root/note.yaml', '--yes'], {timeout: 300_000});
				expect([ran.code, ran.stderr]).toEqual([0, '']);
				expect(ran.stdout).toMatch(/^Done: \d+ changed, 0 failed, 0 not done/m);
			}),
	);

hostTest(
	'lintian finds no error; zsh, fish and man read what they are given',
	{layer: withPackages('lintian', ['lintian', 'zsh', 'fish', 'man-db', 'groff']), network: 'none', timeout: 1_200_000},
	async host => {
		copyFileSync(made.deb, join(host.root, 'root/host-setup.deb'));
		const read = await host.run(['lintian', '--allow-root', '--tag-display-limit', '0', '/root/host-setup.deb'], {
			timeout: 900_000,
		});
		expect(read.stdout.split('\n').filter(line => line.startsWith('E:'))).toEqual([]);
		await host.must(['dpkg', '--install', '/root/host-setup.deb'], {timeout: 300_000});
		await host.must(['zsh', '-n', '/usr/share/zsh/vendor-completions/_setup']);
		await host.must(['fish', '-n', '/usr/share/fish/vendor_completions.d/setup.fish']);
		const page = await host.run([
			'man',
			'--warnings',
			'-E',
			'UTF-8',
			'-l',
			'-Tutf8',
			'-Z',
			'/usr/share/man/man1/setup.1.gz',
		]);
		expect([page.code, page.stderr]).toEqual([0, '']);
	},
);

test('made twice all is the same but the executable, whose snapshot V8 makes anew', {timeout: 900_000}, async () => {
	const first = await contents(made.deb);
	const second = await contents(await makePackage());
	const differ = [...second].filter(([path, sum]) => first.get(path) !== sum).map(([path]) => path);
	expect([...first.keys()]).toEqual([...second.keys()]);
	expect(differ).toEqual(['usr/lib/host-setup/dist/program']);
});

/** Sum by path: what the package says of itself. */
const contents = async (deb: string): Promise<ReadonlyMap<string, string>> => {
	const {stdout} = await execa('dpkg-deb', ['--ctrl-tarfile', deb], {encoding: 'buffer', maxBuffer: 10_000_000});
	const sums = await execa('tar', ['--extract', '--to-stdout', '--file', '-', './md5sums'], {input: stdout});
	return new Map(sums.stdout.split('\n').map(line => [line.slice(34), line.slice(0, 32)]));
};
