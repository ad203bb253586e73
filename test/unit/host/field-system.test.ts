/** sudoers, apt and sshd of real hosts, each case with the others of its kind. Their own programs are asked in test/host/field. */
import {describe, expect, it} from 'vitest';
import {aptSetting} from '#host/apt/apt-conf.ts';
import {securityUpdates} from '#host/apt/security-updates.ts';
import {parseSettings, portsInFiles, portsOf} from '#host/system/sshd.ts';
import {doorName, sshDoors, takesEmpty, takesPassword} from '#host/system/sshd-doors.ts';
import {sudoWithoutPassword} from '#host/system/sudoers.ts';
import type {Reader} from '#model/host.ts';
import {field} from '../support/field.ts';
import {fileReader} from '../support/file-reader.ts';
import {installedPackages} from '../support/look.ts';

describe('who becomes root without a password', () => {
	const everything = async (host: Reader) => (await sudoWithoutPassword(host)).everything;
	const who = async (text: string, more: Readonly<Record<string, string>> = {}): Promise<readonly string[]> =>
		(await everything(fileReader({'/etc/sudoers': text, ...more}))).map(one => one.who);

	it('the field cases', async () => {
		expect(await who(field('nopasswd-then-passwd/x'))).toEqual([]);
		expect(await who(field('not-authenticate/x'))).toEqual(['deploy']);
		expect(
			await everything(
				fileReader({
					'/etc/sudoers': '@includedir /etc/sudoers.d\n',
					'/etc/sudoers.d/x': field('other-includedir/x'),
					'/etc/sudoers.local.d/ops': field('other-includedir/sudoers.local.d-ops'),
					'/etc/sudoers.local.d/no.conf': 'eve ALL=(ALL) NOPASSWD: ALL\n',
				}),
			),
		).toEqual([{who: 'ops', rule: 'ops ALL=(ALL) NOPASSWD: ALL', where: '/etc/sudoers.local.d/ops:1'}]);
		expect(await who(field('ad-group/x'))).toEqual(['%domain admins']);
	});

	it.each([
		['alice ALL=NOPASSWD: ALL', ['alice']],
		['%admin ALL=(ALL:ALL) NOPASSWD:ALL # for us', ['%admin']],
		['carol ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx', []],
		['eve \\\n  ALL=(ALL) NOPASSWD: SETENV: ALL', ['eve']],
		['#1001 ALL=(ALL) NOPASSWD: ALL', ['#1001']],
		['# bob ALL=NOPASSWD: ALL', []],
		['"dom user" ALL=(ALL) NOPASSWD: ALL', ['dom user']],
		['User_Alias OPS = ann, bob : X = y\nOPS ALL=(ALL) NOPASSWD: ALL', ['ann', 'bob']],
		['Cmnd_Alias MOST = /bin/a, ALL\nann ALL=(ALL) NOPASSWD: MOST', ['ann']],
		['Runas_Alias SVC = www-data\nann ALL=(SVC) NOPASSWD: ALL', []],
		['ann ALL=(www-data) NOPASSWD: ALL', []],
		['ann ALL=(www-data,root) NOPASSWD: ALL', ['ann']],
		['ann, bob ALL = (ALL) NOPASSWD: /bin/a, ALL', ['ann', 'bob']],
		['ann ALL=(ALL) NOPASSWD: ALL\nann ALL=(ALL) PASSWD: ALL', []],
		['ann ALL=(ALL) NOPASSWD: ALL, !ALL', []],
		['Defaults !authenticate\nann ALL=(ALL) ALL', ['ann']],
		['Defaults !authenticate\nann ALL=(ALL) PASSWD: ALL', []],
		['Defaults !authenticate\nDefaults authenticate\nann ALL=(ALL) ALL', []],
		['Defaults:%ops env_keep += "A", !authenticate\n%ops ALL=(ALL) ALL\nann ALL=(ALL) ALL', ['%ops']],
		['Defaults!/bin/a !authenticate\nann ALL=(ALL) ALL', []],
		['ann db=(ALL) /bin/a : ALL=(ALL) NOPASSWD: ALL', ['ann']],
	])('%s', async (text, wanted) => expect(await who(`${text}\n`)).toEqual(wanted));

	it('follows includes in both spellings, relative ones from where they stand, and never for ever', async () => {
		const rule = 'x ALL=(ALL) NOPASSWD: ALL\n';
		expect(await who('#include more\n', {'/etc/more': rule})).toEqual(['x']);
		expect(await who('#includedir "/etc/a b"\n', {'/etc/a b/c': rule, '/etc/a b/d~': 'y ALL=NOPASSWD: ALL\n'})).toEqual(
			['x'],
		);
		expect(await who('@include /etc/sudoers\nx ALL=NOPASSWD: ALL\n')).toEqual(['x']);
	});
});

describe('apt', () => {
	const read = async (text: string, name = 'APT::Periodic::Unattended-Upgrade') =>
		(await aptSetting(fileReader({'/etc/apt/apt.conf.d/20auto-upgrades': text}), name))?.value;

	it('the field cases', async () => {
		expect(await read(field('periodic-nested/20auto-upgrades'))).toBe('1');
		expect(await read(field('periodic-enable-0/20auto-upgrades'), 'apt::periodic::enable')).toBe('0');
		expect(await read(field('block-comment-and-clear/comment'))).toBeUndefined();
		expect(await read(field('block-comment-and-clear/clear'))).toBeUndefined();
	});
	it.each([
		['APT { Periodic { Unattended-Upgrade "1"; }; };', '1'],
		['APT::Periodic { Unattended-Upgrade "0" ; Unattended-Upgrade "1"; };', '1'],
		['// APT::Periodic::Unattended-Upgrade "1";', undefined],
		['# APT::Periodic::Unattended-Upgrade "1";', undefined],
		['apt::periodic::unattended-upgrade 2;', '2'],
		['APT::Periodic::Unattended-Upgrade "1"; #clear APT::Periodic::Unattended-Upgrade;', undefined],
		['Acquire::http::Proxy "http://x//y"; APT::Periodic::Unattended-Upgrade "1";', '1'],
		['/* a\n b */ APT::Periodic::Unattended-Upgrade\n "1";', '1'],
		['Dpkg::Options { "--force-confold"; }; APT::Periodic::Unattended-Upgrade "1";', '1'],
	])('%s', async (text, value) => expect(await read(text)).toBe(value));

	it('an archive of security updates is one by its own words', async () => {
		const [, name = ''] = /^(\/var\/lib\/apt\/lists\/\S+)$/m.exec(field('obs-security-repo/list-file-name.txt')) ?? [];
		const lists = async (files: Readonly<Record<string, string>>) =>
			(await securityUpdates.read(fileReader({...installedPackages('dpkg'), ...files}))).lists.length;
		const at = '/var/lib/apt/lists/mirror.example_debian-security_dists_bookworm-security';
		const release = (text: string) => ({[`${at}_InRelease`]: text, [`${at}_main_binary-amd64_Packages`]: ''});
		expect(await lists({[name]: ''})).toBe(0);
		expect(
			await lists({[name]: '', [name.replace('Packages', 'InRelease')]: 'Origin: obs://security\nLabel: security\n'}),
		).toBe(0);
		expect(await lists(release('Origin: Debian\nLabel: Debian-Security\n'))).toBe(1);
		expect(await lists(release('Origin: Ubuntu\nLabel: Ubuntu\nSuite: jammy-security\n'))).toBe(1);
		expect(await lists(release('Origin: Zeek\nLabel: security\nSuite: x-security\n'))).toBe(0);
		expect(
			await lists({'/var/lib/apt/lists/security.debian.org_debian-security_dists_x_main_binary-amd64_Packages': ''}),
		).toBe(1);
	});
});

describe('sshd', () => {
	const ports = async (text: string, more: Readonly<Record<string, string>> = {}) =>
		portsInFiles(fileReader({'/etc/ssh/sshd_config': text, ...more}));

	it('every port it listens on', async () => {
		const listen = field('listenaddress-port/50-x.conf');
		expect(
			await ports('Include /etc/ssh/sshd_config.d/*.conf\n', {'/etc/ssh/sshd_config.d/50-x.conf': listen}),
		).toEqual([22, 2222]);
		expect(await ports('')).toEqual([22]);
		expect(await ports('Port=2022\nListenAddress 10.0.0.1\nListenAddress [::1]:2023\n')).toEqual([2022, 2023]);
		expect(await ports('Include more/*\n', {'/etc/ssh/more/a': 'port 2024\n'})).toEqual([2024]);
		expect(portsOf(parseSettings('port 22\nlistenaddress 0.0.0.0:22\nlistenaddress [::]:2222\n'))).toEqual([22, 2222]);
	});

	/** As `sshd -T -C` answers: the settings of everybody, then those of an account. */
	const doors = async (text: string, answers: (user: string, from: string) => string) =>
		sshDoors(
			[text],
			async of => {
				const [, user = '', from = ''] = /^user=(.*),host=.*,addr=(.*)$/.exec(of) ?? [];
				return answers(user, from);
			},
			parseSettings,
		);
	const shut = 'passwordauthentication no\nkbdinteractiveauthentication no\nusepam yes\n';
	const open = 'passwordauthentication yes\nusepam yes\n';

	it('root by a password is what can happen, not one setting', async () => {
		expect(field('root-yes-no-passwords/50-x.conf')).toContain('PermitRootLogin yes');
		const all = await doors('', () => `permitrootlogin yes\n${shut}`);
		expect(all.filter(takesPassword)).toEqual([]);
		const some = await doors(field('match-user-root/50-x.conf'), user =>
			user === 'root' ? `permitrootlogin yes\n${open}` : `permitrootlogin no\n${shut}`,
		);
		expect(some.filter(takesPassword).map(one => one.user)).toEqual(['root']);
		expect(doorName(some.find(takesPassword)!)).toBe(' for root');
	});

	it.each([
		['permitrootlogin yes\ndenyusers root\n', false],
		['permitrootlogin yes\nallowusers ann bob\n', false],
		['permitrootlogin yes\nallowusers ann root\n', true],
		['permitrootlogin yes\nauthenticationmethods publickey,password publickey\n', false],
		['permitrootlogin yes\nauthenticationmethods publickey password\n', true],
		['permitrootlogin prohibit-password\n', false],
		['permitrootlogin forced-commands-only\n', false],
	])('%j', async (text, wanted) => {
		const [root] = await doors('', () => `${text}${open}`);
		expect(takesPassword(root!)).toBe(wanted);
	});

	it('asks for everybody and everywhere that a block names', async () => {
		const all = await doors(
			'Match User ann,!bob,d* Address 10.0.0.0/8\nmatch address="192.0.2.1"\n# Match User x\nMatch all\n',
			(user, from) => (user === 'ann' && from === '10.0.0.0' ? `${open}permitemptypasswords yes\n` : shut),
		);
		expect(all.filter(takesEmpty).map(doorName)).toEqual([' for ann from 10.0.0.0']);
		expect(new Set(all.map(one => one.from)).size).toBe(3);
	});
});
