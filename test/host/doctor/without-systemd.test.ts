/** The doctor where another program than systemd is the first process, as in a container: what only systemd could tell does not apply, and that is said once. */
import {expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {hostTest, withPackages} from '../support/with-host.ts';
import {withProgram} from './support/recipes.ts';

/** In namespaces of its own, where a shell is the first process and nothing of systemd is left. */
const doctor = (host: ThrowAway, as: readonly string[], format: 'json' | 'text') =>
	host.run(
		[
			'unshare',
			'--mount',
			'--pid',
			'--fork',
			'--mount-proc',
			'sh',
			'-euc',
			'mount -t tmpfs none /run/systemd; chmod 755 /run/systemd; exec "$@"',
			'sh',
			...as,
			setup,
			'doctor',
			'--format',
			format,
		],
		{timeout: 120_000},
	);

hostTest(
	'takes a program in a pid namespace of its own for none of the host, as root and not',
	withProgram({layer: withPackages('node', ['libatomic1']), network: 'none'}),
	async host => {
		buildProgram();
		const servers = async (...as: readonly string[]): Promise<readonly string[]> => {
			const {stdout} = await host.run([...as, setup, 'doctor', 'appserver', '-v', '--format', 'json'], {
				timeout: 120_000,
			});
			return (JSON.parse(stdout) as Report).rows.flatMap(({item}) =>
				item?.startsWith('process ') === true ? [item] : [],
			);
		};
		const nobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--'];
		await host.must(['cp', '/bin/sleep', '/usr/local/bin/gunicorn']);
		const start = (unit: string, ...words: readonly string[]) =>
			host.must([
				'sh',
				'-c',
				'systemd-run --quiet --scope --unit="$0" "$@" >/dev/null 2>&1 & until grep -qsx gunicorn /proc/[0-9]*/comm; do :; done',
				unit,
				...words,
				'/usr/local/bin/gunicorn',
				'9999',
			]);
		await start('inside', 'unshare', '--pid', '--fork', '--kill-child');
		expect([await servers(), await servers(...nobody)]).toEqual([[], []]);
		// The first process of a namespace hears no TERM.
		await host.must(['systemctl', 'kill', '--signal=KILL', 'inside.scope']);
		await start('here');
		expect([await servers(), await servers(...nobody)]).not.toContainEqual([]);
		await host.must(['systemctl', 'kill', '--signal=KILL', 'here.scope']);
	},
);

hostTest(
	'says once that systemd does not run, to root and to others',
	withProgram({layer: withPackages('node', ['libatomic1']), network: 'none'}),
	async host => {
		buildProgram();
		for (const as of [[], ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--']]) {
			const {rows} = JSON.parse((await doctor(host, as, 'json')).stdout) as Report;
			const asking = rows.filter(row => row.why?.because === 'no-systemd');
			expect(asking.map(row => row.state)).toEqual(asking.map(() => 'na'));
			expect(asking.map(row => row.check)).toContain('host.failed-units');
			const text = (await doctor(host, as, 'text')).stdout.replaceAll(/\s+/g, ' ');
			expect(text.match(/not applicable \(\d+ asks? systemd, which does not run here\)/g), text).toHaveLength(1);
			expect(text).not.toContain('systemd does not run here');
		}
		// The same host with systemd in charge knows of none.
		const {stdout} = await host.run([setup, 'doctor', '--format', 'json'], {timeout: 120_000});
		expect((JSON.parse(stdout) as Report).rows.filter(row => row.why?.because === 'no-systemd')).toEqual([]);
	},
);
