/**
 * The backend of OpenSlides as it was published, from an answers file alone: what its demo stands for. PUBLISHED_OPENSLIDES and PUBLISHED_PY_JSONAPI name
 * clones of github.com/OpenSlides/openslides-multiinstance-backend and github.com/boehlke/py-jsonapi on this machine. Its instances are the small ones.
 */
import {execFileSync} from 'node:child_process';
import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersOutside, doctorIn, instanceThere, nestedPodman, site} from '../host/support/openslides.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from '../host/support/setup.ts';
import {hostTest, packageLists, withTool} from '../host/support/with-host.ts';

const backend = process.env['PUBLISHED_OPENSLIDES'];
const library = process.env['PUBLISHED_PY_JSONAPI'];

const answers = `version: 1
stack: openslides
sources:
  from: upstream
application:
  site: ${site}
  repository: /srv/src/backend.git
  library: /srv/src/py-jsonapi.git
instances:
  reach: instances
`;

if (backend === undefined || library === undefined)
	test.skip('needs: PUBLISHED_OPENSLIDES and PUBLISHED_PY_JSONAPI, clones of both', () => {});
else
	hostTest(
		'the published backend of OpenSlides on Debian 12: installed by answers alone, an instance made, rebooted, taken back',
		{
			layer: withTool('runc', packageLists),
			plain: ['/var/lib/containers'],
			binds: [bring(checkout)],
			timeout: 2400_000,
		},
		async host => {
			buildProgram();
			await bringSources(host, {backend, 'py-jsonapi': library});
			writeFileSync(join(host.root, answersFile), answers, {mode: 0o600});
			await nestedPodman(host);
			const applied = await applyIn(host, {timeout: 1500_000});
			expect(applied, applied.faults.join('\n')).toMatchObject({code: 0, outcome: 'done'});
			expect((await planIn(host)).notOk).toEqual([]);
			const id = await instanceThere(host, 'party');
			await host.reboot();
			expect((await planIn(host)).notOk).toEqual([]);
			await answersOutside(host, 'party');
			expect((await doctorIn(host)).get(`openslides.instances[${id}]`)).toMatchObject({state: 'ok'});

			// The same image out of an archive, under the name that is answered; and as one that podman has.
			await host.must(['podman', 'save', '--quiet', '--output=/root/openslides.tar', 'localhost/openslides:small']);
			for (const image of [
				{from: 'archive', archive: '/root/openslides.tar', name: 'localhost/openslides:2'},
				{from: 'local', name: 'localhost/openslides:2'},
			]) {
				const set = {'instances.image': image};
				const again = await applyIn(host, {set});
				expect([image.from, again.faults]).toEqual([image.from, []]);
				expect((await planIn(host, {set})).notOk).toEqual([]);
			}
			await answersOutside(host, 'party');

			const undone = await undoIn(host, '--yes', '--purge-data', 'openslides');
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
			expect(await host.must(['podman', 'ps', '--all', '--quiet'])).toBe('');
		},
	);

const bringSources = async (host: ThrowAway, sources: Readonly<Record<string, string>>): Promise<void> => {
	const work = mkdtempSync(join(tmpdir(), 'published-'));
	try {
		for (const [name, from] of Object.entries(sources)) {
			execFileSync('git', ['clone', '-q', '--bare', from, join(work, `${name}.git`)]);
			cpSync(join(work, `${name}.git`), join(host.root, `srv/src/${name}.git`), {recursive: true});
		}
	} finally {
		rmSync(work, {recursive: true, force: true});
	}
};
