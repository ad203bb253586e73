/** Which directories of /srv/www are places for people: an application's own, as the CoralNet stack makes them, are not, and a mend must not open them. */
import {expect, test} from 'vitest';
import {check} from '#checks/host/srv-www.ts';
import type {Reader} from '#model/host.ts';

const directory = (uid: number, gid: number, mode: number) => ({kind: 'directory', uid, gid, mode});
const stats: Readonly<Record<string, object>> = {
	'/srv/www/coralnet': directory(998, 998, 0o755),
	'/srv/www/handed-over': directory(998, 1001, 0o755),
	'/srv/www/anna': directory(1001, 1001, 0o755),
	'/srv/www/good': directory(1001, 33, 0o2775),
};

test('what a system account keeps for itself is left alone; what people keep for themselves is told', async () => {
	const host = {
		list: async () => Object.keys(stats).map(path => path.slice('/srv/www/'.length)),
		stat: async (path: string) => stats[path],
		fact: async () => [],
	} as unknown as Reader;
	const users = new Map([
		['coralnet', {name: 'coralnet', uid: 998, gid: 998, gecos: '', home: '/', shell: '/usr/sbin/nologin'}],
		['anna', {name: 'anna', uid: 1001, gid: 1001, gecos: '', home: '/', shell: '/bin/bash'}],
	]);
	const groups = new Map([['www-data', {name: 'www-data', gid: 33, members: []}]]);
	const found = await check.inspect({
		host,
		facts: {accounts: {users, groups}, there: directory(0, 33, 0o3775)},
		expect: [],
	} as never);
	expect(found.map(({item, is}) => `${item} ${is}`).sort()).toEqual([
		'/srv/www ok',
		'/srv/www/anna wrong',
		'/srv/www/handed-over wrong',
	]);
});
