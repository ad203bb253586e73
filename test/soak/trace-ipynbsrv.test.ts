/**
 * A whole install of ipynbsrv and its undo under strace, on a bare system: root names nothing below a directory that is not its own, with what setup itself
 * runs, but for apt and what packages bring, whose scripts are Debian's.
 */
import {expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import {plain, putAnswers} from '../host/support/answers.ts';
import {tracedNames} from '../host/support/name-trace.ts';
import {answersFile, buildProgram, checkout, setup} from '../host/support/setup.ts';
import {hostTest, packageLists, withTool} from '../host/support/with-host.ts';

const ofDebian =
	/\/(apt-get|dpkg|apt-cache|apt-config|debconf-[\w-]+|etckeeper|pam-auth-update|slap\w+|pg_\w+|systemctl|systemd-\w+)$/;

hostTest(
	'root uses no name that somebody else could swap, while it installs ipynbsrv and takes it back',
	{layer: withTool('strace', packageLists), binds: [bring(checkout)], timeout: 3 * 3600_000},
	async host => {
		buildProgram();
		putAnswers(host, plain);
		const foreign = async (): Promise<readonly string[]> =>
			(
				await host.must([
					...['find', '/', '-xdev', '(', '-path', '/proc', '-o', '-path', '/sys', '-o', '-path', '/dev', ')', '-prune'],
					...['-o', '-type', 'd', '!', '-user', 'root', '-print', '-prune'],
				])
			)
				.trim()
				.split('\n');
		for (const argv of [
			[setup, 'apply', answersFile],
			[setup, 'plan', answersFile],
			[setup, 'undo', '--format', 'ndjson', '--purge-data', 'ipynbsrv'],
		]) {
			const before = await foreign();
			const traced = await tracedNames(
				host,
				argv,
				async () => [...new Set([...before, ...(await foreign())])],
				ofDebian,
			);
			expect(traced.code, `${argv.join(' ')}\n${traced.stdout.slice(-2000)}`).toBe(0);
			expect(traced.byDescriptor, argv.join(' ')).toBeGreaterThan(50);
			const strange = [...new Set(traced.byName.filter(call => !asksWhose(call)))];
			expect(strange, argv.join(' ')).toEqual([]);
		}
	},
);

/**
 * The one exception: before a program is started in a directory, or with one, it is asked who may write there (src/host/trust/), by lstat and readlink. Nothing is
 * opened and no link followed.
 */
const asksWhose = (call: string): boolean =>
	(/^(?:statx|newfstatat|lstat)\(/.test(call) && call.includes('NOFOLLOW')) || /^readlink(?:at)?\(/.test(call);
