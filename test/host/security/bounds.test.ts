/** What others may make endless, huge or many ends within bounds while root looks at it. A run of theirs without end is in endless-run.test.ts. */
import {describe, expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {djangoLayer, project, settings} from '../doctor/support/django.ts';
import {shown, withProgram} from '../doctor/support/recipes.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {as, home, prepareCoralnet, projectText, stackOf} from './support/coralnet.ts';
import {measured} from './support/measured.ts';

const want = withProgram({layer: djangoLayer, network: 'none', timeout: 900_000});

/** Nobody waits longer than this for a look, whatever others made of the host; an honest one takes two seconds. */
const longest = 60;
/** In MB; an honest look takes some 100. */
const most = 400;

describe('bounds on what others make endless', () => {
	hostTest('a look ends, small and soon, and says where it stopped', want, async host => {
		buildProgram();
		await prepareCoralnet(host);
		const honest = await look(host);
		expect(honest.rows.find(row => row.check === 'django.debug')?.state, shown(honest.rows)).toBe('ok');

		await as(host, 'coralnet', `cd ${project}; cp ${settings} /tmp/settings.kept; truncate -s 500M ${settings}`);
		expect((await look(host)).says).toMatch(/settings\.py is larger than \d+ MB/);
		// What Python is asked of: one that computes for ever, one that prints for ever, one that is a pipe, one that leads in a circle.
		const unwilling = {
			'computes for ever': 'import sys\nif sys.argv[0] == "-c":\n    while True: pass\n',
			'prints for ever': 'import sys\nwhile sys.argv[0] == "-c": sys.stdout.write("x" * 65536)\n',
			'takes all memory':
				'import sys\nx = []\nwhile sys.argv[0] == "-c" and len(x) < 3000: x.append(sys.stdout.write("x" * 65536))\n',
			'starts what outlives it':
				'import os, sys\nif sys.argv[0] == "-c" and os.fork() == 0:\n    os.setsid()\n    import time\n    time.sleep(1000)\n    os._exit(0)\n',
		};
		for (const [what, text] of Object.entries(unwilling)) {
			await as(host, 'coralnet', `cp /tmp/settings.kept ${settings}; printf '%s' '${text}' >> ${settings}`);
			await look(host, what);
		}
		for (const make of [`mkfifo ${settings}`, `ln -s settings.py ${settings}`, `mkdir ${settings}`]) {
			await as(host, 'coralnet', `rm -rf ${settings}; ${make}`);
			await look(host, make);
		}
		await as(host, 'coralnet', `rm -rf ${settings}; cp /tmp/settings.kept ${settings}`);

		// Many, deep, and in a circle, where static files and templates are looked for.
		await as(
			host,
			'coralnet',
			`python3 - <<'END'
import os
os.makedirs('${home}/many')
os.chdir('${home}/many')
for n in range(300_000): os.mknod(str(n))
END
cd ${home}; ln -s . circle; deep=static; for n in $(seq 200); do deep=$deep/d; done; mkdir -p $deep`,
		);
		for (const place of ['static/many', 'project/many', 'project/config/many']) {
			await as(host, 'coralnet', `mv ${home}/many ${home}/${place}`);
			await look(host, place);
			await as(host, 'coralnet', `mv ${home}/${place} ${home}/many`);
		}
		const tree = stackOf(
			host,
			'tree',
			`[makers.copyTree({name: 'tree', from: '${home}/many', to: '/srv/tree', as: 'coralnet'}), makers.djangoCollectstatic({project: ${projectText}}), makers.djangoMakeMigrations({project: ${projectText}})]`,
		);
		await as(
			host,
			'coralnet',
			`mv ${home}/static ${home}/was; mkdir ${home}/static; ln -s ${home}/many ${home}/static/many`,
		);
		const planned = await measured(host, [setup, 'plan', tree]);
		expect(planned.stdout + planned.stderr).toMatch(/many holds more than 100000 (files|names)/);
		expect(planned.seconds).toBeLessThan(longest);
		expect(planned.megabytes).toBeLessThan(most);
		await as(host, 'coralnet', `rm -rf ${home}/many ${home}/static; mv ${home}/was ${home}/static`);
	});
});

const look = async (host: ThrowAway, what = ''): Promise<{rows: Report['rows']; says: string}> => {
	const {code, stdout, stderr, seconds, megabytes} = await measured(host, [setup, 'doctor', '--format', 'json']);
	expect([0, 1, 2], `${what}: ${stderr}`).toContain(code);
	expect(seconds, what).toBeLessThan(longest);
	expect(megabytes, what).toBeLessThan(most);
	const {rows} = JSON.parse(stdout) as Report;
	expect(
		rows.filter(row => row.state === 'crash'),
		what,
	).toEqual([]);
	return {rows, says: stdout};
};
