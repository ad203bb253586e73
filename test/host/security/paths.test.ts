/** What the application's user puts in the way of root: each was a way to root's files once. */
import {lstatSync} from 'node:fs';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {runLight} from '../support/light.ts';
import {app, asApp, freshApp, furnishOwned, loot, ownedHost, victims, victimsOf, write} from '../support/owned.ts';
import {hostTest} from '../support/with-host.ts';

const apply = {do: 'apply', stack: 'owned'} as const;
const undo = {do: 'undo', stack: 'owned'} as const;

const theirs = async (host: ThrowAway, ...commands: readonly (readonly string[])[]): Promise<void> => {
	for (const argv of commands) await host.must(asApp(argv));
};

const applied = async (host: ThrowAway): Promise<void> => {
	const ran = await runLight(host, apply);
	expect(ran, wordsOf(ran)).toMatchObject({code: 0});
};

/** Every fault that the run told, with the nodes'. */
const wordsOf = (ran: Awaited<ReturnType<typeof runLight>>): string => JSON.stringify(ran.told);

describe("root and the application's directory", () => {
	hostTest('an honest one: applied, nothing left to do, undone', ownedHost, async host => {
		await furnishOwned(host);
		const before = victimsOf(host);
		await applied(host);
		expect(lstatSync(`${host.root}${app}/data/homes`).mode & 0o7777).toBe(0o750);
		expect(await runLight(host, {...apply, do: 'plan'})).toMatchObject({code: 0});
		const ran = await runLight(host, undo);
		expect(ran, wordsOf(ran)).toMatchObject({code: 0});
		expect((await host.must(['find', app, '-printf', '%P %u\n'])).split('\n').toSorted()).toEqual([
			'',
			' hsapp',
			'less hsapp',
			'less/css hsapp',
			'less/css/site.css hsapp',
			'old.conf hsapp',
			'settings.py hsapp',
			'static hsapp',
			'static/css hsapp',
			'static/css/old.css hsapp',
		]);
		expect(victimsOf(host)).toEqual(before);
	});

	hostTest('links, second names and swaps are refused, told, and lead nowhere', ownedHost, async host => {
		await furnishOwned(host);
		const before = victimsOf(host);
		const cases: readonly [string, readonly (readonly string[])[], string][] = [
			['a directory', [['ln', '-s', victims.directory, `${app}/data`]], 'path.leads-out'],
			[
				'a directory below',
				[
					['mkdir', '-m', '2770', `${app}/data`],
					['ln', '-s', victims.openDirectory, `${app}/data/homes`],
				],
				'path.leads-out',
			],
			[
				'the settings',
				[
					['rm', `${app}/settings.py`],
					['ln', '-s', victims.file, `${app}/settings.py`],
				],
				'path.leads-out',
			],
			[
				'the settings, by a way that others may read',
				[
					['rm', `${app}/settings.py`],
					['ln', '-s', '../../etc/victim.conf', `${app}/settings.py`],
				],
				'path.leads-out',
			],
			[
				'a pipe',
				[
					['rm', `${app}/settings.py`],
					['mkfifo', `${app}/settings.py`],
				],
				'file.not-regular',
			],
			[
				'outputs of a build',
				[
					['rm', '-r', `${app}/static/css`],
					['ln', '-s', victims.openDirectory, `${app}/static/css`],
				],
				'',
			],
		];
		for (const [what, commands, code] of cases) {
			await freshApp(host);
			await theirs(host, ...commands);
			const ran = await runLight(host, apply);
			if (code !== '') {
				expect(ran.code, what).toBe(1);
				expect(wordsOf(ran), what).toContain(code);
			}
			expect(victimsOf(host), what).toEqual(before);
			expect(await loot(host), what).toEqual([]);
		}
	});

	hostTest(
		'at undo, what was swapped for a link is a conflict, and nothing is put back through it',
		ownedHost,
		async host => {
			await furnishOwned(host);
			const before = victimsOf(host);
			await theirs(host, ['chmod', '4755', `${app}/static/css/old.css`], ['chmod', '4755', `${app}/settings.py`]);
			await applied(host);
			await theirs(
				host,
				['rm', '-rf', `${app}/static/css`, `${app}/data/homes`],
				['ln', '-s', victims.openDirectory, `${app}/static/css`],
				['ln', '-s', victims.directory, `${app}/data/homes`],
			);
			const ran = await runLight(host, undo);
			expect(ran.code).toBe(1);
			expect(wordsOf(ran)).toContain('"outcome":"conflict"');
			expect(victimsOf(host)).toEqual(before);
			expect(await loot(host)).toEqual([]);
			expect(lstatSync(`${host.root}${app}/settings.py`).mode & 0o6000).toBe(0);
		},
	);

	hostTest('undo with the data removes no tree that a link points to', ownedHost, async host => {
		await furnishOwned(host);
		const before = victimsOf(host);
		await applied(host);
		await theirs(host, ['rm', '-rf', `${app}/data`], ['ln', '-s', victims.directory, `${app}/data`]);
		const ran = await runLight(host, {...undo, purgeData: true});
		expect(ran.code).toBe(1);
		expect(wordsOf(ran)).toContain('"outcome":"conflict"');
		expect(victimsOf(host)).toEqual(before);
	});

	hostTest('an honest one with its data: removed, and a copy kept', ownedHost, async host => {
		await furnishOwned(host);
		await applied(host);
		await theirs(host, ['mkdir', `${app}/data/homes/ann`]);
		await write(host, `${app}/data/homes/ann/letter`, 'dear\n');
		const ran = await runLight(host, {...undo, purgeData: true});
		expect(ran, wordsOf(ran)).toMatchObject({code: 0});
		await host.must(['test', '!', '-e', `${app}/data`]);
		const dump = (await host.must(['find', '/var/lib/host-setup/dumps', '-name', '*homes*'])).trim();
		expect(await host.must(['tar', '-tzf', dump])).toContain('./ann/letter');
	});
});
