/** Whose bits of a mode count for an account: one of three, never the best of them. */
import {expect, test} from 'vitest';
import {gidsOf} from '#host/system/accounts.ts';
import {modeLets} from '#host/trust/rights.ts';

const app = {name: 'app', uid: 1001, gid: 1001};
const account = {...app, gecos: '', home: '/srv/app', shell: '/bin/sh'};
const known = {
	users: new Map([['app', account]]),
	groups: new Map([
		['docker', {name: 'docker', gid: 999, members: ['app']}],
		['other', {name: 'other', gid: 998, members: ['web']}],
	]),
};

test('the groups of an account are its own, known to this host or not, and those that name it', () =>
	expect([...gidsOf(known, app)]).toEqual([1001, 999]));

test.each([
	['its owner, where others have more', 0o077, 1001, 0, 2, false],
	['its group', 0o660, 0, 999, 2, true],
	['a group of others', 0o660, 0, 998, 2, false],
	['everybody', 0o006, 0, 998, 2, true],
	['a group that reads and does not write', 0o640, 0, 999, 6, false],
])('%s', (_whose, mode, uid, gid, bits, may) =>
	expect(modeLets({mode, uid, gid}, bits, app, gidsOf(known, app))).toBe(may),
);

test('root, whatever the mode says; nobody at all, as everybody', () => {
	expect(modeLets({mode: 0, uid: 1, gid: 1}, 6, {uid: 0}, new Set())).toBe(true);
	expect(modeLets({mode: 0o770, uid: 0, gid: 0}, 2, undefined, new Set())).toBe(false);
});
