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

	const checkers: readonly (readonly [string, ...string[]])[] = file.endsWith('.py')
		? ['python3', 'python2.7'].filter(there).map(python => [python, '-c', compile, file] as const)
		: ['sh', 'bash'].map(shell => [shell, '-n', join(root, file)] as const);

	test.each(checkers)('is accepted by %s', (program, ...args) => {
		const {status, stderr} = spawnSync(program, args, {input: text, encoding: 'utf8'});
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
