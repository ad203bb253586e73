/** postgres.safety over what a server says: each bound, and the versions' own words. */
import {describe, expect, it, test} from 'vitest';
import {safetyOf} from '#checks/postgres/safety.ts';
import type {Cluster} from '#host/postgres/clusters.ts';
import {parseHealth} from '#host/postgres/health.ts';
import {recorded, recordedReleases} from '../support/look.ts';

const cluster: Cluster = {
	version: '15',
	name: 'main',
	directory: '/etc/postgresql/15/main',
	port: 5432,
	socket: '/run/postgresql',
	programs: '/usr/lib/postgresql/15/bin',
	unit: 'postgresql@15-main.service',
};

const quiet = {
	standby: false,
	clients: 2,
	slots: null,
	archiver: [null, null, null],
	idle: null,
	prepared: null,
	ages: [['postgres', 200_000_000, 0]],
};

/** `settings` over those of the release as it comes; `upkeep` over a quiet cluster. */
const kindsOf = (
	upkeep: object,
	settings: Readonly<Record<string, string>> = {},
	{release = 'bookworm', copyOnWrite = false} = {},
): readonly string[] => {
	const raw = JSON.parse(recorded(release, 'postgres-health')) as {settings: [string, string, boolean, string][]};
	const own = raw.settings.filter(([name]) => settings[name] === undefined);
	const text = JSON.stringify({
		...raw,
		settings: [...own, ...Object.entries(settings).map(([name, value]) => [name, value, false, 'sighup'])],
		upkeep: {...quiet, ...upkeep},
	});
	return safetyOf(parseHealth(text), cluster, copyOnWrite).map(({item, is}) => `${item?.slice(8)}: ${String(is)}`);
};

test.each(recordedReleases)('as %s comes there is nothing', release => {
	expect(kindsOf({}, {}, {release})).toEqual([]);
	expect(safetyOf(parseHealth(recorded(release, 'postgres-health')), cluster, false)).toEqual([]);
});

describe('switches', () => {
	it.each([
		['fsync', ['fsync: unsynced']],
		['full_page_writes', ['full_page_writes: torn']],
		['autovacuum', ['autovacuum: unvacuumed']],
		['track_counts', ['track_counts: unvacuumed']],
	])('%s', (name, wanted) => expect(kindsOf({}, {[name]: 'off'})).toEqual(wanted));
	it('ZFS leaves no half page', () => expect(kindsOf({}, {full_page_writes: 'off'}, {copyOnWrite: true})).toEqual([]));
});

describe('slots', () => {
	it.each([
		[[['a', 64 * 1024 ** 2]], ['slot a: slot']],
		[[['a', 64 * 1024 ** 2 - 1]], []],
		[[['a', null]], []],
		[[['\u202ea\n', 1e12]], ['slot \\u202ea\\n: slot']],
	])('%j', (slots, wanted) => expect(kindsOf({slots})).toEqual(wanted));
});

describe('archive', () => {
	const on = {archive_mode: 'on', archive_command: 'cp %p /backup/%f'};
	it.each([
		['never done, never failed', on, [null, null, null], []],
		['fails from the beginning', on, [null, 100, '01'], ['archive: archive']],
		['fails since', on, [99, 100, '01'], ['archive: archive']],
		['succeeded after it', on, [101, 100, '01'], []],
		['off by now', {archive_mode: 'off', archive_command: '(disabled)'}, [99, 100, '01'], []],
		['no command', {archive_mode: 'on', archive_command: ''}, [null, null, null], ['archive: noArchive']],
		['by a library (15)', {archive_mode: 'on', archive_command: '', archive_library: 'x'}, [null, null, null], []],
	])('%s', (_name, settings, archiver, wanted) => expect(kindsOf({archiver}, settings)).toEqual(wanted));
	it('a standby archives only by "always"', () => {
		const failed = {standby: true, archiver: [99, 100, '01']};
		expect(kindsOf(failed, on)).toEqual([]);
		expect(kindsOf(failed, {...on, archive_mode: 'always'})).toEqual(['archive: archive']);
	});
});

describe('connections', () => {
	it.each([
		[2, {max_connections: '13'}, []],
		[2, {max_connections: '12'}, ['connections: few']],
		[2, {max_connections: '15', reserved_connections: '3'}, ['connections: few']],
		[87, {max_connections: '100'}, []],
		[88, {max_connections: '100'}, ['connections: busy']],
		[3, {max_connections: '4'}, ['connections: busy']],
	])('%d of %j', (clients, settings, wanted) => expect(kindsOf({clients}, settings)).toEqual(wanted));
});

describe('transactions', () => {
	it('left open for more than an hour', () => {
		expect(kindsOf({idle: [[1, 'a', 'b', 3600]]})).toEqual([]);
		expect(
			kindsOf({
				idle: [
					[1, 'a', 'b', 3601],
					[2, null, null, 30],
				],
			}),
		).toEqual(['open transactions: idle']);
	});
	it('prepared for more than a day', () => {
		expect(kindsOf({prepared: [['x', 'b', 86_400]]})).toEqual([]);
		expect(kindsOf({prepared: [['x', 'b', 86_401]]})).toEqual(['prepared transactions: prepared']);
	});
	it('ids that come to their end', () => {
		expect(kindsOf({ages: [['a', 1_500_000_000, 0]]})).toEqual([]);
		expect(
			kindsOf({
				ages: [
					['a', 1_500_000_001, 0],
					['b', 5, 1_600_000_000],
				],
			}),
		).toEqual(['database a: wraparound', 'database b: wraparound']);
	});
});
