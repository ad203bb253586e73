/** OpenSlides with instances on Debian 13, at once and not on top of the API: its podman, its PostgreSQL, its Python. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import {answersOutside, doctorIn, instanceThere, nestedPodman, site} from '../host/support/openslides.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from '../host/support/setup.ts';
import {hostTest, packageLists, withTool} from '../host/support/with-host.ts';

const answers = `version: 1
stack: openslides
sources:
  from: demo
application:
  site: ${site}
instances:
  reach: instances
`;

describe('the openslides stack on Debian 13', () => {
	hostTest(
		'makes instances, which outlive a boot and go with their stack',
		{
			release: 'trixie',
			layer: withTool('runc', packageLists),
			plain: ['/var/lib/containers'],
			binds: [bring(checkout)],
			timeout: 1_500_000,
		},
		async host => {
			buildProgram();
			writeFileSync(join(host.root, answersFile), answers, {mode: 0o600});
			await nestedPodman(host);
			const applied = await applyIn(host);
			expect(applied.faults).toEqual([]);
			expect((await planIn(host)).notOk).toEqual([]);
			const id = await instanceThere(host, 'party');
			await host.reboot();
			expect((await planIn(host)).notOk).toEqual([]);
			await answersOutside(host, 'party');
			expect((await doctorIn(host)).get(`openslides.instances[${id}]`)).toMatchObject({state: 'ok'});
			const undone = await undoIn(host, '--yes', '--purge-data', 'openslides');
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
			expect(await host.must(['podman', 'ps', '--all', '--quiet'])).toBe('');
		},
	);
});
