/** A no-op that is quick must not be blind: each thing that somebody may break is seen by the plan, as that thing alone, and mended by the next apply. */
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {plain} from '../support/answers.ts';
import {type Breakage, breakages} from '../support/breakages.ts';
import {onInstalled} from '../support/installed.ts';
import {expectLogins} from '../support/logins.ts';
import {applyIn, planIn} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';

describe('drift on ipynbsrv', () => {
	hostTest('each broken thing is seen as itself, and the next apply mends it', onInstalled(plain), async host => {
		expect((await planIn(host)).notOk).toEqual([]);
		const wrong: string[] = [];
		for (const one of breakages) {
			wrong.push(...(await tried(host, one)).map(line => `${one.what}: ${line}`));
			// What is not mended would be seen with everything that comes after it.
			if (wrong.some(line => line.includes(notMended))) break;
		}
		expect(wrong).toEqual([]);
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
});

/** What was not as it should be. */
const tried = async (host: ThrowAway, {breaks, sees, mends}: Breakage): Promise<readonly string[]> => {
	for (const {argv, stdin} of breaks) await host.must(argv, stdin === undefined ? {} : {stdin});
	const plan = await planIn(host);
	const wrong =
		[...plan.ids].sort().join() === [...sees].sort().join()
			? []
			: [`seen as ${plan.notOk.join('; ') || 'nothing'}, not as ${sees.join(', ')}`];
	if (mends !== undefined) {
		await host.must(mends);
		return wrong;
	}
	const applied = await applyIn(host);
	if (applied.code !== 0) return [...wrong, `${notMended}: ${applied.faults.join('; ')}`];
	const left = (await planIn(host)).notOk;
	return left.length === 0 ? wrong : [...wrong, `${notMended}: after apply still ${left.join('; ')}`];
};

const notMended = 'not mended';
