/** The demo from required answers alone, on any release: what a newcomer gets who accepts every default. */
import {describe, expect} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import {type Case, plain} from './answers.ts';
import {evidenceOf, onInstalled} from './installed.ts';
import {expectLogins} from './logins.ts';
import {planIn} from './setup.ts';
import {hostTest} from './with-host.ts';

const required: Case = {...plain, name: 'required', requiredAlone: true};

/** Installs it, logs in as a user who exists only in LDAP, and expects nothing to be left to do. */
export const installsFromRequired = (release: Release): void => {
	describe(`ipynbsrv on ${release}, from required answers alone`, () => {
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
};
