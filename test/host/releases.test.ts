/** Every release that the README promises: the demo from required answers alone, and a site that a user who exists only in LDAP gets into. */
import {describe, expect} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import {type Case, plain} from './support/answers.ts';
import {evidenceOf, onInstalled} from './support/installed.ts';
import {expectLogins} from './support/logins.ts';
import {planIn} from './support/setup.ts';
import {hostTest} from './support/with-host.ts';

const required: Case = {...plain, name: 'required', requiredAlone: true};

const here: readonly Release[] = (process.env['HOST_SETUP_RELEASES']?.split(',') as Release[]) ?? ['bullseye', 'noble'];

describe.each(here)('ipynbsrv on %s, from required answers alone', release => {
	hostTest(
		'is installed, lets its users in, and a second plan changes nothing',
		onInstalled(required, {release}),
		async host => {
			console.log(`setup apply on ${release}: ${evidenceOf(host).seconds.toFixed(0)} s`);
			await expectLogins(host, required);
			expect((await planIn(host)).notOk).toEqual([]);
		},
	);
});
