/** `setup apply --update` of WebLab-Deusto: new code whose tables `weblab-admin upgrade` changes, and code that does not start, which goes back with commit and tables. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersFile, buildProgram, planIn, setup} from '../host/support/setup.ts';
import {onWeblab, settled} from '../host/support/weblab.ts';
import {hostTest} from '../host/support/with-host.ts';

beforeAll(buildProgram, 300_000);

const origin = '/usr/local/src/host-setup-weblab/weblabdeusto.git';
const repository = '/srv/weblab/weblabdeusto';
const source = 'server/src/weblab';

describe('an update of WebLab-Deusto', () => {
	hostTest('upgrades the tables of the instance', onWeblab(), async host => {
		await settled(host);
		const first = await head(host);
		await commit(host, 'Tables of another version', {
			[`${source}/db.py`]: text => text.replace("HEAD = '1'", "HEAD = '2'"),
		});
		const updated = await update(host);
		expect(updated.code, updated.stderr + updated.stdout.slice(-3000)).toBe(0);
		expect(updated.stdout).toContain('Updated: the new code was seen to work.');
		expect(await head(host)).not.toBe(first);
		expect(await version(host)).toBe('2');
		await settled(host);
		expect((await planIn(host)).notOk).toEqual([]);
	});

	hostTest('whose code does not start goes back with its tables', onWeblab(), async host => {
		await settled(host);
		const first = await head(host);
		await commit(host, 'It does not start', {
			[`${source}/db.py`]: text => text.replace("HEAD = '1'", "HEAD = '2'"),
			[`${source}/core/server.py`]: text => `raise SystemExit(3)\n${text}`,
		});
		const updated = await update(host);
		expect(updated.code, updated.stderr + updated.stdout.slice(-3000)).toBe(1);
		expect(updated.stdout).toContain('All is as it was before the update, and was seen to work.');
		expect([await head(host), await version(host)]).toEqual([first, '1']);
		await settled(host);
		expect((await planIn(host)).notOk).toEqual([]);
	});
});

const update = (host: ThrowAway) =>
	host.run([setup, 'apply', answersFile, '--update', '--format', 'ndjson'], {timeout: 900_000});

const version = async (host: ThrowAway): Promise<string> =>
	(await host.must(['mariadb', '-BNe', 'select version_num from WebLab.alembic_version'])).trim();

const head = async (host: ThrowAway): Promise<string> =>
	(await host.must(['git', '-c', 'safe.directory=*', '-C', repository, 'rev-parse', 'HEAD'])).trim();

/** On the branch that the checkout is of. */
const commit = async (
	host: ThrowAway,
	message: string,
	changes: Readonly<Record<string, (text: string) => string>>,
): Promise<void> => {
	const work = '/root/work';
	const git = (...argv: readonly string[]): Promise<string> =>
		host.must(['git', '-c', 'safe.directory=*', '-c', 'user.name=Lab', '-c', 'user.email=lab@example.org', ...argv]);
	await git('clone', '--quiet', origin, work);
	for (const [path, change] of Object.entries(changes)) {
		const at = join(host.root, work, path);
		writeFileSync(at, change(readFileSync(at, 'utf8')));
	}
	await git('-C', work, 'add', '--all');
	await git('-C', work, 'commit', '--quiet', '-m', message);
	await git('-C', work, 'push', '--quiet', 'origin', 'HEAD');
};
