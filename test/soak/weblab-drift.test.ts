/** WebLab-Deusto once installed: what somebody breaks is seen as itself and mended, what only its making takes is told, and what it would die of is refused. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect} from 'vitest';
import {brokenAndMended} from '../host/support/drift.ts';
import {applyIn, buildProgram, planIn} from '../host/support/setup.ts';
import {onWeblab, settled} from '../host/support/weblab.ts';
import {weblabBreakages} from '../host/support/weblab-breakages.ts';
import {hostTest} from '../host/support/with-host.ts';

beforeAll(buildProgram, 300_000);

const config = '/srv/weblab/deployments/example/core_host_config.py';

describe('WebLab-Deusto, installed', () => {
	hostTest('each broken thing is seen as itself, and the next apply mends it', onWeblab(), async host => {
		await settled(host);
		expect(await brokenAndMended(host, weblabBreakages)).toEqual([]);
	});

	hostTest(
		'what only the making takes is told when it is answered anew, with what may change',
		onWeblab(),
		async host => {
			await settled(host);
			for (const [key, value] of [
				['instance.cores', 2],
				['instance.base', '/deusto'],
				['instance.admin', 'other'],
				['mariadb.database', 'Other'],
				['scheduling.by', 'mysql'],
			] as const) {
				const planned = await planIn(host, {set: {[key]: value}});
				expect([key, planned.notOk.filter(line => line.startsWith('instance:'))]).toEqual([
					key,
					[expect.stringMatching(/^instance:\S+ failed: \/srv\/weblab\/deployments\/example was made with /)],
				]);
			}
			const changed = await applyIn(host, {
				set: {'instance.host': 'lab.example.org', 'instance.identifier': `The "lab" of O'Brien, 50 % é 漢 $HOME`},
			});
			expect(changed.faults).toEqual([]);
			expect(
				await host.must([
					'python3',
					'-c',
					`import ast; print(dict((n.targets[0].id, ast.literal_eval(n.value)) for n in ast.parse(open(${JSON.stringify(config)}).read()).body)['core_universal_identifier_human'])`,
				]),
			).toBe(`The "lab" of O'Brien, 50 % é 漢 $HOME\n`);
		},
	);

	hostTest('passwords that WebLab-Deusto cannot use are refused before anything changes', onWeblab(), async host => {
		await settled(host);
		for (const password of [`it's`, 'say "no"', 'two words', 'a%41b', 'a$HOME', 'ünï€', 'a@b/c:d'].map(
			one => `${one}-and-longer`,
		)) {
			writeFileSync(join(host.root, 'root/password'), password, {mode: 0o600});
			const applied = await applyIn(host, {set: {'mariadb.password': {file: '/root/password'}}});
			expect([password, applied.code, applied.changes]).toEqual([password, expect.any(Number), []]);
			expect(applied.code, password).not.toBe(0);
			expect(`${applied.faults.join()}${applied.stderr}`, password).toContain('instance.password');
			expect(`${applied.stdout}${applied.stderr}`, password).not.toContain(password);
		}
		expect((await planIn(host)).notOk).toEqual([]);
	});
});
