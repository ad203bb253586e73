/**
 * The wizard as an operator meets it: a bare host, a real ssh with a terminal, answers typed, the line lost at the questions, while apt
 * installs and while OpenResty is built. Then the answers file that it wrote, on the next host.
 */
// minutes: 4
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {Stamped} from '#model/event.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {chooseIpynbsrv} from '../ui/support/choose.ts';
import type {Pty} from '../ui/support/pty.ts';
import {plain, siteName} from './support/answers.ts';
import {leaksIn} from './support/leaks.ts';
import {expectLogins} from './support/logins.ts';
import {answerAll, type Reply} from './support/operator.ts';
import {applyIn, buildProgram, checkout, planIn, setup} from './support/setup.ts';
import {type Line, lineTo, sshd} from './support/ssh.ts';
import {until} from './support/until.ts';
import {hostTest, type Want, withHost} from './support/with-host.ts';
import {pastPreflight} from './support/wizard.ts';

const {user, secrets} = plain;

const replies: Readonly<Record<string, Reply>> = {
	'Sources: Sources': {choose: /small ones/},
	'LDAP directory: Password of cn=admin': {secret: secrets.admin},
	'LDAP directory: User name': {type: user.name},
	'LDAP directory: First name': {type: user.givenName},
	'LDAP directory: Surname': {type: user.surname},
	'LDAP directory: E-mail': {type: user.mail},
	'LDAP directory: Password': {secret: secrets.user},
	'Application: Python environment': {choose: /system's packages/},
	'Application settings: ALLOWED_HOSTS': {type: `${siteName}, localhost`},
	'Superuser: E-mail': {type: 'admin@example.org'},
	'Superuser: Password': {secret: secrets.superuser},
	// As the small application needs it, which gives the home to its user at the first login.
	'Application server: Capabilities, which are a part of root': {
		type: 'CAP_CHOWN, CAP_FOWNER, CAP_FSETID, CAP_DAC_OVERRIDE',
	},
	'Application server: A text on it that only they see': {type: `Signed in as ${user.name}`},
};

const want: Want = {layer: sshd, binds: [bring(checkout)], timeout: 1_800_000};

hostTest(
	'typed over ssh, the client killed and the packets dropped at the questions, in apt and in the build; its answers file does the same on the next host',
	want,
	async host => {
		buildProgram();
		const line = await lineTo(host);
		try {
			const asked: string[] = [];
			{
				await using first = await line.open();
				await first.until('What shall be done?', 30_000);
				await chooseIpynbsrv(first);
				await first.until('Can this host take it?');
				await pastPreflight(first);
				asked.push(...(await answerAll(first, replies, step => step === 'PostgreSQL')));
				// The client is killed, as a laptop that is shut does it.
				first.kill('SIGKILL');
			}
			{
				await using second = await line.open();
				await second.until('Go on with ipynbsrv', 30_000);
				second.type('\r');
				await second.until('PostgreSQL');
				asked.push(...(await answerAll(second, replies, step => step === 'Superuser')));
				await lose(line, second, async () => second.type('never arrives\r'));
			}
			{
				await using third = await line.open();
				await third.until('Go on with ipynbsrv', 30_000);
				third.type('\r');
				await third.until('Superuser');
				asked.push(...(await answerAll(third, replies, /review ·/)));
				expect(asked.filter((key, index) => asked.indexOf(key) !== index)).toEqual([]);
				expect(Object.keys(replies).filter(key => !asked.includes(key))).toEqual([]);
				expect(third.text()).toMatch(/\d+ changes/);
				third.type('x');
				await third.until('ipynbsrv.yaml');
				third.type('\u0015/root/next/answers.yaml');
				mkdirSync(join(host.root, 'root/next'), {mode: 0o700});
				third.type('\r');
				await third.until('Answers written');
				third.type('\u001b');
				await third.until(/install/);
				await third.quiet();
				third.type('i');
				await until(() => working(host).some(id => id.startsWith('apt:')), {
					deadline: 60_000,
					what: `apt at work\n${third.text()}`,
				});
				third.kill('SIGKILL');
			}
			{
				await using fourth = await line.open();
				await fourth.until('Take it over', 30_000);
				expect(fourth.text()).toMatch(/run started by root.* at \d+:\d+.* step \d+ of \d+/s);
				fourth.type('\u001b[B');
				await fourth.until(/▸\s+Take it over/);
				fourth.type('\r');
				await fourth.until(/installing/);
				expect(working(host).some(id => id.startsWith('apt:'))).toBe(true);
				await lose(line, fourth, () => goesOn(host));
			}
			{
				await using fifth = await watching(line);
				await until(() => working(host).some(id => id.startsWith('build:')), {
					deadline: 300_000,
					every: 500,
					what: `OpenResty being built\n${fifth.text()}`,
				});
				await fifth.until(/OpenResty +build:/);
				console.log(`as it was installed:\n${fifth.text()}`);
				fifth.kill('SIGKILL');
				await goesOn(host);
			}
			{
				await using sixth = await watching(line);
				expect(working(host).some(id => id.startsWith('build:'))).toBe(true);
				await lose(line, sixth, () => goesOn(host));
			}
			await using last = await watching(line);
			await last.until(/doctor|open .*http/i, 600_000);
			await last.until(/ipynbsrv\.example\.org/);
			last.type('\r');
			expect((await last.ended).code).toBe(0);
			expect(last.history()).toMatch(/is installed on/);
			expect(last.history()).toContain('setup doctor');
			// The last screen and the doctor a second later say the same.
			const looked = await host.run([setup, 'doctor', '--format', 'json'], {timeout: 300_000});
			const {counts} = JSON.parse(looked.stdout) as {readonly counts: Readonly<Record<string, number>>};
			const said = /(\d+) ok, (\d+) failed, (\d+) warnings, (\d+) unknown/.exec(last.history())?.slice(1).map(Number);
			const {ok, fail, warn, unknown = 0, crash = 0} = counts;
			expect(said).toEqual([ok, fail, warn, unknown + crash]);
			expect(last.modes()).toEqual({alternate: false, paste: false});
			await expectLogins(host, plain);
			const shown =
				JSON.stringify(eventsOf(host)) + readFileSync(join(host.root, 'var/lib/host-setup/state.json'), 'utf8');
			expect(leaksIn(shown, secrets)).toEqual([]);
			await replays(host);
		} finally {
			line.remove();
		}
	},
);

/** Packets vanish for as long as `meanwhile` takes, and neither end hears of it; then the client is gone. */
const lose = async (line: Line, pty: Pty, meanwhile: () => Promise<unknown>): Promise<void> => {
	line.drop();
	try {
		await meanwhile();
	} finally {
		pty.kill('SIGKILL');
		line.restore();
	}
};

/** The run has more to tell than it had. */
const goesOn = (host: ThrowAway): Promise<boolean> => {
	const before = eventsOf(host).length;
	return until(() => eventsOf(host).length > before + 10, {
		deadline: 120_000,
		every: 100,
		what: 'the run going on by itself',
	});
};

/** Logs in and joins the run that is there. */
const watching = async (line: Line): Promise<Pty & AsyncDisposable> => {
	const pty = await line.open();
	await pty.until('Watch the run in progress', 30_000);
	pty.type('\r');
	await pty.until(/installing/);
	return pty;
};

/** The answers file and the secrets beside it, copied to a second fresh host: the same end, without a question. */
const replays = (host: ThrowAway): Promise<void> =>
	withHost(want, async next => {
		cpSync(join(host.root, 'root/next'), join(next.root, 'root/next'), {recursive: true});
		expect(await applyIn(next, {file: '/root/next/answers.yaml'})).toMatchObject({code: 0, outcome: 'done'});
		await expectLogins(next, plain);
		expect((await planIn(next, {file: '/root/next/answers.yaml'})).notOk).toEqual([]);
		expect((await planIn(host, {file: '/root/next/answers.yaml'})).notOk).toEqual([]);
	});

const eventsOf = (host: ThrowAway): readonly Stamped[] => {
	const directory = join(host.root, 'var/lib/host-setup/events');
	if (!existsSync(directory)) return [];
	return readdirSync(directory)
		.filter(name => name.endsWith('.ndjson'))
		.flatMap(name =>
			readFileSync(join(directory, name), 'utf8')
				.split('\n')
				.slice(0, -1)
				.map(line => JSON.parse(line) as Stamped),
		);
};

/** Nodes that began and have not ended. */
const working = (host: ThrowAway): readonly string[] => {
	const now = new Set<string>();
	for (const event of eventsOf(host)) {
		if (event.type === 'node-start') now.add(event.id);
		if (event.type === 'node-end') now.delete(event.id);
	}
	return [...now];
};
