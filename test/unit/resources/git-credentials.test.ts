/** Credentials go to the calls that ask another host, for that host, and to no other: a status runs the filters of the checkout's owner. */
import {describe, expect, test} from 'vitest';
import type {ProgramOptions, Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {askGit, usesNetwork} from '#resources/git/program.ts';

const asked = async (args: readonly string[], url = 'https://git.example.org:8443/a/b.git') => {
	let seen: {argv: readonly string[]; options: ProgramOptions} | undefined;
	const host = {
		query: async (argv: readonly string[], options: ProgramOptions) => {
			seen = {argv, options};
			return '';
		},
	} as unknown as Reader;
	await askGit(host, {url, user: 'app', credentials: {user: 'u', password: new Secret('p', 'very secret')}}, args);
	return seen as NonNullable<typeof seen>;
};

describe('git with credentials', () => {
	test.each([
		[['-C', '/srv/clone', 'status', '--porcelain=v2']],
		[['-C', 'fetch', 'checkout', '--force', 'HEAD']],
		[['-C', '/srv/x', 'for-each-ref']],
		[['-C', '/srv/x', 'remote', 'set-url', 'origin', 'https://x']],
		[['-C', '/srv/x', '--literal-pathspecs', 'checkout', '--quiet']],
		[['-C', '/srv/x', 'branch', '--quiet']],
	])('gives none to %j', async args => {
		expect(usesNetwork(args)).toBe(false);
		const {options} = await asked(args);
		expect(Object.keys(options.env ?? {}).filter(name => /PASSWORD|CONFIG|USER/.test(name))).toEqual([]);
	});

	test.each([
		[['ls-remote', '--', 'x']],
		[['-C', '/srv/x', 'fetch', 'origin']],
		[['clone', '--no-checkout', '--', 'x', 'y']],
	])('gives them to %j, for that host alone, and runs no hook', async args => {
		const {argv, options} = await asked(args);
		expect(options.env).toMatchObject({
			GIT_CONFIG_VALUE_0: '',
			GIT_CONFIG_KEY_1: 'credential.https://git.example.org:8443.helper',
			SETUP_GIT_USER: 'u',
		});
		expect(argv).toContain('core.hooksPath=/dev/null');
	});
});
