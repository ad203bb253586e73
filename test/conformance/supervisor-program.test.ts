// packages: supervisor
// releases: bookworm bullseye trixie
import {readFile, rm, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {supervisorProgram} from '#resources/supervisor/program.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';
import {hostileFiles, pythonReads, weRead} from './supervisor-python.ts';

const file = '/etc/supervisor/conf.d/conform.conf';
const write = (command: string): Promise<void> =>
	writeFile(file, `[program:conform]\ncommand=${command}\nstartretries=1\n`);
const control = (...words: readonly string[]) => execa('supervisorctl', words, {reject: false});
const fresh = async (): Promise<void> => {
	await rm(file, {force: true});
	await control('stop', 'conform');
	await control('update');
	await write('/bin/sleep infinity');
};
const wanted = () => supervisorProgram({name: 'conform', file, running: true}, {needs: []});

conformance('supervisor-program', [
	{
		name: 'a new program',
		prepare: fresh,
		resource: wanted,
		breakIt: async () => void (await control('stop', 'conform')),
		touches: ['/etc/supervisor'],
		rows: async () => (await control('status')).stdout.replaceAll(/pid.*/g, ''),
		seconds: 120,
	},
]);

describe('supervisor-program', () => {
	const bench = createBench('/tmp/conformance-supervisor');

	it('a program that dies at once is a fault, with where to look', async () => {
		await fresh();
		await write('/bin/false');
		await expect(bench.converge(wanted())).rejects.toMatchObject({code: 'supervisor.program'});
	}, 60_000);

	it('one with another file is started anew with it', async () => {
		await fresh();
		await bench.converge(wanted());
		await write('/bin/sleep 123456');
		await bench.converge(wanted());
		const pid = (await control('pid', 'conform')).stdout.trim();
		expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toBe(['/bin/sleep', '123456', ''].join('\0'));
	}, 60_000);
});

describe('what supervisor reads', () => {
	it('is read by us as by its own Python, also where it is hostile', async () => {
		const cases = hostileFiles(4000);
		const theirs = await pythonReads(cases);
		const ours = cases.map(weRead);
		for (const [at, files] of cases.entries()) expect(ours[at], JSON.stringify(files)).toEqual(theirs[at]);
		expect(theirs.some(({refused}) => refused)).toBe(true);
	}, 60_000);
});
