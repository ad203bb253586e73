/** A no-op that is quick must not be blind: each thing that somebody may break is seen by the plan, as that thing alone, and mended by the next apply. */
import {describe, expect} from 'vitest';
import {doctorIn} from '../doctor/support/recipes.ts';
import {plain} from '../support/answers.ts';
import {breakages} from '../support/breakages.ts';
import {brokenAndMended} from '../support/drift.ts';
import {onInstalled} from '../support/installed.ts';
import {expectLogins} from '../support/logins.ts';
import {answersFile, planIn, setup} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';

describe('drift on ipynbsrv', () => {
	hostTest('each broken thing is seen as itself, and the next apply mends it', onInstalled(plain), async host => {
		expect((await planIn(host)).notOk).toEqual([]);
		expect(await brokenAndMended(host, breakages)).toEqual([]);
		expect((await planIn(host)).notOk).toEqual([]);
		await expectLogins(host, plain);
	});

	hostTest(
		'a build with other flags, or another version of it, is seen without building it',
		onInstalled(plain),
		async host => {
			expect((await planIn(host, {set: {'openresty.flags': ['--with-http_realip_module']}})).ids).toContain(
				'build:/usr/local/openresty',
			);
			expect((await planIn(host, {set: {'openresty.version': 'other'}})).ids).toContain('build:/usr/local/openresty');
			expect((await planIn(host)).notOk).toEqual([]);
		},
	);

	hostTest('a file of the source that somebody changed is told, and left to them', onInstalled(plain), async host => {
		const file = '/srv/ipynbsrv/_repo/wui/manage.py';
		await host.must(['sed', '-i', '$a # of somebody', file]);
		expect((await planIn(host)).notOk).toEqual([]);
		const plan = await host.must([setup, 'plan', answersFile]);
		expect(plan).toMatch(/ {4}changed by hand, and left so: wui\/manage\.py\n/);
		const {report} = await doctorIn(host, 'stack.drift');
		expect(report.rows.map(({key, state, says}) => ({key, state, says}))).toEqual([
			{
				key: expect.stringMatching(/^stack\.drift\[git:/) as string,
				state: 'warn',
				says: 'changed by hand, and left so: wui/manage.py',
			},
		]);
		expect(await host.must(['tail', '-n', '1', file])).toBe('# of somebody\n');
	});
});
