/** Which lines of limits.conf lock people out. */
import {expect, it} from 'vitest';
import {refusingLimits} from '#host/pam/limits.ts';
import {fileReader} from '../support/file-reader.ts';

const pam = {
	'/etc/pam.d/sshd': '@include common-account\nsession required pam_limits.so\n',
	'/etc/pam.d/common-account': 'account required pam_unix.so\n',
};
const told = async (text: string, more: Readonly<Record<string, string>> = pam): Promise<readonly string[]> =>
	(await refusingLimits(fileReader({...more, '/etc/security/limits.conf': text}))).map(
		({domain, item, value, where}) => `${domain} ${item} ${value} ${where.replace(/.*\//, '')}`,
	);

it('tells a zero for all, and a number of processes or files that no shell works with', async () => {
	expect(await told('#* hard maxlogins 0\n* - maxlogins 0 # closed\n@users hard nproc 5\nada - nofile 3\n')).toEqual([
		'* maxlogins 0 limits.conf:2',
		'@users nproc 5 limits.conf:3',
		'ada nofile 3 limits.conf:4',
	]);
});

it('leaves alone what was meant, what was taken back, and what nobody reads', async () => {
	expect(
		await told(
			'@banned hard maxlogins 0\n* hard maxlogins 4\n* soft nproc 5\n* hard nproc unlimited\nroot hard nproc 1\n* hard nofile 2\n* hard nofile 65536\n* hard core 0\n',
		),
	).toEqual([]);
	expect(await told('* hard maxlogins 0\n', {'/etc/pam.d/sshd': 'session required pam_unix.so\n'})).toEqual([]);
});
