/** What cron and run-parts pass over, over files as hosts have them; that they do is seen on a booted host (test/host/doctor/unnoticed.test.ts). */
import {describe, expect, it} from 'vitest';
import {check} from '#checks/services/cron.ts';
import {isAside, jobsIn} from '#host/cron/never-run.ts';
import {installedPackages, look} from '../support/look.ts';

const job = '17 3 * * * root /usr/local/bin/backup\n';
const status = installedPackages('cron')['/var/lib/dpkg/status'];
const base = {
	'/var/lib/dpkg/status': `${status}`,
	'/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
	'/etc/crontab': `SHELL=/bin/sh\n17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly\n`,
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
		jobsIn('0 4 1-7 */2 sun root a\n@reboot root b\nMAILTO=x y\n# 0 4 * * * root c\n').map(one => one.line),
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
