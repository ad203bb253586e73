/** `setup secrets`: what was generated can be seen by root, changed on the live system, and comes back where a proof fails. No value is in argv, log, journal or events. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {watchCommandLines} from './support/command-lines.ts';
import {leaksIn} from './support/leaks.ts';
import {lightHost} from './support/light.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {applyIn, buildProgram, setup} from './support/setup.ts';
import {hostTest} from './support/with-host.ts';

beforeAll(buildProgram, 300_000);

/** The second file is the proof: its check refuses what begins with "bad". */
const stack = `[step({
	id: 'app', title: 'Application', about: 'Two files with a password.', guide: 'none',
	questions: z.strictObject({
		password: questions.secret().meta({title: 'Password of the application', help: 'In two files.'}),
		other: questions.secret().meta({title: 'Of somebody else', help: 'Lies with them.'}),
	}),
	resources: ({password, other}) => [
		makers.file({path: '/etc/app.secret', text: [password, '\\n'], mode: 0o600, owner: 'root:root'}),
		makers.file({path: '/etc/app.proof', text: [password, '\\n'], mode: 0o600, owner: 'root:root', check: draft => ['/usr/local/bin/proof', draft]}, {needs: ['path:/etc/app.secret']}),
		makers.file({path: '/etc/app.other', text: [other, '\\n'], mode: 0o600, owner: 'root:root'}),
	],
})]`;

const read = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');

hostTest('list, show, rotate, set; a refused value is taken back everywhere', lightHost, async host => {
	await host.must(['tee', '/usr/local/bin/proof'], {stdin: '#!/bin/sh\n! grep -q ^bad "$1"\n'});
	await host.must(['chmod', '755', '/usr/local/bin/proof']);
	await host.must(['sh', '-c', 'umask 077; echo of-the-operator-1234 > /root/other']);
	ownStack(host, 'app', stack);
	const file = answersOf(host, 'app', {app: {password: {secret: 'generate'}, other: {file: '/root/other'}}});
	const applied = await applyIn(host, {file});
	expect([applied.outcome, applied.faults]).toEqual(['done', []]);
	const first = read(host, '/etc/app.secret').trim();

	const listed = await host.run([setup, 'secrets', 'list']);
	expect(listed.stdout).toMatch(/app\.password +Password of the application: generated/);
	expect(listed.stdout).toMatch(/app\.other +Of somebody else: \/root\/other/);
	expect(listed.stdout).not.toContain(first);

	const piped = await host.run([setup, 'secrets', 'show', 'app.password']);
	expect([piped.code, piped.stdout]).toEqual([1, '']);
	expect(piped.stderr).toMatch(/on a terminal only[\s\S]*--reveal/);
	expect((await host.run([setup, 'secrets', 'show', 'app.password', '--reveal'])).stdout).toBe(`${first}\n`);
	const asNobody = await host.run(['runuser', '-u', 'nobody', '--', setup, 'secrets', 'list']);
	expect([asNobody.code, asNobody.stdout]).toEqual([1, '']);
	expect((await host.run([setup, 'secrets', 'show', 'app.pasword', '--reveal'])).stderr).toMatch(/app\.password/);

	const watching = await watchCommandLines(host);
	const rotated = await host.run([setup, 'secrets', 'rotate', 'app.password', '--format', 'ndjson']);
	expect(rotated.code, rotated.stderr).toBe(0);
	const second = read(host, '/etc/app.secret').trim();
	expect(second).not.toBe(first);
	expect(read(host, '/etc/app.proof').trim()).toBe(second);
	expect((await host.run([setup, 'secrets', 'show', 'app.password', '--reveal'])).stdout).toBe(`${second}\n`);

	const set = await host.run([setup, 'secrets', 'set', 'app.password'], {stdin: 'good-and-long-enough-77\n'});
	expect(set.code, set.stderr).toBe(0);
	expect(read(host, '/etc/app.proof')).toBe('good-and-long-enough-77\n');

	const refused = await host.run([setup, 'secrets', 'set', 'app.password'], {stdin: 'bad-but-long-enough-88\n'});
	expect(refused.code).toBe(1);
	expect(refused.stderr).toMatch(/the value before comes back[\s\S]*is what it was before/);
	for (const path of ['/etc/app.secret', '/etc/app.proof'])
		expect(read(host, path), path).toBe('good-and-long-enough-77\n');
	expect((await host.run([setup, 'secrets', 'show', 'app.password', '--reveal'])).stdout).toBe(
		'good-and-long-enough-77\n',
	);
	expect(readdirSync(join(host.root, 'var/lib/host-setup'))).not.toContain('secrets-before.json');
	expect((await applyIn(host, {file})).changed).toBe(0);

	const others = await host.run([setup, 'secrets', 'rotate', 'app.other']);
	expect([others.code, others.stderr]).toEqual([
		1,
		expect.stringMatching(/lies in \/root\/other[\s\S]*Change it there/),
	]);

	const secrets = {first, second, set: 'good-and-long-enough-77', refused: 'bad-but-long-enough-88'};
	const {seen} = await watching.end();
	const state = join(host.root, 'var/lib/host-setup');
	const told = [
		...seen,
		read(host, '/var/lib/host-setup/journal.jsonl'),
		...readdirSync(join(state, 'events')).map(name => readFileSync(join(state, 'events', name), 'utf8')),
		rotated.stdout + rotated.stderr + set.stdout + set.stderr + refused.stdout + refused.stderr,
		await host.must(['journalctl', '--no-pager', '-o', 'cat']),
	].join('\n');
	expect(leaksIn(told, secrets)).toEqual([]);
});
