/** Where setup installed the stack, the doctor expects what was answered: hand edits since are shown as such, and mended. */
import {readFileSync, writeFileSync} from 'node:fs';
import {describe, expect} from 'vitest';
import {plain} from '../support/answers.ts';
import {breakages} from '../support/breakages.ts';
import {onInstalled} from '../support/installed.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {doctorIn, shown} from './support/recipes.ts';

/** An entry, a role, a directory: the plan that sees them sees the rest as well. */
const tried = ['an LDAP attribute changed', 'a role made superuser', 'a directory open to all'];

describe('an installed stack', () => {
	hostTest(
		'is as it was installed, shows what was changed by hand, and gets it back',
		onInstalled(plain),
		async host => {
			buildProgram();
			const healthy = await doctorIn(host, 'stack', 'doctor.state', 'ldap', 'postgres');
			expect(shown(healthy.report.rows.filter(row => row.state !== 'ok'))).toBe('');
			expect(healthy.report.rows.find(row => row.check === 'doctor.state')?.layers.file).toMatchObject({
				value: ['ipynbsrv'],
			});

			// As a setup left it that did not yet write down what to expect.
			const judged = async () =>
				(await doctorIn(host, 'ldap', 'postgres', 'django', 'nginx')).report.rows.map(({key, state, expected}) => ({
					key,
					state,
					expected,
				}));
			const today = await judged();
			const path = `${host.root}/var/lib/host-setup/state.json`;
			const kept = readFileSync(path, 'utf8');
			const older = JSON.parse(kept) as {readonly installed: Readonly<Record<string, {expects?: unknown}>>};
			for (const one of Object.values(older.installed)) {
				expect(Object.keys(one.expects ?? {}).length).toBeGreaterThan(5);
				delete one.expects;
			}
			writeFileSync(path, JSON.stringify(older));
			expect(await judged()).toEqual(today);
			writeFileSync(path, kept);

			const edits = breakages.filter(one => tried.includes(one.what));
			expect(edits.length).toBe(tried.length);
			for (const {breaks} of edits)
				for (const {argv, stdin} of breaks) await host.must(argv, stdin === undefined ? {} : {stdin});
			const {report, code} = await doctorIn(host, 'stack.drift', '--fail-on', 'warn');
			expect(report.rows.map(row => row.item).toSorted()).toEqual(edits.flatMap(one => one.sees).toSorted());
			for (const row of report.rows)
				expect(row).toMatchObject({
					state: 'warn',
					says: expect.stringMatching(/^changed since setup installed it: /),
					fixable: true,
				});
			expect(code).toBe(1);

			const fixed = await host.run([setup, 'doctor', 'fix', 'stack.drift', '--yes'], {timeout: 300_000});
			expect(fixed, `${fixed.stdout}${fixed.stderr}`).toMatchObject({code: 0});
			expect(shown((await doctorIn(host, 'stack.drift')).report.rows.filter(row => row.state !== 'ok'))).toBe('');
			expect(await host.run([setup, 'undo', '--step', 'stack.drift', '--plan'])).toMatchObject({
				code: 0,
				stdout: expect.stringMatching(/undone|already|would/),
			});
		},
	);
});
