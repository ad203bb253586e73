/** What root is handed by name out of somebody's directory: an answers file, an earlier report. Whoever owns the directory chooses what stands there. */
import {expect} from 'vitest';
import {djangoLayer} from '../doctor/support/django.ts';
import {withProgram} from '../doctor/support/recipes.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {as} from './support/coralnet.ts';
import {measured} from './support/measured.ts';

/** What stands at the name, by the words of a shell; `$f` is the name. Those that keep a writer, but say nothing, wait out the patience of a pipe. */
const things: Readonly<Record<string, string>> = {
	'a pipe that is held open': 'mkfifo $f; setsid -f sleep 300 <> $f 2>/dev/null >&2',
	'a pipe without an end': 'mkfifo $f; setsid -f cat /dev/zero 1<> $f 2>/dev/null',
	'a device': 'ln -s /dev/zero $f',
	'a huge file': 'truncate -s 3G $f',
	'half a million keys': `python3 -c "print('\\n'.join('k%d: 1' % n for n in range(500000)))" > $f`,
	'what is nested without an end': `python3 -c "print('[' * 200000)" > $f`,
	'aliases of aliases': `python3 -c "print('a0: &a0 [x,x,x,x,x,x,x,x,x]'); [print('a%d: &a%d [%s]' % (n, n, ','.join(['*a%d' % (n - 1)] * 9))) for n in range(1, 30)]" > $f`,
	'somebody elses secret': 'ln -s /root/only $f',
};

hostTest(
	'what is handed over by name keeps root neither waiting nor full, and shows no line of what root alone may read',
	withProgram({layer: djangoLayer, network: 'none', timeout: 900_000}),
	async host => {
		buildProgram();
		await host.must([
			'bash',
			'-ec',
			"useradd --create-home eve; chmod 755 /home/eve; umask 077; echo 'MARKERROOT: [MARKERROOT, {' > /root/only",
		]);
		const broken: string[] = [];
		const commands = {
			plan: (file: string) => [setup, 'plan', file],
			'doctor --from': (file: string) => [setup, 'doctor', '--from', file, '--format', 'json'],
		};
		for (const [what, make] of Object.entries(things)) {
			const files = Object.keys(commands).map((_, at) => `/home/eve/${at}.yaml`);
			await as(host, 'eve', files.map(file => `f=${file}; ${make}`).join('\n'));
			const ended = await Promise.all(
				Object.entries(commands).map(async ([name, argv], at) => ({name, ...(await measured(host, argv(files[at]!)))})),
			);
			for (const {name, code, seconds, megabytes, stdout, stderr} of ended) {
				const said = `${name}, ${what}: ${code} in ${seconds} s, ${megabytes} MB\n${stderr}`.slice(0, 2000);
				if (![1, 2, 64].includes(code) || seconds > 60 || megabytes > 600 || /MARK|\n {4}at /.test(stdout + stderr))
					broken.push(said);
			}
			await host.run(['bash', '-c', 'pkill -u eve; rm -rf /home/eve/?.yaml']);
		}
		expect(broken.join('\n\n')).toBe('');
	},
);
