/** What is told of backups, over what setup remembers of them. */
import {expect, test} from 'vitest';
import {check} from '#checks/backup/state.ts';
import {said} from '#doctor/kinds.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import {fileReader} from '../support/file-reader.ts';

const now = Date.parse('2026-06-20T12:00:00Z');
const at = (days: number): string => new Date(now - days * 86_400_000).toISOString();
const installed = JSON.stringify({schemaVersion: 1, drafts: {}, installed: {app: {}}});
const store = {place: '/srv/store', last: {at: at(1)}, proof: {at: at(5), passed: true}};

const judged = async (remembered: object | undefined, more: Readonly<Record<string, string>> = {}) => {
	const files = {
		'/var/lib/host-setup/state.json': installed,
		'/srv/store/config': 'x',
		...(remembered && {'/var/lib/host-setup/backup.json': JSON.stringify(remembered)}),
		...more,
	};
	const host: Reader = {...fileReader(files), root: '/', fact: fact => fact.read(host)};
	const facts = {backups: await host.fact(check.facts!.backups)};
	const applies = check.appliesTo!({facts, expect: []});
	if (applies !== true) return applies;
	const [found] = said(
		check as unknown as AnyCheck,
		await (check as unknown as AnyCheck).inspect({host, facts, now, expect: []}),
	);
	return [found.is, found.state, found.says];
};

test.each([
	['never', undefined, ['none', 'warn', 'no backup was ever made of app']],
	['good', store, ['ok', 'ok', 'last backup a day ago, last put back 5 days ago']],
	['old', {...store, last: {at: at(9)}}, ['old', 'warn', 'the last backup is 9 days old, and it may be 8']],
	[
		'failed since',
		{...store, failed: {at: at(0), code: 'backup.no-room'}},
		['failed', 'warn', 'the last try to make a backup failed (backup.no-room)'],
	],
	['failed before', {...store, failed: {at: at(3), code: 'backup.no-room'}}, ['ok', 'ok', expect.any(String)]],
	['gone', {...store, place: '/mnt/gone'}, ['gone', 'fail', 'there is no store of backups at /mnt/gone any more']],
	['elsewhere', {...store, place: 'sftp:u@h:/x'}, ['ok', 'ok', expect.any(String)]],
	['unproven', {...store, proof: undefined}, ['unproven', 'warn', expect.stringContaining('ever put back')]],
	[
		'proven long ago',
		{...store, proof: {at: at(100), passed: true}},
		['unproven', 'warn', expect.stringContaining('100 days')],
	],
	[
		'in part',
		{...store, last: {at: at(1), unsaved: ['the MariaDB database WebLab']}},
		['partial', 'warn', 'not in the backups of setup: the MariaDB database WebLab'],
	],
	[
		'refuted',
		{...store, proof: {at: at(1), passed: false, why: 'rows'}},
		['refuted', 'fail', expect.stringContaining('rows')],
	],
])('%s', async (_name, remembered, expected) => {
	expect(await judged(remembered)).toEqual(expected);
});

test('a timer makes one each night, so two days are old', async () => {
	const timer = {'/etc/systemd/system/host-setup-backup.timer': 'x'};
	expect(await judged({...store, last: {at: at(3)}}, timer)).toEqual([
		'old',
		'warn',
		'the last backup is 3 days old, and it may be 2',
	]);
});

test('on a host without a stack of setup nothing is said', async () => {
	expect(await judged(undefined, {'/var/lib/host-setup/state.json': '{}'})).toBe('no stack of setup is installed');
});
