/** Programs in other languages that we carry: each is a file that its own interpreter accepts, and the bundler finds every one. */
import {spawnSync} from 'node:child_process';
import {globSync, readFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {describe, expect, test} from 'vitest';

const root = join(import.meta.dirname, '../../..');
const files = globSync('src/**/*.{py,sh}', {cwd: root}).toSorted();
const compile = 'import sys; compile(sys.stdin.read(), sys.argv[1], "exec")';
const there = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

describe.each(files)('%s', file => {
	const text = readFileSync(join(root, file), 'utf8');

	test('begins with what it is', () => {
		expect(text).toMatch(/^#.*\n/);
	});

	test.runIf(file.endsWith('.py')).each(['python3', 'python2.7'].filter(there))('is accepted by %s', python => {
		const {status, stderr} = spawnSync(python, ['-c', compile, file], {input: text, encoding: 'utf8'});
		expect({status, stderr}).toEqual({status: 0, stderr: ''});
	});

	test.runIf(file.endsWith('.sh')).each(['sh', 'bash'])('is accepted by %s', shell => {
		const {status, stderr} = spawnSync(shell, ['-n', join(root, file)], {encoding: 'utf8'});
		expect({status, stderr}).toEqual({status: 0, stderr: ''});
	});

	test('is called by a module that the bundler looks into', () => {
		const callers = globSync('src/**/*.ts', {cwd: root}).filter(one =>
			[...readFileSync(join(root, one), 'utf8').matchAll(/textBeside\(import\.meta\.url, '([^']+)'\)/g)].some(
				([, name = '']) => join(dirname(one), name) === file,
			),
		);
		expect(callers.map(one => basename(one)).filter(name => /script\.ts$/.test(name)).length).toBeGreaterThan(0);
	});
});
