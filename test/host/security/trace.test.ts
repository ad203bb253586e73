/** A whole apply and undo under strace: root names nothing below a directory in which somebody else may write. */
import {expect} from 'vitest';
import {lightArgv} from '../support/light.ts';
import {tracedNames} from '../support/name-trace.ts';
import {app, freshApp, furnishOwned, ownedHost} from '../support/owned.ts';
import {hostTest} from '../support/with-host.ts';

/** The first directory on the way to the application that is not root's alone. */
const foreign = ['/srv/www'];

hostTest("root uses no name that the application's user could swap", ownedHost, async host => {
	await furnishOwned(host);
	for (const name of [
		'chmod 600 SETTINGS',
		'cat SETTINGS',
		'ln -sfn data APP/current',
		'env -C APP chmod 600 settings.py',
	]) {
		const argv = name.replace('SETTINGS', `${app}/settings.py`).replace('APP', app).split(' ');
		expect((await tracedNames(host, argv, foreign)).byName, name).not.toEqual([]);
	}
	await freshApp(host);
	for (const order of [
		{do: 'apply', stack: 'owned'},
		{do: 'plan', stack: 'owned'},
		{do: 'undo', stack: 'owned'},
		{do: 'apply', stack: 'owned'},
		{do: 'undo', stack: 'owned', purgeData: true},
	] as const) {
		const what = JSON.stringify(order);
		const traced = await tracedNames(host, lightArgv(order), foreign);
		expect(traced.code, `${what} ${traced.stdout}`).toBe(0);
		expect(traced.byDescriptor, what).toBeGreaterThan(20);
		expect(
			traced.byName.filter(call => !asksWhose(call)),
			what,
		).toEqual([]);
	}
});

/**
 * The one exception: before root starts a program in a directory, or copies one, it is asked who may write there (src/host/trust/), by lstat.
 * Nothing is opened and no link followed; where the answer is "somebody else", as it is here, that user goes there and not root.
 */
const asksWhose = (call: string): boolean =>
	/^(?:statx|newfstatat|lstat)\(/.test(call) &&
	call.includes('NOFOLLOW') &&
	[app, `${app}/less`].some(path => call.includes(`"${path}", `));
