import {appendFile, lstat, mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {describe, expect, it} from 'vitest';
import {copyTree} from '#resources/files/copy-tree.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';
import {output} from './tools.ts';

const root = '/srv/conformance-copy';
const from = '/root/conformance-components';
const to = `${root}/bower_components`;

/** Only root can read the source, and its owner is root; the copy's user can read its copy. */
const fresh = async (): Promise<void> => {
	for (const path of [root, from, '/var/lib/host-setup/stamps']) await rm(path, {recursive: true, force: true});
	await mkdir(`${from}/jquery/dist`, {recursive: true, mode: 0o700});
	await writeFile(`${from}/jquery/dist/jquery.js`, 'jquery\n', {mode: 0o600});
	await symlink('dist/jquery.js', `${from}/jquery/main.js`);
	await mkdir(root);
	await output('chown', 'games:games', root);
};

const older = async (): Promise<void> => {
	await fresh();
	await mkdir(`${to}/angular`, {recursive: true});
	await writeFile(`${to}/angular/angular.js`, 'angular\n');
	await output('chown', '-R', 'games:games', to);
};

const copied = () => copyTree({name: 'components', from, to, as: 'games'});

conformance('copy-tree', [
	{
		name: 'onto nothing',
		prepare: fresh,
		resource: copied,
		breakIt: () => appendFile(`${to}/jquery/dist/jquery.js`, 'x'),
		touches: [root],
	},
	{name: 'over another', prepare: older, resource: copied, breakIt: () => rm(`${to}/jquery/main.js`), touches: [root]},
]);

describe('copy-tree, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-copy-state');

	it('gives the copy to its user, readable', async () => {
		await fresh();
		await bench.converge(copied());
		expect(
			await output('setpriv', '--reuid=games', '--regid=games', '--init-groups', 'cat', `${to}/jquery/main.js`),
		).toBe('jquery');
		expect((await lstat(`${to}/jquery/dist/jquery.js`)).uid).toBe((await lstat(root)).uid);
	});

	it('does not undo what somebody changed since', async () => {
		await fresh();
		const done = await bench.converge(copied());
		await writeFile(`${to}/mine.js`, 'mine');
		expect(['kept', 'conflict']).toContain((await bench.undo(done, {}))[0]?.outcome);
	});

	it('says that there is nothing to copy', async () => {
		await fresh();
		await rm(from, {recursive: true});
		await expect(bench.converge(copied())).rejects.toMatchObject({code: 'copy.nothing'});
	});
});
