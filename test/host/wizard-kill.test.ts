/** SIGKILL of the screen, of the runner, of both, on every screen: the next `setup` goes on from there, and nothing is asked twice. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {chooseIpynbsrv} from '../ui/support/choose.ts';
import type {Pty} from '../ui/support/pty.ts';
import {holdAptLock} from './support/apt-lock.ts';
import {answerAll, askedNow} from './support/operator.ts';
import {buildProgram, checkout} from './support/setup.ts';
import {sshd} from './support/ssh.ts';
import {until} from './support/until.ts';
import {hostTest} from './support/with-host.ts';
import {openWizard, pastPreflight, smallReplies, toReview, typedOnce} from './support/wizard.ts';

hostTest(
	'killed on every screen, it goes on there',
	{layer: sshd, binds: [bring(checkout)], timeout: 600_000},
	async host => {
		buildProgram();
		const first = await openWizard(host, 'What shall be done?');
		await die(first);

		const preflight = await openWizard(host, 'What shall be done?');
		await chooseIpynbsrv(preflight);
		await preflight.until('Can this host take it?');
		await die(preflight);

		const question = await openWizard(host, 'What shall be done?');
		await question.until(/Go on with|ipynbsrv/);
		question.type('\r');
		await question.until(/Can this host take it\?|step \d+ of/);
		await pastPreflight(question);
		const asked = [...(await answerAll(question, smallReplies, step => step === 'PostgreSQL'))];
		question.type('half an ans');
		await die(question);
		expect(readFileSync(join(host.root, 'var/lib/host-setup/state.json'), 'utf8')).not.toContain(typedOnce);

		const further = await openWizard(host, 'Go on with ipynbsrv');
		further.type('\r');
		await until(() => askedNow(further) !== undefined, {what: `the question it was left at\n${further.text()}`});
		asked.push(...(await answerAll(further, smallReplies, /review ·/)));
		expect(asked.filter((key, index) => asked.indexOf(key) !== index)).toEqual([]);
		await die(further);

		const review = await openWizard(host, 'Go on with ipynbsrv');
		review.type('\r');
		await review.until(/step (\d+) of \1\b/);
		await toReview(review);
		const lock = await holdAptLock(host);
		try {
			review.type('i');
			await review.until(/waits? for|waiting for/, 60_000);
			await die(review);

			// The screen is gone, the run waits for the lock; the runner is next.
			const watching = await openWizard(host, 'Watch the run in progress');
			watching.type('\r');
			await watching.until('installing');
			await killRunner(host);
			await watching.until(/Go on from where it stopped|Try again/, 20_000);
			expect(watching.text()).toMatch(/killed/);
			await die(watching);

			const again = await openWizard(host, 'Go on with ipynbsrv');
			expect(again.text()).not.toContain('Watch the run in progress');
			again.type('\r');
			await again.until(/step (\d+) of \1\b/);
			await toReview(again);
			again.type('i');
			await again.until(/waits? for|waiting for/, 60_000);
			// Both at once.
			await Promise.all([die(again), killRunner(host)]);

			const last = await openWizard(host, 'Go on with ipynbsrv');
			last.type('\r');
			await last.until(/step (\d+) of \1\b/);
			last.type('\u0003');
			expect((await last.ended).code).toBe(130);
			expect(last.history()).toContain('Go on with: setup');
			await last.close();
		} finally {
			await lock.release();
		}
	},
);

/** The program that draws, not the launcher that gives the terminal back. */
const die = async (pty: Pty): Promise<void> => {
	const node = await until(() => children(pty.pid).find(pid => /(^|\/)node\0/.test(commandOf(pid))), {
		what: 'the process that draws',
	});
	process.kill(node, 'SIGKILL');
	await pty.ended;
	await until(() => !pty.modes().alternate && !pty.modes().paste, {what: `the terminal given back\n${pty.text()}`});
	await pty.close();
};

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

const children = (pid: number): readonly number[] => {
	const direct = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
	return [pid, ...direct.flatMap(children)];
};

const killRunner = async (host: ThrowAway): Promise<void> => {
	const {pid} = JSON.parse(readFileSync(join(host.root, 'var/lib/host-setup/run.json'), 'utf8')) as {pid: number};
	await host.must(['kill', '-KILL', String(pid)]);
};
