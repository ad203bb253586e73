/** A program of the application that never ends, and prints without end, holds neither the operator nor the host: a second Ctrl-C gets out of it. */
import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {djangoLayer, project, settings} from '../doctor/support/django.ts';
import {withProgram} from '../doctor/support/recipes.ts';
import {applyIn, buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {as, home, prepareCoralnet, projectText, stackOf} from './support/coralnet.ts';

const want = withProgram({layer: djangoLayer, network: 'none', timeout: 900_000});

hostTest(
	'a run whose program never ends, and prints, is left by a second Ctrl-C, and the host is free',
	want,
	async host => {
		buildProgram();
		await prepareCoralnet(host);
		const file = stackOf(host, 'static', `[makers.djangoCollectstatic({project: ${projectText}})]`);
		await as(host, 'coralnet', `cd ${project}; cp manage.py /tmp/manage.kept; rm -r ${home}/static`);
		for (const [what, text] of Object.entries({
			'says nothing': 'while True: pass\n',
			'two bytes a line': 'import sys\nwhile True: sys.stdout.write("a\\n" * 4096)\n',
			'one line': 'import sys\nwhile True: sys.stdout.write("a" * 65536)\n',
			'ends not by TERM, and has children':
				'import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nos.fork()\nwhile True: time.sleep(1)\n',
		})) {
			await as(host, 'coralnet', `printf '%s' '${text.replaceAll('\\', '\\\\')}' > ${project}/manage.py`);
			const before = performance.now();
			const ended = applyIn(host, {file});
			await until(async () => (await managing(host)) > 0, {what: `manage.py that ${what}`, deadline: 60_000});
			const [pid = ''] = (await host.must(['pgrep', '-of', 'cli.js apply'])).split('\n');
			await host.must(['kill', '-INT', pid]);
			await host.must(['sleep', '2']);
			expect(await managing(host), what).toBeGreaterThan(0);
			const asked = performance.now();
			await host.must(['kill', '-INT', pid]);
			const {code} = await ended;
			expect(performance.now() - asked, what).toBeLessThan(8000);
			expect(code, what).toBe(130);
			expect(performance.now() - before, what).toBeLessThan(90_000);
			expect(await managing(host), what).toBe(0);
			expect(eventBytes(host), what).toBeLessThan(90 * 1024 * 1024);
			expect((await host.run([setup, 'status'])).stdout, what).toMatch(/running {4}nothing/);
		}
		// A plan waits for nobody either.
		await as(host, 'coralnet', `printf 'while True: pass\\n' >> ${settings}`);
		const planning = host.run([setup, 'plan', file]);
		await until(async () => (await asked(host)) > 0, {what: 'Python that is asked', deadline: 60_000});
		const begun = performance.now();
		await host.must(['pkill', '-INT', '-of', 'cli.js plan']);
		expect((await planning).code).toBe(130);
		expect(performance.now() - begun).toBeLessThan(8000);
		expect(await asked(host)).toBe(0);
		await as(host, 'coralnet', `cp /tmp/manage.kept ${project}/manage.py; sed -i '$d' ${settings}`);
		expect((await applyIn(host, {file})).faults).toEqual([]);
	},
);

const count = async (host: ThrowAway, pattern: string): Promise<number> =>
	Number((await host.run(['pgrep', '-u', 'coralnet', '-cf', pattern])).stdout);
const managing = (host: ThrowAway): Promise<number> => count(host, 'manage.py');
const asked = (host: ThrowAway): Promise<number> => count(host, 'import json, sys; ask');

const eventBytes = (host: ThrowAway): number => {
	const directory = join(host.root, 'var/lib/host-setup/events');
	return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
};
