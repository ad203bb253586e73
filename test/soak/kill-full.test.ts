/** The whole stack, its run killed by SIGKILL at ten random moments and started again each time: it ends as the one that nobody disturbed. */
import {randomInt} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {expect} from 'vitest';
import {readJournal} from '#engine/journal.ts';
import {unpaid} from '#engine/unpaid.ts';
import {type Digest, digestDiff} from '#rehearse/digest.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {plain, putAnswers} from '../host/support/answers.ts';
import {onInstalled, secretsOf} from '../host/support/installed.ts';
import {expectLogins} from '../host/support/logins.ts';
import {answersFile, applyIn, buildProgram, checkout, planIn, setup} from '../host/support/setup.ts';
import {until} from '../host/support/until.ts';
import {hostTest, withHost} from '../host/support/with-host.ts';
import {worldOf} from '../host/support/world.ts';

const kills = 10;
const hour = 3600_000;

type Undisturbed = {readonly world: Digest; readonly own: Readonly<Record<string, string>>; readonly changes: number};

hostTest(
	`${kills} times SIGKILL, and the host is as after an undisturbed run`,
	{binds: [bring(checkout)], timeout: 3 * hour},
	async host => {
		const undisturbed = await withHost(
			onInstalled(plain),
			async other =>
				({world: await settledWorld(other), own: ownTexts(other), changes: changesMade(other)}) satisfies Undisturbed,
		);
		buildProgram();
		putAnswers(host, plain);
		for (const changes of momentsOf(undisturbed.changes))
			console.log(await killedAfter(host, changes, randomInt(5000)));
		const last = await applyIn(host);
		expect(last, last.faults.join('\n')).toMatchObject({code: 0, outcome: 'done'});

		expect((await planIn(host)).notOk).toEqual([]);
		expect(digestDiff(undisturbed.world, await settledWorld(host))).toEqual([]);
		expect(ownTexts(host)).toEqual(undisturbed.own);
		expect(await host.must(['find', '/', '-xdev', '-name', '*.host-setup*~'])).toBe('');
		expect(unpaid(journalOf(host))).toEqual([]);
		expect(JSON.parse(await host.must([setup, 'status', '--format', 'json']))).toMatchObject({
			last: {outcome: 'done'},
			restartsOwed: [],
			running: null,
		});
		await expectLogins(host, plain);
		await host.reboot();
		await expectLogins(host, plain);
	},
);

/** Ten different numbers of changes made, ascending. Not up to the last: a change that was made and not yet journaled when its run died is none for the next. */
const momentsOf = (changes: number): readonly number[] => {
	const all = new Set<number>();
	while (all.size < kills) all.add(randomInt(Math.floor(changes * 0.75)));
	return [...all].sort((a, b) => a - b);
};

/** Starts an apply, and kills it some milliseconds after so many changes were made; what it started by then lives on, as it would for an operator. Says where it was. */
const killedAfter = async (host: ThrowAway, changes: number, later: number): Promise<string> => {
	const cut = new AbortController();
	let last = '';
	const run = host.run([setup, 'apply', answersFile, '--format', 'ndjson'], {
		signal: cut.signal,
		timeout: hour,
		onLine: line => {
			last = line;
		},
	});
	await Promise.race([
		run,
		until(() => cut.signal.aborted || changesMade(host) >= changes, {deadline: hour, what: `${changes} changes`}),
	]);
	await Promise.race([run, pause(later)]);
	cut.abort();
	expect(await run, `not killed after ${changes} changes and ${later} ms: ${last}`).toMatchObject({code: 137});
	return `killed ${later} ms after ${changes} changes, when ${changesMade(host)} were made, at ${last.slice(0, 160)}`;
};

const changesMade = (host: ThrowAway): number =>
	new Set(journalOf(host).flatMap(entry => (entry.t === 'done' ? [entry.seq] : []))).size;

const journalOf = (host: ThrowAway) => readJournal(join(host.root, 'var/lib/host-setup/journal.jsonl'));

const settledWorld = async (host: ThrowAway): Promise<Digest> => {
	await host.run(['systemctl', 'is-system-running', '--wait']);
	const world = [...(await worldOf(host))].filter(([path]) => !differs.some(pattern => pattern.test(path)));
	// debconf tells its questions in no order.
	return new Map(world.map(([path, line]) => [path.startsWith('(debconf)') ? path.replace(/ \d+$/, '') : path, line]));
};

/** What no two installs have alike, byte for byte. The first is compared without its secrets. */
const differs = [
	/^\/srv\/ipynbsrv\/_repo\/wui\/ipynbsrv\/settings\.py$/,
	// Times in them: of the migration, of the build of the guide, of the checkout's index.
	/^\/srv\/ipynbsrv\/_repo\/wui\/ipynbsrv\/wui\/migrations\/0\w+\.py$/,
	/^\/srv\/ipynbsrv\/_repo\/docs\/user-guide\/site\/(index\.html|sitemap\.xml(\.gz)?)$/,
	/^\/srv\/ipynbsrv\/_repo\/\.git\//,
	/^\/usr\/local\/openresty\/\.host-setup-build\.json$/,
	/^\/usr\/local\/openresty\/nginx\/logs\//,
	// Salted; that the password is right, the logins show.
	/^\(directory\) userPassword/,
];

const ownTexts = (host: ThrowAway): Readonly<Record<string, string>> => {
	const at = '/srv/ipynbsrv/_repo/wui/ipynbsrv';
	let settings = readFileSync(join(host.root, at, 'settings.py'), 'utf8');
	for (const [name, value] of Object.entries(secretsOf(host, plain)))
		settings = settings.replaceAll(value, `<${name}>`);
	return {settings};
};
