/**
 * The collection against three booted hosts, with the newest and the oldest ansible-core that it is for: a first run in which one host loses its connection and another one its
 * power, a second run that changes nothing, a check that finds one host's drift, faults as they are told, and a secret that no -vvv shows.
 */
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {execa} from 'execa';
import {beforeAll, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {type Controller, controllerOf, troubles} from '../host/support/ansible.ts';
import {watchCommandLines} from '../host/support/command-lines.ts';
import {ownStack} from '../host/support/own-stacks.ts';
import {buildProgram, checkout, setup} from '../host/support/setup.ts';
import {lineTo} from '../host/support/ssh.ts';
import {until} from '../host/support/until.ts';
import {machineTest, type Want, withHost, withPackages} from '../host/support/with-host.ts';

const newest = '2.19.14';
/** Debian 12's. */
const oldest = '2.14.18';
const secret = 'a-secret-of-the-fleet-4711';

const want: Want = {
	layer: withPackages('managed', ['openssh-server', 'python3', 'libatomic1', 'iptables']),
	binds: [bring(checkout)],
	timeout: 1_200_000,
};

beforeAll(buildProgram, 300_000);

/** Something at once, something that takes its time, and something after it. */
const steps = `[step({
	id: 'app', title: 'Application', about: 'Of a test.', guide: 'none',
	questions: z.strictObject({
		words: questions.oneLine({max: 100}).meta({title: 'Words', help: 'In a file.', example: 'some'}),
		password: questions.secret().meta({title: 'Password', help: 'In a file of root alone.'}),
	}),
	resources: ({words, password}) => [
		makers.file({path: '/etc/fleet-words', text: [words, '\\n'], mode: 0o644, owner: 'root:root'}),
		makers.file({path: '/etc/fleet-password', text: [password, '\\n'], mode: 0o600, owner: 'root:root'}),
		makers.file({path: '/etc/systemd/system/slow.service', text: ['[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/sleep 20\\n[Install]\\nWantedBy=multi-user.target\\n'], mode: 0o644, owner: 'root:root'}, {needs: ['path:/etc/fleet-words', 'path:/etc/fleet-password']}),
		makers.unit({name: 'slow.service', enabled: true, running: true}, {needs: ['path:/etc/systemd/system/slow.service']}),
		makers.file({path: '/etc/fleet-last', text: ['last\\n'], mode: 0o644, owner: 'root:root'}, {needs: ['unit:slow.service']}),
	],
})]`;

const answers = {version: 1, stack: 'fleet', app: {words: 'all is well', password: {env: 'APP_PASSWORD'}}};

/** The program as one file: here a way to the checkout that every host sees. */
const program = `#!/bin/sh\nexec ${setup} "$@"\n`;

const play = (controller: Controller, more: Readonly<Record<string, unknown>> = {}): string =>
	controller.put(
		'site.yml',
		JSON.stringify([
			{
				hosts: 'fleet',
				gather_facts: false,
				max_fail_percentage: 50,
				roles: [
					{
						role: 'host_setup.setup.stack',
						vars: {
							host_setup_package: join(controller.folder, 'setup-0.1.0'),
							host_setup_sums: join(controller.folder, 'SHA256SUMS'),
							host_setup_program: '/usr/local/bin/setup',
							host_setup_answers: answers,
							host_setup_secrets: {APP_PASSWORD: '{{ app_password }}'},
							host_setup_doctor_checks: ['stack'],
							...more,
						},
					},
				],
			},
		]),
	);

const read = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');

machineTest('three hosts, from an inventory to an undo', want, async () => {
	await withHost(want, one => withHost(want, two => withHost(want, three => fleet([one, two, three]))));
});

const fleet = async (hosts: readonly [ThrowAway, ThrowAway, ThrowAway]): Promise<void> => {
	const lines = await Promise.all(hosts.map(lineTo));
	const controller = await controllerOf(
		hosts.map(({address}, at) => ({name: `host${at + 1}`, address, key: lines[at]!.key})),
		newest,
	);
	try {
		for (const host of hosts) ownStack(host, 'fleet', steps);
		controller.put('setup-0.1.0', program, 0o755);
		const vars = ['-e', `@${controller.put('vault.json', JSON.stringify({app_password: secret}))}`];
		await onlyWithItsSum(controller, vars);
		await firstRun(hosts, lines, controller, vars);
		await laterRuns(hosts, controller, vars);
		await doctors(controller);
		await undo(controller);
	} finally {
		for (const line of lines) line.remove();
		controller.remove();
	}
};

const onlyWithItsSum = async (controller: Controller, vars: readonly string[]): Promise<void> => {
	controller.put('SHA256SUMS', `${'0'.repeat(64)}  setup-0.1.0\n`);
	const refused = await controller.play([play(controller), ...vars]);
	expect(refused.code).not.toBe(0);
	expect(refused.text).toContain('is not what its sum says');
	controller.put('SHA256SUMS', `${createHash('sha256').update(program).digest('hex')}  setup-0.1.0\n`);
};

/** The first host is not to be heard of for a while, the second one is switched off and on, the third one is left alone. */
const firstRun = async (
	[one, two, three]: readonly [ThrowAway, ThrowAway, ThrowAway],
	[line]: readonly {drop(): void; restore(): void}[],
	controller: Controller,
	vars: readonly string[],
): Promise<void> => {
	const watching = await watchCommandLines(three);
	const playing = controller.play([play(controller), '-vvv', '--diff', ...vars]);
	const begun = (host: ThrowAway) =>
		until(async () => (await host.run(['systemctl', 'is-active', 'slow.service'])).stdout.startsWith('activating'), {
			deadline: 240_000,
			every: 300,
			what: 'the slow unit',
		});
	const disturbed = Promise.all([
		begun(one).then(async () => {
			line!.drop();
			await pause(25_000);
			line!.restore();
		}),
		begun(two).then(() => two.reboot()),
	]);
	const first = await playing;
	await disturbed;
	const lines = (await watching.end()).seen;
	expect(first.code, troubles(first)).toBe(0);
	for (const name of ['host1', 'host2', 'host3'])
		expect(first.recap[name]?.['changed'], troubles(first)).toBeGreaterThan(0);
	expect(first.text).toMatch(/host1[^\n]*UNREACHABLE/);
	expect(first.text).toMatch(/host2[^\n]*(UNREACHABLE|MODULE)/);
	for (const host of [one, two, three]) {
		expect(read(host, '/etc/fleet-last')).toBe('last\n');
		expect(read(host, '/etc/fleet-password')).toBe(`${secret}\n`);
		expect(read(host, '/etc/host-setup/answers/fleet.yaml')).not.toContain(secret);
	}
	// Over a connection that was lost no run was begun a second time; after the reboot the one that was cut off was gone on with.
	const runs = async (host: ThrowAway): Promise<readonly string[]> =>
		(JSON.parse((await host.run([setup, 'log', '--format', 'json'])).stdout) as {runs: {outcome: string}[]}).runs.map(
			({outcome}) => outcome,
		);
	expect(await runs(one)).toEqual(['done']);
	expect(await runs(two)).toEqual(['done', expect.stringMatching(/cut off|interrupted|failed/)]);
	// The doctor has no secret that came with the apply: that is nothing that it found.
	expect(first.text).not.toContain('changed since setup installed it');
	expect(first.text).not.toContain(secret);
	expect(lines.join('\n')).not.toContain(secret);
	expect(lines.join('\n')).toContain('apply');
};

const laterRuns = async (
	[, , three]: readonly [ThrowAway, ThrowAway, ThrowAway],
	controller: Controller,
	vars: readonly string[],
): Promise<void> => {
	for (const version of [newest, oldest]) {
		const other = await controller.as(version);
		const second = await other.play([play(controller), '-vvv', ...vars]);
		expect(second.code, troubles(second)).toBe(0);
		expect(Object.values(second.recap).map(({changed}) => changed)).toEqual([0, 0, 0]);
		expect(second.text).not.toContain(secret);

		writeFileSync(join(three.root, 'etc/fleet-words'), 'all is lost\n');
		const checked = await other.play([play(controller), '--check', '--diff', ...vars]);
		expect(checked.code, troubles(checked)).toBe(0);
		expect(Object.values(checked.recap).map(({changed}) => changed)).toEqual([0, 0, 1]);
		expect(checked.text).toMatch(/-all is lost\n\+all is well/);
		expect(read(three, '/etc/fleet-words')).toBe('all is lost\n');
		const mended = await other.play([play(controller), ...vars]);
		expect(
			Object.values(mended.recap).map(({changed}) => changed),
			troubles(mended),
		).toEqual([0, 0, 1]);

		const wrong = await other.play([play(controller, {host_setup_answers: {...answers, app: {words: 7}}}), ...vars]);
		expect(wrong.code).not.toBe(0);
		expect(wrong.text).toMatch(/\[answers\.bad\] .*setup answers/);
	}
};

const doctors = async (controller: Controller): Promise<void> => {
	const gathered = await controller.play(['host_setup.setup.doctor', '-e', 'host_setup_program=/usr/local/bin/setup']);
	expect(gathered.code, troubles(gathered)).toBe(0);
	expect(gathered.text).toMatch(/DOCTOR \*+\n\d of 3 hosts /);
	const reports = join(controller.folder, 'reports');
	const told = await execa(join(checkout, 'setup'), ['doctor', '--from', reports], {reject: false});
	expect(told.stdout).toMatch(/^3 hosts: 3 Debian GNU\/Linux 12 \(bookworm\)/);
	expect(told.stdout).toMatch(/3 of 3 hosts: /);
	const facts = await controller.run('ansible', ['fleet', '-m', 'setup', '-a', 'filter=ansible_local']);
	expect(facts.text.match(/"verdict": "\w+"/g)?.length, facts.text).toBe(3);
};

const undo = async (controller: Controller): Promise<void> => {
	const words = ['fleet', '-m', 'host_setup.setup.undo', '-a', 'stack=fleet setup=/usr/local/bin/setup'];
	const count = (text: string, what: string): number => text.split(`"changed": ${what}`).length - 1;
	const would = await controller.run('ansible', [...words, '--check']);
	expect([would.code, count(would.text, 'true')], would.text).toEqual([0, 3]);
	// On one of them somebody had edited a file before it was mended: with the mend taken back that is theirs again, and told.
	const edited = (text: string): number =>
		text.match(/"sentence": "1 things were edited since: file:\/etc\/fleet-words/g)?.length ?? 0;
	const gone = await controller.run('ansible', words);
	expect([gone.code, count(gone.text, 'true')], gone.text).toEqual([2, 3]);
	expect(new Set(gone.text.match(/^\w+ \| FAILED/gm)).size, gone.text).toBe(1);
	expect(edited(gone.text), gone.text).toBeGreaterThan(0);
	const again = await controller.run('ansible', words);
	expect([again.code, count(again.text, 'true')], again.text).toEqual([2, 0]);
	expect(new Set(again.text.match(/^\w+ \| FAILED/gm)).size, again.text).toBe(1);
};
