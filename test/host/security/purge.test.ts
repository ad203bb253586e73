/** `setup undo --purge-data` over a data directory that its users fill to stand in root's way: what cannot be removed is told as that, and the rest is put back. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {sh} from '../doctor/support/web.ts';
import {lightHost} from '../support/light.ts';
import {answersOf, ownStack} from '../support/own-stacks.ts';
import {applyIn, buildProgram, undoIn} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';

hostTest(
	'nothing that is mounted, fixed, written to or swapped in it is lost, left unsaid or in the way of the rest',
	lightHost,
	async host => {
		buildProgram();
		ownStack(host, 'data', data);
		const file = answersOf(host, 'data', {data: {}});
		await sh(host, 'useradd app; mkdir /root/victim; echo of root > /root/victim/file');
		/** Applied, made hostile, undone; what became of the directory, and how many dumps there are more. */
		const purged = async (script: string, waits = 'true'): Promise<readonly [string, string, number]> => {
			expect(await applyIn(host, {file})).toMatchObject({code: 0});
			await sh(host, `cd /srv/data; ${script}`);
			await until(async () => (await host.run(['sh', '-c', waits])).code === 0, {what: waits});
			const before = dumps(host);
			const {results, stderr} = await undoIn(host, 'data', '--purge-data', 'data', '--yes');
			expect((await host.run(['ls', '/etc/of-data'])).code, `${script}: ${stderr}`).toBe(2);
			const result = results.findLast(({id}) => id.includes('/srv/data'))?.result;
			return [
				result?.outcome ?? stderr,
				result !== undefined && 'why' in result ? result.why : '',
				dumps(host) - before,
			];
		};

		expect(
			await purged(
				`runuser -u app -- sh -c 'ln -s /root/victim l; ln -s / r; mkfifo p; truncate -s 8T huge; mkdir -m 0 d'`,
			),
		).toEqual(['undone', '', 1]);
		expect(await purged('mkdir m; mount -t tmpfs none m; echo theirs > m/file')).toEqual([
			'conflict',
			'something is mounted at /srv/data/m',
			0,
		]);
		expect(await sh(host, 'cat /srv/data/m/file; umount /srv/data/m')).toBe('theirs\n');

		expect(await purged('touch fixed; chattr +i fixed')).toEqual([
			'conflict',
			'/srv/data/fixed is not to be changed (lsattr names the attribute i or a)',
			1,
		]);
		await sh(host, 'chattr -i /srv/data/fixed');

		// Whoever may write there could keep root at it for ever.
		const writing = `systemd-run --quiet --unit=writer --uid=app sh -c 'while :; do for n in 1 2 3 4 5 6; do head -c 200000 /dev/zero >> /srv/data/log$n; done; done'`;
		expect(await purged(writing, 'test -s /srv/data/log6')).toEqual([
			'conflict',
			'somebody writes in /srv/data while it is packed away',
			0,
		]);
		await sh(host, 'systemctl stop writer');

		expect((await purged('true'))[0]).toBe('undone');
		expect(await sh(host, 'ls /srv; cat /root/victim/file')).toBe('of root\n');
	},
);

const dumps = (host: ThrowAway): number => {
	try {
		return readdirSync(join(host.root, 'var/lib/host-setup/dumps')).length;
	} catch {
		return 0;
	}
};

const data = `[step({id: 'data', title: 'Data', about: 'x', guide: 'none', questions: z.strictObject({}), resources: () => [
	makers.file({path: '/etc/of-data', text: 'x\\n'}, {id: 'file:conf'}),
	makers.directory({path: '/srv/data', mode: 0o755, owner: 'app:app'}, {holdsData: true, needs: ['path:/etc/of-data']}),
]})]`;
