/** `setup rehearse` as an operator types it on this machine: the whole install or a failing one, and this machine is as it was. */
import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect} from 'vitest';
import {type Digest, digestDiff, digestTree} from '#rehearse/digest.ts';
import {claims} from '#rehearse/made-so-far.ts';
import {buildProgram, checkout} from './support/setup.ts';
import {machineTest} from './support/with-host.ts';

const answers = join(checkout, 'fixtures/answers/ipynbsrv.yaml');

describe('setup rehearse', () => {
	machineTest(
		'of the whole stack on a bare Debian 12 succeeds, and says what it would have changed',
		{timeout: 1_800_000},
		async () => {
			const before = here();
			const {name, exitCode, stdout, stderr} = await rehearse(answers, '--base', 'bookworm');
			expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
			expect(stdout).toMatch(/^Done: \d+ changed, 0 failed, 0 not done/m);
			expect(stdout).toMatch(/ada, who exists only in LDAP, logs in/);
			expect(stdout).toMatch(/^Packages: \d{3} added/m);
			expect(stdout).toMatch(/^ {2}added: .*build-essential /m);
			for (const port of ['127.0.0.1:389', '0.0.0.0:80', '127.0.0.1:5432']) expect(stdout).toContain(`tcp ${port}`);
			for (const path of [
				'/etc/ipynbsrv',
				'/etc/systemd/system/openresty.service',
				'/usr/local/openresty',
				'/srv/ipynbsrv',
			])
				expect(stdout).toContain(`+ ${path}`);
			expect(stdout).toMatch(/~ \/etc\/nsswitch\.conf/);
			expect(leftOf(name)).toEqual([]);
			expect(here()).toEqual(before);
		},
	);

	machineTest(
		'of an install that fails early says why, and --keep leaves it up until it is ended',
		{timeout: 600_000},
		async () => {
			const before = here();
			const {name, exitCode, stdout} = await rehearse(
				answers,
				'--base',
				'bookworm',
				'--keep',
				'--set',
				'packages.extra=[no-such-package-at-all]',
			);
			try {
				expect(stdout).toContain(`setup rehearse --end ${name}`);
				expect(exitCode, stdout).toBe(1);
				expect(stdout).toContain('no-such-package-at-all');
				const enter = /^It stays up\. Enter it with: +(.*)$/m.exec(stdout)?.[1] ?? 'false';
				expect(
					execFileSync('sh', ['-c', `echo 'cat /etc/debian_version; ls /var/lib/host-setup' | ${enter}`]).toString(),
				).toMatch(/^12\.\d+\n[\s\S]*journal\.jsonl/);
			} finally {
				await execa(join(checkout, 'setup'), ['rehearse', '--end', name], {reject: false});
			}
			expect(leftOf(name)).toEqual([]);
			expect(here()).toEqual(before);
		},
	);
});

type Rehearsed = {
	readonly name: string;
	readonly exitCode: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
};

const rehearse = async (...argv: readonly string[]): Promise<Rehearsed> => {
	buildProgram();
	// The launcher becomes the program, so this is the process that its throw-away host is named after.
	const running = execa(join(checkout, 'setup'), ['rehearse', ...argv], {
		reject: false,
		stdin: 'ignore',
		env: {NO_COLOR: '1'},
	});
	const {exitCode, stdout, stderr} = await running;
	return {name: `${running.pid}-1`, exitCode, stdout, stderr};
};

/** What an install could have changed on this machine by mistake. */
const here = (): unknown => ({
	etc: digestDiff(firstEtc, etcNow()),
	state: namesIn('/var/lib/host-setup').filter(name => name !== 'rehearse'),
	packages: readFileSync('/var/lib/dpkg/status', 'utf8').length,
	application: existsSync('/srv/ipynbsrv'),
});

const etcNow = (): Digest => digestTree('/etc', path => path === '/resolv.conf');
const firstEtc = etcNow();

/** All on this machine that has the name of a throw-away host. */
const leftOf = (name: string): readonly string[] => [
	...claims()
		.filter(claim => claim.name === name)
		.map(claim => `record ${claim.slot}`),
	...namesIn('/var/lib/host-setup/rehearse').filter(directory => directory.endsWith(`-${name}`)),
	...readFileSync('/proc/self/mountinfo', 'utf8')
		.split('\n')
		.filter(line => line.includes(`-${name}/`)),
	...namesIn('/proc').flatMap(pid => {
		const line = commandLine(pid);
		return line.includes(`host-setup-guard-${name}`) || line.includes(`-${name}/merged`) ? [line] : [];
	}),
	...namesIn('/sys/class/net').filter(
		link => /^hs\d+$/.test(link) && !claims().some(claim => link === `hs${claim.slot}`),
	),
];

const commandLine = (pid: string): string => {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
};

const namesIn = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory) : []);
