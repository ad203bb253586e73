/** What a running sshd was started with, as getopt takes its words. */
import {expect, test} from 'vitest';
import {optionsIn} from '#host/system/sshd.ts';

const conf = '/etc/ssh/sshd_config';

test.each([
	['/usr/sbin/sshd -D', {conf, words: []}],
	['/usr/sbin/sshd -D -f /etc/ssh/other', {conf: '/etc/ssh/other', words: []}],
	['/usr/sbin/sshd -Df/etc/ssh/other', {conf: '/etc/ssh/other', words: []}],
	['/usr/sbin/sshd -oPermitRootLogin=yes -D', {conf, words: ['-o', 'PermitRootLogin=yes']}],
	['/usr/sbin/sshd -D -o PermitRootLogin=yes -p 2222', {conf, words: ['-o', 'PermitRootLogin=yes', '-p', '2222']}],
	['/usr/sbin/sshd -h /etc/ssh/key -D -E /var/log/sshd', {conf, words: []}],
])('%s', (line, wanted) => expect(optionsIn(line.split(' '))).toEqual(wanted));
