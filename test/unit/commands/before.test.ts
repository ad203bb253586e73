/** `setup doctor --before RELEASE`: which release may be named where, and what its table says of a host that is made of files. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {doctorArgs} from '#commands/doctor/args.ts';
import {vanishedPackages} from '#host/apt/vanished/script.ts';
import {createReader} from '#host/reader.ts';
import {comingRelease} from '#tasks/doctor/before/coming-release.ts';
import {refusals} from '#tasks/doctor/before/refusals.ts';

const made: string[] = [];
afterAll(() => {
	for (const directory of made) rmSync(directory, {recursive: true});
});

const hostOf = (files: Readonly<Record<string, string>>) => {
	const root = mkdtempSync(join(tmpdir(), 'before-'));
	made.push(root);
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(root, path)), {recursive: true});
		writeFileSync(join(root, path), text);
	}
	return createReader(root);
};

const release = (codename: string) => ({'/etc/os-release': `ID=debian\nVERSION_CODENAME=${codename}\n`});

describe('the release that comes', () => {
	test('is the next one, and no other', async () => {
		expect((await comingRelease('trixie', hostOf(release('bookworm')))).python).toBe('3.13');
		await expect(comingRelease('trixie', hostOf(release('bullseye')))).rejects.toThrow('reached from bookworm alone');
		await expect(comingRelease('noble', hostOf(release('bookworm')))).rejects.toThrow(
			'"noble" takes away is not known',
		);
		await expect(comingRelease('trixie', hostOf(release('trixie')))).rejects.toMatchObject({code: 'usage.before'});
	});

	test('has packages no more, and others still', () => {
		const gone = vanishedPackages('trixie');
		expect(['ntp', 'php8.2-fpm', 'postgresql-15', 'nginx', 'slapd'].map(name => gone.has(name))).toEqual([
			true,
			true,
			true,
			false,
			false,
		]);
		expect(vanishedPackages('bookworm').has('postgresql-13')).toBe(true);
	});
});

test.each([['fix'], ['--from', 'x.json'], ['--install-timer'], ['--mail', 'root']])(
	'is not said together with %s',
	(...words) => {
		expect(() =>
			doctorArgs(['--before', 'trixie', ...words].toSorted((a, b) => Number(b === 'fix') - Number(a === 'fix'))),
		).toThrow('--before is for a look at this host');
	},
);

test.each([
	['nginx', {'/etc/nginx/nginx.conf': 'http {\n\tserver {\n\t\tlisten 443 ssl;\n\t\tssl on;\n\t}\n}\n'}, ['ssl on']],
	['nginx', {'/etc/nginx/nginx.conf': 'http {\n\t# ssl on;\n\tserver {\n\t\tlisten 443 ssl;\n\t}\n}\n'}, []],
	[
		'sshd',
		{'/etc/ssh/sshd_config': '#PubkeyAcceptedAlgorithms +ssh-dss\nHostKeyAlgorithms=+ssh-dss\n'},
		['HostKeyAlgorithms=+ssh-dss'],
	],
	['dovecot', {'/etc/dovecot/dovecot.conf': 'dovecot_config_version = 2.4.0\n'}, []],
	[
		'systemd-sysctl',
		{'/etc/sysctl.conf': '# kernel.domainname = x\n\n-net.ipv4.ip_forward = 1\nvm.swappiness=7\n'},
		['its settings'],
	],
	['systemd-sysctl', {'/etc/sysctl.conf': '#\n'}, []],
] as const)('%s finds in %j what it refuses', async (server, files, words) => {
	const row = refusals.find(one => one.server === server);
	expect((await row?.find(hostOf(files)))?.map(({word}) => word)).toEqual(words);
});
