/** A run that failed while nobody watched: status, attach, doctor and the wizard say at which step, why, and what to do. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import {lightHost} from './support/light.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {applyIn, buildProgram, setup} from './support/setup.ts';
import {until} from './support/until.ts';
import {hostTest} from './support/with-host.ts';
import {openWizard} from './support/wizard.ts';

beforeAll(buildProgram, 300_000);

const stack = `[step({
	id: 'first', title: 'First', about: 'It works.', guide: 'none', questions: z.strictObject({}),
	resources: () => [makers.file({path: '/etc/first', text: 'one\\n', mode: 0o644, owner: 'root:root'})],
}), step({
	id: 'second', title: 'Second', about: 'It cannot be written.', guide: 'none',
	questions: z.strictObject({words: questions.oneLine({max: 40}).meta({title: 'Words', help: 'Of the second.', example: 'two'})}),
	resources: ({words}) => [
		makers.file({path: '/mnt/ro/second', text: words + '\\n', mode: 0o644, owner: 'root:root'}, {needs: ['path:/etc/first']}),
		makers.file({path: '/etc/third', text: 'three\\n', mode: 0o644, owner: 'root:root'}, {needs: ['path:/mnt/ro/second']}),
		makers.file({path: '/etc/fourth', text: 'four\\n', mode: 0o644, owner: 'root:root'}, {needs: ['path:/mnt/ro/second']}),
	],
})]`;

type Row = {readonly key: string; readonly state: string; readonly says: string};

hostTest('is told by status and attach, once by the doctor, and setup opens its failure', lightHost, async host => {
	await host.must(['sh', '-ec', 'mkdir -p /mnt/ro; mount -t tmpfs -o ro tmpfs /mnt/ro']);
	ownStack(host, 'half', stack);
	const file = answersOf(host, 'half', {first: {}, second: {words: 'two'}});
	const applied = await applyIn(host, {file});
	expect(applied.outcome).toBe('failed');

	const status = await host.run([setup, 'status']);
	expect(status.code).toBe(2);
	for (const part of [
		/last run +half, .*failed/,
		/second: .*read-only/i,
		/3 of 4 changes are still to be made/,
		/next: setup shows it.*setup apply \/root\/half\.yaml goes on/,
	])
		expect(status.stdout).toMatch(part);
	const attached = await host.run([setup, 'attach']);
	expect(attached.stderr).toMatch(/ended as failed[\s\S]*read-only[\s\S]*3 of 4 changes[\s\S]*setup shows it/i);

	const doctor = await host.run([setup, 'doctor', 'stack.drift', '--format', 'json']);
	const {rows} = JSON.parse(doctor.stdout) as {readonly rows: readonly Row[]};
	expect(rows.map(({key, state, says}) => [key, state, says])).toEqual([
		[
			'stack.drift[half]',
			'warn',
			expect.stringMatching(
				/^the installation did not finish: second failed: .*read-only.*; 3 of 4 changes are still to be made$/i,
			),
		],
	]);

	await using pty = await openWizard(host, 'Try again');
	const shown = pty.text();
	expect(shown).toMatch(/Second: .*read-only/i);
	for (const choice of [
		'Change an answer',
		'Try again',
		'Open a shell',
		'Skip it',
		'Undo the step',
		'Save a report',
		'Leave',
	])
		expect(shown).toContain(choice);
	await host.must(['umount', '/mnt/ro']);
	pty.type('\u001b[H\u001b[B\r');
	await until(() => existsSync(join(host.root, 'etc/fourth')), {
		deadline: 60_000,
		what: `the rest of it\n${pty.text()}`,
	});
	await pty.until(/Try again|setup doctor/, 60_000);
	pty.type('\u0003');
	expect((await host.run(['cat', '/mnt/ro/second', '/etc/third', '/etc/fourth'])).stdout).toBe('two\nthree\nfour\n');
	expect((await host.run([setup, 'status'])).stdout).toMatch(/last run +half, .*done/);
});
