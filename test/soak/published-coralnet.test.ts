/**
 * The published CoralNet from an answers file alone: what the demo stands for. PUBLISHED_CORALNET names a clone of github.com/coralnet/coralnet on this machine,
 * PUBLISHED_CORALNET_FORKS a folder with bare clones of the repositories that its requirements name (OWNER/NAME.git); all else comes from PyPI, 4 GB of it.
 */
import {cpSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from '../host/support/setup.ts';
import {until} from '../host/support/until.ts';
import {hostTest, packageLists} from '../host/support/with-host.ts';

const published = process.env['PUBLISHED_CORALNET'];
const forks = process.env['PUBLISHED_CORALNET_FORKS'];
const release = (process.env['PUBLISHED_CORALNET_RELEASE'] ?? 'bookworm') as Release;

if (published === undefined || forks === undefined)
	test.skip('needs: PUBLISHED_CORALNET, a clone of github.com/coralnet/coralnet, and PUBLISHED_CORALNET_FORKS', () => {});
else
	hostTest(
		`the published CoralNet on ${release}: installed by answers alone, used, rebooted, nothing left to do, taken back`,
		{release, layer: packageLists, binds: [bring(checkout)], timeout: 7200_000},
		async host => {
			buildProgram();
			cpSync(published, join(host.root, 'srv/src/coralnet.git'), {recursive: true});
			cpSync(forks, join(host.root, 'srv/src/github'), {recursive: true});
			cpSync(join(checkout, 'fixtures/answers/coralnet-published.yaml'), join(host.root, answersFile));
			const started = performance.now();
			// Its last acts are the proof: the page with its styles, a login by the form, the administration.
			const applied = await applyIn(host, {timeout: 4800_000});
			expect(applied, applied.faults.join('\n')).toMatchObject({code: 0, outcome: 'done'});
			console.log(`setup apply of the published application: ${((performance.now() - started) / 1000).toFixed(0)} s`);
			await expectWorked(host);
			await expectShut(host);
			await host.reboot();
			await expectWorked(host);
			await expectShut(host);
			expect(await applyIn(host)).toMatchObject({code: 0, outcome: 'done', changed: 0});
			expect((await planIn(host)).notOk).toEqual([]);
			const undone = await undoIn(host, '--purge-data', 'coralnet');
			expect(undone, undone.stderr).toMatchObject({code: 0});
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
		},
	);

const redis = (host: ThrowAway, ...words: readonly string[]): Promise<string> => host.must(['redis-cli', ...words]);

/** What the application itself queues, as its own user in its own environment, is taken out of the queue by who works it off. */
const expectWorked = async (host: ThrowAway): Promise<void> => {
	const queue = `
import django, django_huey
django.setup()
from jobs import tasks
queue = django_huey.get_queue('background')
print(type(queue.storage).__name__, [name for name in queue._registry._registry][:40])
tasks.run_scheduled_jobs()
`;
	const asked = () =>
		host.run(
			[
				'runuser',
				'-u',
				'coralnet',
				'--',
				'env',
				'-C',
				'/srv/www/coralnet/project',
				'DJANGO_SETTINGS_MODULE=config.settings',
				'PYTHONDONTWRITEBYTECODE=1',
				'/srv/www/virtenv_coralnet/bin/python',
				'-c',
				queue,
			],
			{timeout: 300_000},
		);
	const queued = await asked();
	expect(queued.code, queued.stdout + queued.stderr).toBe(0);
	await until(async () => (await redis(host, 'llen', 'huey.redis.backgroundtasks')) === '0\n', {
		deadline: 180_000,
		what: 'the queue is worked off',
	});
};

/** A pickle of an account that has nothing to do with it comes into no queue. */
const expectShut = async (host: ThrowAway): Promise<void> => {
	await host.run(['useradd', 'mallory']);
	const tried = await host.run([
		'runuser',
		'-u',
		'mallory',
		'--',
		'redis-cli',
		'lpush',
		'huey.redis.backgroundtasks',
		'x',
	]);
	expect([tried.code === 0 && /^\d/.test(tried.stdout), tried.stdout + tried.stderr]).toEqual([
		false,
		expect.stringMatching(/Could not connect to Redis/),
	]);
};
