/** The program as it is built: each of its bundles has a fault class of its own, and tells its own faults by their codes. */
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {buildProgram, checkout} from '../../host/support/setup.ts';

beforeAll(buildProgram, 120_000);

test.each([
	[['plan', '/nonexistent.yaml'], 64, '[answers.file]'],
	[['explain', 'no-such-thing'], 64, '[usage.no-step]'],
	[['--format', 'yaml'], 64, '[usage.option]'],
	[['doctor', '--from', '/nonexistent'], 64, '[usage.no-report]'],
])('setup %j tells its fault', (words, code, fault) => {
	const ran = spawnSync(process.execPath, [join(checkout, 'dist/cli.js'), ...words], {encoding: 'utf8'});
	expect(ran.stderr).toContain(fault);
	expect(ran.status).toBe(code);
});
