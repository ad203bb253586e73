/** `setup secrets rotate` on the whole ipynbsrv: the administrator of the directory, the role of the database, the superuser; everybody gets in afterwards, and by the old ones nobody. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {type Case, plain} from '../host/support/answers.ts';
import {onInstalled} from '../host/support/installed.ts';
import {expectLogins} from '../host/support/logins.ts';
import {applyIn, planIn, setup} from '../host/support/setup.ts';
import {hostTest} from '../host/support/with-host.ts';

const generated = {secret: 'generate'};
const set = {'ldap-directory.adminPassword': generated, 'superuser.password': generated};
const names = ['ldap-directory.adminPassword', 'postgres.password', 'superuser.password'] as const;

hostTest('every password of ipynbsrv becomes another one, and all of it works', onInstalled(plain), async host => {
	// Those of the operator's files become generated ones first.
	const applied = await applyIn(host, {set});
	expect(applied, applied.faults.join('\n')).toMatchObject({code: 0, outcome: 'done'});
	for (const name of names) {
		const before = await shown(host, name);
		const rotated = await host.run([setup, 'secrets', 'rotate', name], {timeout: 600_000});
		expect(rotated.code, `${name}: ${rotated.stderr}${rotated.stdout.slice(-3000)}`).toBe(0);
		expect(await shown(host, name)).not.toBe(before);
		const now: Case = {...plain, secrets: {...plain.secrets, superuser: await shown(host, 'superuser.password')}};
		await expectLogins(host, now);
		if (name === 'ldap-directory.adminPassword') {
			expect((await bound(host, before)).code).toBe(49);
			expect((await bound(host, await shown(host, name))).code).toBe(0);
		}
	}
	expect((await planIn(host, {set})).notOk).toEqual([]);
});

const shown = async (host: ThrowAway, name: string): Promise<string> =>
	(await host.must([setup, 'secrets', 'show', name, '--reveal'])).trim();

/** From a file: what this process writes to is a socket, which no program opens by the name /dev/stdin. */
const bound = (host: ThrowAway, password: string) => {
	writeFileSync(join(host.root, 'root/tried'), password, {mode: 0o600});
	return host.run([
		...['ldapwhoami', '-x', '-H', 'ldap://127.0.0.1/', '-D', 'cn=admin,dc=ipynbsrv,dc=ldap', '-y', '/root/tried'],
	]);
};
