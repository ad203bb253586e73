/** A repository on a medium is fetched from as from its server: by branch, tag and commit; what it would lack there is refused when it is made. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import type {Covered} from '#tasks/bundle/manifest.ts';
import {gatherRepositories} from '#tasks/bundle/repositories.ts';

const scratch = mkdtempSync(join(tmpdir(), 'repositories-'));
afterAll(() => rmSync(scratch, {recursive: true}));

const origin = join(scratch, 'origin');
const url = `file://${origin}`;
const git = (directory: string, ...words: readonly string[]): string =>
	execFileSync(
		'git',
		['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always', '-C', directory, ...words],
		{
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	).trim();

const commit = (name: string): string => {
	writeFileSync(join(origin, name), name);
	git(origin, 'add', '.');
	git(origin, 'commit', '--quiet', '--message', name);
	return git(origin, 'rev-parse', 'HEAD');
};

const gather = (medium: string, ...refs: readonly string[]) =>
	gatherRepositories(
		refs.map((ref): Covered => ({kind: 'repository', url, ref})),
		{work: join(scratch, 'work'), medium: join(scratch, medium), say: () => undefined},
	);

test('a repository on a medium is cloned from by its own address, and what it would lack is refused', async () => {
	mkdirSync(origin);
	git(origin, 'init', '--quiet', '--initial-branch=main');
	const first = commit('one');
	git(origin, 'tag', 'v1');
	const second = commit('two');
	const instead = await gather('one', 'main', 'v1', first);
	expect(instead).toEqual([{of: url, at: expect.stringMatching(/^repositories\/[0-9a-f]{32}$/)}]);
	expect(readdirSync(join(scratch, 'one/repositories'))).toHaveLength(1);

	// The server is gone, and the medium is all there is.
	const file = join(scratch, 'one', instead[0]!.at);
	const away = ['-c', `url.${file}.insteadOf=https://gone.example/app.git`];
	git(
		scratch,
		...away,
		'clone',
		'--quiet',
		'--no-checkout',
		'--',
		'https://gone.example/app.git',
		join(scratch, 'clone'),
	);
	const at = (ref: string): string => git(join(scratch, 'clone'), 'rev-parse', `${ref}^{commit}`);
	expect([at('origin/main'), at('v1'), at(first)]).toEqual([second, first, first]);
	expect(git(scratch, ...away, 'ls-remote', '--', 'https://gone.example/app.git', 'refs/heads/main')).toContain(second);

	await expect(gather('two', 'nowhere')).rejects.toMatchObject({code: 'bundle.not-covered'});
	git(origin, 'reset', '--quiet', '--hard', first);
	await expect(gather('three', second)).rejects.toMatchObject({code: 'bundle.not-covered'});
	writeFileSync(join(origin, '.gitmodules'), '[submodule "x"]\n\tpath = x\n\turl = https://gone.example/x\n');
	commit('three');
	await expect(gather('four', 'main')).rejects.toMatchObject({code: 'bundle.not-covered'});
});
