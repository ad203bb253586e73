/** What cron and run-parts pass over, over files as hosts have them; that they do is seen on a booted host (test/host/doctor/unnoticed.test.ts). */
import {describe, expect, it} from 'vitest';
import {check} from '#checks/services/cron.ts';
import {isAside} from '#host/cron/never-run.ts';
import {jobsOf, wrongLine} from '#host/cron/table-lines.ts';
import {installedPackages, look} from '../support/look.ts';

const job = '17 3 * * * root /usr/local/bin/backup\n';
const status = installedPackages('cron')['/var/lib/dpkg/status'];
const base = {
	'/var/lib/dpkg/status': `${status}`,
	'/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
	'/etc/crontab': `SHELL=/bin/sh\n17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly\n25 6	* * *	root	run-parts /etc/cron.daily\n`,
	'/usr/local/bin/backup': '#!/bin/sh\n',
};
const told = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
	(await look(check, {...base, ...files})).filter(({state}) => state !== 'ok').map(({item, is}) => `${is} ${item}`);

describe('a table of the system', () => {
	it('is passed over by its name, its last line and who stands where the account must', async () => {
		expect(
			await told({
				'/etc/cron.d/well': job,
				'/etc/cron.d/back.up': job,
				'/etc/cron.d/cut': job.trimEnd(),
				'/etc/cron.d/mine': '@daily /usr/local/bin/backup --now\n',
				'/etc/cron.d/gone': '*/5 * * * mon-fri deploy true\n',
			}),
		).toEqual([
			'name /etc/cron.d/back.up',
			'unended /etc/cron.d/cut',
			'account /etc/cron.d/gone',
			'account /etc/cron.d/mine',
		]);
	});
	it('may name an account of a directory, and other names where cron is told to take them', async () => {
		expect(
			await told({
				'/etc/nsswitch.conf': 'passwd: files ldap\n',
				'/etc/cron.d/ours': '* * * * * deploy true\n',
				'/etc/default/cron': 'EXTRA_OPTS="-l"\n',
				'/etc/cron.d/example.org-sync': job,
			}),
		).toEqual([]);
	});
	it('that holds no job, or was put aside, is nobody’s loss', async () => {
		expect(
			await told({
				'/etc/cron.d/.placeholder': '# DO NOT EDIT OR REMOVE\n',
				'/etc/cron.d/backup.dpkg-old': job,
				'/etc/cron.d/backup.disabled': job,
				'/etc/cron.d/notes.d': 'nothing here\n',
			}),
		).toEqual([]);
	});
});

describe('a line', () => {
	it('that cron cannot read, cuts or cannot start is told, in tables of accounts as well', async () => {
		expect(
			await told({
				'/etc/cron.d/hour': '# of a test\nPATH=/bin\n0 25 * * * root true\n',
				'/etc/cron.d/word': '@dialy root true\n',
				'/etc/cron.d/windows': '0 4 * * * root true\r\n',
				'/etc/cron.d/date': '0 4 * * * root dump > /srv/$(date +%F).sql\n',
				'/etc/cron.d/gone': '0 4 * * * root /usr/local/bin/gone --now\n',
				'/var/spool/cron/crontabs/gone': '0 4 * * * true\n',
				'/var/spool/cron/crontabs/root': '0 4 * * * true\n',
			}),
		).toEqual([
			'percent /etc/cron.d/date',
			'program /etc/cron.d/gone',
			'times /etc/cron.d/hour',
			'return /etc/cron.d/windows',
			'times /etc/cron.d/word',
			'orphan /var/spool/cron/crontabs/gone',
			'table /var/spool/cron/crontabs/root',
		]);
	});
	it('that is unusual and right is not', () => {
		for (const line of [
			'*/5 8-18 1,15 jan-mar,DEC mon-fri root /bin/a',
			'0/5 4 * * 7 root -a',
			'5~59 4 * * * root a %input for it',
			'@reboot root sleep 5 && date +\\%F',
			'0 4 * * * root /bin/date "+\\%F \\%T" > /x',
			'MAILTO = "ops, more@example.org"',
			"A='x y'",
			'# 0 25 * * * root a',
			'',
		])
			expect(wrongLine(`${line}\n`, true), line).toBeUndefined();
		for (const line of [
			'60 * * * * root a',
			'* * 0 * * root a',
			'* * * foo * root a',
			'* * * * monday root a',
			'* * * * root a',
		])
			expect(wrongLine(`${line}\n`, true)?.why, line).toBe('times');
	});
});

describe('a script of an hour, a day, a week', () => {
	it('is passed over by its name, or where nobody may run it', async () => {
		expect(
			await told({
				'/etc/cron.daily/backup.sh': '#!/bin/sh\n',
				'/etc/cron.weekly/report': '#!/usr/bin/perl\n',
				'/etc/cron.daily/.placeholder': '',
				'/etc/cron.daily/words.txt': '#!/bin/sh\n',
				'/etc/cron.daily/list.d': 'data\n',
			}),
		).toEqual(['name /etc/cron.daily/backup.sh', 'mode /etc/cron.weekly/report']);
	});
	it('of a package is put to rest by its mode, and taken by name where the table says so', async () => {
		expect(
			await told({
				'/var/lib/dpkg/status': `${status}Conffiles:\n /etc/cron.daily/dpkg 0123\n`,
				'/etc/cron.daily/dpkg': '#!/bin/sh\n',
				'/etc/crontab': `${base['/etc/crontab']}25 6 * * * root run-parts --regex=. /etc/cron.daily\n`,
				'/etc/cron.daily/backup.sh': '#!/bin/sh\n',
			}),
		).toEqual([]);
	});
});

it('has nothing to say where cron is not installed', async () => {
	expect((await look(check, {'/etc/cron.d/a.b': job}))[0]?.state).toBe('na');
});

it('reads times as cron does', () => {
	expect(
		jobsOf('0 4 1-7 */2 sun root a\n@reboot root b\nMAILTO=x y\n# 0 4 * * * root c\n', true).map(one => one.line),
	).toEqual([1, 2]);
	expect(['a.ucf-dist', 'x~', 'a.bak', 'b.dpkg-new', 'backup.sh', 'db-backup'].map(isAside)).toEqual([
		true,
		true,
		true,
		true,
		false,
		false,
	]);
});
