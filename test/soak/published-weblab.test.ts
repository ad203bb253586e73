/**
 * The published WebLab-Deusto from an answers file alone: what the demo stands for. PUBLISHED_WEBLAB names a clone of
 * github.com/weblabdeusto/weblabdeusto on this machine; its requirements come from PyPI.
 */
import {cpSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {bring} from '#rehearse/program.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from '../host/support/setup.ts';
import {settled} from '../host/support/weblab.ts';
import {hostTest, packageLists} from '../host/support/with-host.ts';

const published = process.env['PUBLISHED_WEBLAB'];
const unmask = ['apt-daily.timer', 'apt-daily-upgrade.timer'];

if (published === undefined)
	test.skip('needs: PUBLISHED_WEBLAB, a clone of github.com/weblabdeusto/weblabdeusto', () => {});
else
	hostTest(
		'the published WebLab-Deusto on Debian 12: installed by answers alone, used, rebooted, nothing left to do, taken back',
		{layer: packageLists, binds: [bring(checkout)], unmask, timeout: 3600_000},
		async host => {
			buildProgram();
			cpSync(published, join(host.root, 'srv/src/weblabdeusto.git'), {recursive: true});
			cpSync(join(checkout, 'fixtures/answers/weblab-published.yaml'), join(host.root, answersFile));
			const started = performance.now();
			// Its last act is the proof: a login, the administration, a page with its styles, a laboratory reserved and used.
			const applied = await applyIn(host, {timeout: 2400_000});
			expect(applied, applied.faults.join('\n')).toMatchObject({code: 0, outcome: 'done'});
			console.log(`setup apply of the published application: ${((performance.now() - started) / 1000).toFixed(0)} s`);
			await settled(host);
			expect((await host.must(['ss', '-Hltn'])).split('\n').filter(line => /[*\]0]:1[0-9]{4}\b/.test(line))).toEqual(
				[],
			);
			await host.reboot();
			await settled(host);
			expect(await applyIn(host)).toMatchObject({code: 0, outcome: 'done', changed: 0});
			expect((await planIn(host)).notOk).toEqual([]);
			const undone = await undoIn(host, '--purge-data', 'weblab-deusto');
			expect(undone, undone.stderr).toMatchObject({code: 0});
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
		},
	);
