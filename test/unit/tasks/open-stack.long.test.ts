/** One way in for answers, whatever they are handed over by. */
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;

test('a pipe, which gives its text once, is as good as a file', async () => {
	const check = (given: string) =>
		promisify(execFile)('bash', ['-c', `"$0" src/cli.ts answers check ${given}`, process.execPath], {cwd: root});
	const named = await check('fixtures/answers/ipynbsrv.yaml');
	const piped = await check('<(cat fixtures/answers/ipynbsrv.yaml)');
	expect(named.stdout).toContain('postgres.password');
	expect(piped.stdout.replaceAll(/\/dev\/fd\/\d+/g, 'fixtures/answers/ipynbsrv.yaml')).toBe(named.stdout);
});
