/** Which commands of a rule without a password make somebody root in all but name, and which do one thing. */
import {describe, expect, it} from 'vitest';
import {type Way, wayToRoot} from '#host/system/root-by-command.ts';
import {sudoWithoutPassword} from '#host/system/sudoers.ts';
import {fileReader} from '../../support/file-reader.ts';

describe('a way to root', () => {
	it.each<[string, Way]>([
		['/usr/bin/find', 'arguments'],
		['/usr/bin/find /var/log *', 'arguments'],
		['/usr/bin/vim /etc/hosts', 'shell'],
		['/usr/bin/vim.tiny', 'shell'],
		['/usr/bin/env', 'arguments'],
		['/usr/bin/less /var/log/syslog', 'shell'],
		['/usr/bin/tar', 'arguments'],
		['/usr/bin/python3.11', 'shell'],
		['/bin/bash', 'shell'],
		['/bin/su ""', 'shell'],
		['/usr/bin/docker', 'arguments'],
		['/usr/bin/docker run *', 'arguments'],
		['/usr/bin/systemctl', 'arguments'],
		['/usr/bin/systemctl * nginx', 'arguments'],
		['/usr/bin/apt-get install *', 'arguments'],
		['/usr/bin/tee', 'files'],
		['/usr/bin/cp * /etc/nginx/', 'files'],
		['/usr/bin/mysql ""', 'shell'],
		['sudoedit', 'files'],
		['sudoedit /srv/*/conf', 'files'],
		['/usr/bin/', 'arguments'],
		['^/usr/bin/[a-z]+$', 'shell'],
		['/usr/bin/py*', 'shell'],
		['/usr/bin/make install', 'place'],
		['/usr/bin/git pull', 'place'],
		['/usr/bin/systemctl edit nginx', 'shell'],
		['/usr/bin/crontab -e', 'shell'],
	])('%s: %s', (command, way) => expect(wayToRoot(command)).toBe(way));

	it.each([
		'/usr/bin/systemctl restart nginx',
		'/usr/bin/systemctl restart app-*',
		'/usr/bin/docker ps',
		'/usr/bin/docker restart *',
		'/usr/bin/find /var/log -name x.log',
		'/usr/bin/apt-get update',
		'/usr/bin/python3 /opt/app/report.py',
		'/usr/bin/tee /etc/motd',
		'/opt/app/bin/deploy',
		'/usr/sbin/nginx -t',
		'sudoedit /etc/nginx/nginx.conf',
		'!/usr/bin/vim',
		'/usr/bin/whoami',
		'^/usr/bin/(id|whoami)$',
		'/opt/app/bin/*',
		'/usr/bin/make -C /srv/app install',
		'/usr/bin/git --git-dir=/srv/app/.git fetch',
		'/usr/bin/git --version',
		'/usr/bin/crontab -l',
	])('%s is none', command => expect(wayToRoot(command)).toBeUndefined());

	it('without exec an editor still writes, and a pager shows', () => {
		expect(wayToRoot('/usr/bin/vim /etc/hosts', true)).toBe('files');
		expect(wayToRoot('/usr/bin/less', true)).toBeUndefined();
		expect(wayToRoot('/usr/bin/find', true)).toBeUndefined();
		expect(wayToRoot('/usr/bin/systemd-run', true)).toBe('arguments');
	});
});

describe('commands without a password', () => {
	const commands = async (text: string): Promise<readonly string[]> =>
		(await sudoWithoutPassword(fileReader({'/etc/sudoers': `${text}\n`, '/etc/hostname': 'web1\n'}))).commands.map(
			({who, command, noexec, setenv, placed}) =>
				`${who} ${command}${noexec ? ' noexec' : ''}${setenv ? ' setenv' : ''}${placed ? ' placed' : ''}`,
		);

	it.each([
		['ann ALL=NOPASSWD: /bin/a', ['ann /bin/a']],
		['ann ALL=(root) NOPASSWD: /bin/a, /bin/b x y', ['ann /bin/a', 'ann /bin/b x y']],
		['ann ALL=(root) NOPASSWD: NOEXEC: /bin/a, EXEC: /bin/b', ['ann /bin/a noexec', 'ann /bin/b']],
		['ann ALL=NOPASSWD: /bin/a, PASSWD: /bin/b', ['ann /bin/a']],
		['ann ALL=(www-data) NOPASSWD: /bin/a', []],
		['Cmnd_Alias X = /bin/a, /bin/b\n%ops ALL=NOPASSWD: X', ['%ops /bin/a', '%ops /bin/b']],
		['Defaults:ann !authenticate\nann ALL=/bin/a', ['ann /bin/a']],
		['ann ALL=NOPASSWD: /bin/a\nann ALL=(ALL) ALL', []],
		['ann ALL=(ALL) ALL\nann ALL=NOPASSWD: /bin/a', ['ann /bin/a']],
		['ann ALL=NOPASSWD: /bin/a\nann ALL=PASSWD: /bin/a', []],
		['ann ALL=NOPASSWD: ALL\nann ALL=NOPASSWD: /bin/a', []],
		['ann ALL=NOPASSWD: !/bin/a, /bin/b', ['ann /bin/b']],
		['ann ALL=NOPASSWD: SETENV: /bin/a, NOSETENV: /bin/b', ['ann /bin/a setenv', 'ann /bin/b']],
		['ann ALL=(root) CWD=/srv NOPASSWD: /bin/a', ['ann /bin/a placed']],
		['ann ALL=(root) CWD=* NOPASSWD: /bin/a', ['ann /bin/a']],
		['Defaults!/bin/a !authenticate\nann ALL=/bin/a x, /bin/b', ['ann /bin/a x']],
		['ann web2=NOPASSWD: /bin/a', []],
		['Host_Alias H = web2, web3.example.org\nann H=NOPASSWD: /bin/a', []],
		['ann web1.example.org=NOPASSWD: /bin/a', ['ann /bin/a']],
		['ann web2, 192.0.2.1=NOPASSWD: /bin/a', ['ann /bin/a']],
		['root ALL=NOPASSWD: /bin/a', []],
	])('%s', async (text, wanted) => expect(await commands(text)).toEqual(wanted));
});
