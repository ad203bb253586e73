/** A first install that fails for real (/usr/local/src is mounted read-only): what the screen offers, each tried. */
import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import {chooseIpynbsrv} from '../ui/support/choose.ts';
import type {Pty} from '../ui/support/pty.ts';
import {leaksIn} from './support/leaks.ts';
import {buildProgram, checkout} from './support/setup.ts';
import {sshd} from './support/ssh.ts';
import {until} from './support/until.ts';
import {hostTest} from './support/with-host.ts';
import {openWizard, pastPreflight, toReview, typedOnce} from './support/wizard.ts';

hostTest(
	'a file system that is read-only: log, shell, report, skip, undo, leave',
	{layer: sshd, binds: [bring(checkout)], timeout: 1_200_000},
	async host => {
		buildProgram();
		await host.must(['mount', '-t', 'tmpfs', '-o', 'ro', 'tmpfs', '/usr/local/src']);
		await using pty = await openWizard(host, 'What shall be done?');
		await chooseIpynbsrv(pty);
		await pty.until('Can this host take it?');
		await pastPreflight(pty);
		await toReview(pty);
		// A step, one of its lines, and what that stands for.
		pty.type('\r');
		await pty.until(/apt:packages/);
		pty.type('\u001b[B');
		await pty.until(/▸\s+\+ apt:packages/);
		pty.type('\r');
		await pty.until(/It stands for:[\s\S]*run .*apt-get/, 20_000);
		pty.type('\u001b');
		await pty.until(/i install/);
		pty.type('i');
		// What does not need the sources goes on to its end: nearly a whole install.
		await pty.until('Try again', 600_000);
		const failed = pty.text();
		expect(failed).toMatch(/✖|stopped/);
		expect(failed).toMatch(/read-only file system/);
		expect(failed).not.toMatch(/defect of setup/);

		// The log, searched.
		pty.type('l');
		await pty.until(/search/);
		pty.type('/apt\r');
		await pty.quiet();
		expect(pty.text()).toMatch(/apt/);
		pty.type('\u001b');
		await pty.until('Try again');

		await pick(pty, /Open a shell/);
		pty.type('\r');
		await pty.until('[setup]');
		expect(pty.modes().alternate).toBe(false);
		pty.type('echo "shell in $PWD as $(id -un)"; exit 7\r');
		await pty.until('left with 7');
		expect(pty.modes().alternate).toBe(true);
		expect(pty.history()).toMatch(/shell in \/\S* as root/);

		await pick(pty, /Save a report/);
		pty.type('\r');
		await pty.until(/host-setup-report/);
		pty.type('\u0015/root/report.txt\r');
		await pty.until('Written');
		const report = join(host.root, 'root/report.txt');
		expect(statSync(report).mode & 0o777).toBe(0o600);
		expect(leaksIn(readFileSync(report, 'utf8'), {typed: typedOnce})).toEqual([]);
		expect(readFileSync(report, 'utf8')).toMatch(/stack ipynbsrv, run \S+: failed/);

		// What skips or undoes wants its word, and a wrong one does nothing.
		await pick(pty, /Skip it/);
		pty.type('\r');
		await pty.until(/What needs it is then not/, 30_000);
		await pty.quiet(400);
		pty.type('x\r');
		await pty.until(/Type the word skip/);
		pty.type('\u001b');
		await pty.until('Try again');

		await pick(pty, /Undo the step/);
		pty.type('\r');
		await pty.until(/Undo what the step/);
		await typeWord(pty, 'undo');
		await pty.until(/undone/, 60_000);
		pty.type('\r');
		await pty.until(/review ·/, 60_000);

		pty.type('\u0003');
		expect((await pty.ended).code).toBe(130);
	},
);

/** Moves to an item of the failure's list. */
const pick = async (pty: Pty, item: RegExp): Promise<void> => {
	const at = (): string => pty.screen().find(row => /^\s*▸ /.test(row)) ?? '';
	pty.type('\u001b[H');
	await until(() => /Change an answer/.test(at()), {what: `the top of the list\n${pty.text()}`});
	for (let turn = 0; turn < 10; turn++) {
		if (item.test(at())) return;
		const before = at();
		pty.type('\u001b[B');
		await until(() => at() !== before, {
			deadline: 3000,
			what: `another item than ${before} on the way to ${String(item)}\n${pty.text()}`,
		});
	}
	throw new Error(`no ${String(item)}\n${pty.text()}`);
};

/** Keys of the first moments do not count: the word is typed again until it is taken. */
const typeWord = async (pty: Pty, word: string): Promise<void> => {
	await until(
		async () => {
			pty.type(`\u0015${word}`);
			await pty.quiet(200);
			return pty.text().includes(`${word}`) && pty.screen().some(row => row.trim().endsWith(word));
		},
		{deadline: 10_000, what: `the word ${word}\n${pty.text()}`},
	);
	pty.type('\r');
};
