/** A checkout whose owner has git wait for ever keeps a look waiting once. */
import {expect, test} from 'vitest';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {askGit} from '#resources/git/program.ts';

test('git that gave no answer in a checkout is not asked there again; elsewhere it is', async () => {
	const asked: string[] = [];
	const host = {
		query: async (argv: readonly string[]) => {
			asked.push(argv.slice(-3).join(' '));
			throw new Blocked({because: 'timeout', need: 'git gave no answer'});
		},
	} as unknown as Reader;
	const source = {url: 'https://example.org/x.git', user: 'app'};
	for (const directory of ['/srv/slow', '/srv/slow', '/srv/other'])
		await expect(askGit(host, source, ['-C', directory, 'status'])).rejects.toBeInstanceOf(Blocked);
	expect(asked).toEqual(['-C /srv/slow status', '-C /srv/other status']);
});
