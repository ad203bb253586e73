/**
 * CC-Server as it was published, from an answers file alone: what its demo stands for. PUBLISHED_CC_SERVER names a clone of
 * github.com/curious-containers/cc-server on this machine.
 */
import {execFileSync} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {bring} from '#rehearse/program.ts';
import {lackingMongodb} from '../host/doctor/support/mongodb.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from '../host/support/setup.ts';
import {hostTest, packageLists} from '../host/support/with-host.ts';

const published = process.env['PUBLISHED_CC_SERVER'];
const lack =
	published === undefined
		? 'PUBLISHED_CC_SERVER, a clone of github.com/curious-containers/cc-server'
		: await lackingMongodb();

const answers = `version: 1
stack: cc-server
sources:
  from: upstream
application:
  repository: /srv/src/cc-server.git
site-address:
  host: cc.example.org
`;

if (published === undefined || lack !== undefined) test.skip(`needs: ${lack}`, () => {});
else
	hostTest(
		'the published CC-Server on Debian 12: installed by answers alone, a task run, rebooted, nothing left to do, taken back',
		{
			layer: packageLists,
			plain: ['/var/lib/docker', '/var/lib/containerd'],
			binds: [bring(checkout)],
			timeout: 2400_000,
		},
		async host => {
			buildProgram();
			const work = mkdtempSync(join(tmpdir(), 'published-'));
			try {
				execFileSync('git', ['clone', '-q', '--bare', published, join(work, 'cc-server.git')]);
				cpSync(join(work, 'cc-server.git'), join(host.root, 'srv/src/cc-server.git'), {recursive: true});
			} finally {
				rmSync(work, {recursive: true, force: true});
			}
			writeFileSync(join(host.root, answersFile), answers, {mode: 0o600});
			// The proof in it runs a task, whose argument comes back.
			const applied = await applyIn(host, {timeout: 1800_000});
			expect(applied, `${applied.faults.join('\n')}\n${await words(host.root)}`).toMatchObject({
				code: 0,
				outcome: 'done',
			});
			expect((await planIn(host)).notOk).toEqual([]);
			await host.reboot();
			// What is answered after a boot, by the same proof: the node that came up too late would be dead for ever.
			expect((await planIn(host)).notOk).toEqual([]);
			expect(await applyIn(host)).toMatchObject({code: 0, outcome: 'done', changed: 0});
			const undone = await undoIn(host, '--yes', '--purge-data', 'cc-server');
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
			expect((await host.run(['getent', 'passwd', 'ccuser'])).code).not.toBe(0);
		},
	);

const words = async (root: string): Promise<string> => {
	const files = ['srv/cc-server/log/server.log', 'var/log/apache2/cc-server-error.log', 'var/log/apache2/error.log'];
	return files
		.map(file => {
			try {
				return `${file}:\n${readFileSync(join(root, file), 'utf8').slice(-4000)}`;
			} catch {
				return `${file}: none`;
			}
		})
		.join('\n');
};
