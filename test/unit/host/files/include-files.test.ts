/** Files that name files: nobody's `include` makes a look long or large, or reads for them what they may not read themselves. */
import {describe, expect, test} from 'vitest';
import {noneIncluded, readIncluded} from '#host/files/include-files.ts';
import {confLines} from '#host/postgres/conf-lines.ts';
import {redisFile} from '#host/redis/file.ts';
import {refuseBeyondRights} from '#host/trust/beyond-rights.ts';
import type {Reader, Stat} from '#model/host.ts';
import {readRequirements} from '#resources/python/requirements.ts';
import {fileReader} from '../../support/file-reader.ts';
import {installedPackages} from '../../support/look.ts';

const bound = {why: {because: 'unreadable', need: expect.stringMatching(/included/)}};

describe('a bomb of includes is not gone through', () => {
	test('redis.conf, which its own account may write', async () => {
		const path = '/etc/redis/redis.conf';
		const reader = fileReader({
			...installedPackages('redis-server=5:7.0.15-1'),
			[path]: `include ${path}\n`.repeat(30),
		});
		await expect(reader.fact(redisFile)).rejects.toMatchObject(bound);
	});
	test('postgresql.conf', async () => {
		const path = '/etc/postgresql/15/main/postgresql.conf';
		await expect(confLines(fileReader({[path]: `include '${path}'\n`.repeat(30)}), path)).rejects.toMatchObject(bound);
	});
	test('requirements', async () => {
		const names = Array.from({length: 6000}, (_, at) => `/srv/app/${at}.txt`);
		const files = Object.fromEntries(names.map(name => [name, 'a==1\n']));
		const all = {...files, '/srv/app/all.txt': names.map(name => `-r ${name}\n`).join('')};
		await expect(readRequirements(fileReader(all), ['/srv/app/all.txt'])).rejects.toMatchObject(bound);
	});
	test('few files that are large together', async () => {
		const reader = fileReader({'/a': 'x'.repeat(400_000)});
		const seen = noneIncluded();
		await readIncluded(reader, '/a', seen);
		await readIncluded(reader, '/a', seen);
		await expect(readIncluded(reader, '/a', seen)).rejects.toMatchObject(bound);
	});
});

describe('what somebody names is read with their rights', () => {
	const of = (kind: 'file' | 'directory', uid: number, gid: number, mode: number): Stat => ({
		...{kind, uid, gid, mode},
		...{size: 0, mtimeMs: 0, ctimeMs: 0},
	});
	const stats: Readonly<Record<string, Stat>> = {
		'/etc': of('directory', 0, 0, 0o755),
		'/etc/redis.conf': of('file', 110, 110, 0o640),
		'/etc/open': of('file', 0, 0, 0o644),
		'/etc/shadow': of('file', 0, 42, 0o640),
		'/etc/ssl': of('directory', 0, 120, 0o710),
		'/etc/ssl/of-group': of('file', 0, 120, 0o640),
		'/etc/own': of('file', 110, 0, 0o400),
		'/etc/not-own': of('file', 110, 110, 0o044),
		'/root': of('directory', 0, 0, 0o700),
		'/root/open': of('file', 0, 0, 0o644),
	};
	const host = (writers: readonly object[]): Reader =>
		({
			root: '/',
			stat: async (path: string) => stats[path],
			fact: async ({id}: {readonly id: string}) =>
				id === 'trust'
					? () => ({writers, end: 'file'})
					: {
							users: new Map([['redis', {name: 'redis', uid: 110, gid: 110}]]),
							groups: new Map([['certs', {name: 'certs', gid: 120, members: ['redis']}]]),
						},
		}) as unknown as Reader;
	const may = (path: string, writers: readonly object[] = [{}]): Promise<string> =>
		refuseBeyondRights(host(writers), path, '/etc/redis.conf').then(
			() => 'read',
			error => error.why.because,
		);

	test.each([
		['/etc/open', 'read'],
		['/etc/shadow', 'unsafe'],
		['/etc/ssl/of-group', 'read'],
		['/etc/own', 'read'],
		['/etc/not-own', 'unsafe'],
		['/root/open', 'unsafe'],
		['/etc/absent', 'read'],
	])('%s: %s', async (path, expected) => expect(await may(path)).toBe(expected));
	test('root may name anything', async () => expect(await may('/etc/shadow', [])).toBe('read'));
});
