/** The misbehaving packages of fixtures/debs as a repository inside a throw-away host. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildDebs} from '../../../fixtures/debs/build.ts';

/** Puts them at /srv/debs inside and tells apt of them, touching no other list. */
export const addDebs = async (host: ThrowAway): Promise<void> => {
	const directory = mkdtempSync(join(tmpdir(), 'hs-debs-'));
	try {
		buildDebs(directory);
		const archive = execFileSync('tar', ['-C', directory, '-c', '.'], {maxBuffer: 2 ** 26});
		await host.must(['mkdir', '-p', '/srv/debs']);
		await host.must(['tar', '-C', '/srv/debs', '--no-same-owner', '-x'], {stdin: archive});
		await host.must(['chmod', '-R', 'a+rX', '/srv/debs']);
		await host.must(['tee', '/etc/apt/sources.list.d/fixtures.list'], {stdin: 'deb [trusted=yes] file:/srv/debs ./\n'});
		await host.must([
			'apt-get',
			'update',
			'-o',
			'Dir::Etc::sourcelist=sources.list.d/fixtures.list',
			'-o',
			'Dir::Etc::sourceparts=-',
			'-o',
			'APT::Get::List-Cleanup=0',
		]);
	} finally {
		rmSync(directory, {recursive: true, force: true});
	}
};
