/** The launcher where it matters: on hosts that have nothing but apt, which it must not burden. */
import {execFileSync} from 'node:child_process';
import {copyFileSync, mkdirSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect} from 'vitest';
import {trustAuthorities} from '#rehearse/base.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {hostTest, withPackages} from './support/with-host.ts';

const root = join(import.meta.dirname, '../..');
const inside = '/opt/host setup';
const minute = 60_000;

/** What a clone would hold, with what is not committed yet. */
const copyCheckout = (host: ThrowAway): void => {
	const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
		cwd: root,
		encoding: 'utf8',
	}).split('\0');
	for (const file of files) {
		if (file === '' || !statSync(join(root, file), {throwIfNoEntry: false})?.isFile()) continue;
		const to = join(host.root, inside, file);
		mkdirSync(dirname(to), {recursive: true});
		copyFileSync(join(root, file), to);
	}
};

const packages = (host: ThrowAway): Promise<string> =>
	host.must(['dpkg-query', '-W', '-f', '${Package} ${Version} ${Status}\n']);

/** The best of many, in milliseconds, measured inside: other tests run beside this one. */
const startOf = async (host: ThrowAway): Promise<number> => {
	const script = 'a=$(date +%s%N); "$0" --help >/dev/null; echo $((($(date +%s%N) - a) / 1000000))';
	const times: number[] = [];
	while (times.length < 30 && !times.some(one => one < 150))
		times.push(Number(await host.must(['sh', '-c', script, `${inside}/setup`])));
	return Math.min(...times);
};

for (const release of ['bookworm', 'trixie'] as const) {
	hostTest(
		`./setup on a fresh ${release} brings its own Node and adds no package`,
		{release, timeout: 10 * minute},
		async host => {
			await trustAuthorities(host.root);
			copyCheckout(host);
			await host.must(['find', '/var/lib/apt/lists', '-type', 'f', '-delete']);
			const before = await packages(host);

			const first = await host.run([`${inside}/setup`, '--help'], {timeout: 8 * minute});
			expect(first, first.stderr).toMatchObject({code: 0, stdout: expect.stringContaining('Usage: setup')});
			const said = first.stderr.trim().split('\n');
			expect(said.filter(line => !line.startsWith('setup: '))).toEqual([]);
			expect(
				said.map(line =>
					line
						.replace('setup: ', '')
						.replace(/ https?:\S+\//, ' ')
						.replace(/[:,].*/, ''),
				),
			).toEqual([
				expect.stringMatching(/^fetching node-linux-(x64|arm64)-\d+\.\d+\.\d+\.tgz$/),
				'taking libatomic.so.1',
				'the package lists are missing or old',
				expect.stringMatching(/^fetching npm-\d+\.\d+\.\d+\.tgz$/),
				'npm ci',
				'building dist/',
			]);
			expect(await packages(host)).toBe(before);

			const second = await host.run([`${inside}/setup`, '--help']);
			expect(second).toMatchObject({code: 0, stderr: ''});
			expect(await startOf(host)).toBeLessThan(300);

			await readOnlyAndOffline(host);
			await asAnotherUser(host);
		},
	);
}

/** As a rehearsal sees it: bound in, not writable, no network; then also with sources that are newer. */
const readOnlyAndOffline = async (host: ThrowAway): Promise<void> => {
	const script = 'mount --bind "$0" /mnt && mount -o remount,bind,ro /mnt && cd / && /mnt/setup --version';
	const argv = ['unshare', '--mount', '--net', 'sh', '-c', script, inside];
	const ran = await host.run(argv);
	expect(ran).toMatchObject({code: 0, stderr: ''});
	await host.must(['sh', '-c', 'echo >>"$0/src/cli.ts"', inside]);
	const older = await host.run(argv);
	expect(older).toMatchObject({code: 0, stdout: ran.stdout, stderr: expect.stringContaining('using dist/ as it is')});
	expect((await host.run([`${inside}/setup`, '--version'])).stderr).toBe('setup: building dist/\n');
};

const asAnotherUser = async (host: ThrowAway): Promise<void> => {
	expect(await host.run([`${inside}/setup`, '--help'], {as: 'www-data'})).toMatchObject({code: 0, stderr: ''});
};

hostTest(
	'./setup without any network says what it could not do, and changes nothing',
	{network: 'none', timeout: 3 * minute},
	async host => {
		copyCheckout(host);
		await host.must(['find', '/var/lib/apt/lists', '-type', 'f', '-delete']);
		const before = await packages(host);
		const {code, stderr} = await host.run([`${inside}/setup`, '--help'], {timeout: 2 * minute});
		expect(code).toBe(1);
		expect(stderr).toMatch(
			/^setup: fetching https:\S+node-linux-\S+\nsetup: could not fetch it: .+\nsetup: Node could not be fetched: installing nodejs and npm with apt/,
		);
		expect(stderr).toContain('setup: apt could not install nodejs and npm\n');
		expect(await packages(host)).toBe(before);
	},
);

const debianNpm = withPackages('debian-npm', ['nodejs', 'npm']);

hostTest(
	"npm ci and npm test work with Debian 12's own nodejs 18 and npm 9",
	{layer: debianNpm, timeout: 15 * minute},
	async host => {
		await trustAuthorities(host.root);
		copyCheckout(host);
		const npm = async (...argv: readonly string[]): Promise<string> => {
			const own = ['env', '--chdir', inside, 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'];
			const {code, stdout, stderr} = await host.run([...own, 'npm', ...argv], {timeout: 10 * minute});
			expect(code, `npm ${argv.join(' ')}: ${stdout}\n${stderr}`).toBe(0);
			return stdout;
		};
		expect(await npm('--version')).toMatch(/^9\./);
		await npm('ci', '--ignore-scripts');
		expect(await npm('run', 'test:fast', '--', 'unit/launcher')).toMatch(/\n[1-9]\d* passed, 0 failed, 0 skipped\n$/);
		expect(await host.run([`${inside}/setup`, '--help'])).toMatchObject({
			code: 0,
			stderr: expect.not.stringContaining('fetching'),
		});
	},
);
