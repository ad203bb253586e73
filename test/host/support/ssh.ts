/** A host with a real sshd, and a person who sits at the other end of a real ssh with a terminal. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {openPty, type Pty, type PtyOptions} from '../../ui/support/pty.ts';
import {setup} from './setup.ts';
import {until} from './until.ts';
import {packageLists, withPackages} from './with-host.ts';

/** Debian's sshd on the bare system, with package lists: what an operator is given. */
export const sshd = {...withPackages('sshd', ['openssh-server']), on: packageLists};

export type Line = {
	/** The private key, for programs with a client of their own. */
	readonly key: string;
	/** Logs in with a terminal and runs `setup` with these words. */
	open(words?: readonly string[], options?: PtyOptions): Promise<Pty & AsyncDisposable>;
	/** Nothing arrives any more in either direction, and nobody is told. */
	drop(): void;
	restore(): void;
	remove(): void;
};

/** Puts a key of its own into the host and waits for its sshd. */
export const lineTo = async (host: ThrowAway): Promise<Line> => {
	const folder = mkdtempSync(join(tmpdir(), 'host-setup-ssh-'));
	const key = join(folder, 'key');
	execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
	mkdirSync(join(host.root, 'root/.ssh'), {recursive: true, mode: 0o700});
	writeFileSync(join(host.root, 'root/.ssh/authorized_keys'), execFileSync('cat', [`${key}.pub`]), {mode: 0o600});
	const options = [
		'StrictHostKeyChecking=no',
		`UserKnownHostsFile=${folder}/known`,
		'LogLevel=ERROR',
		'IdentitiesOnly=yes',
		'BatchMode=yes',
	];
	const ssh = (...more: readonly string[]): readonly [string, ...string[]] => [
		'ssh',
		'-i',
		key,
		...options.flatMap(option => ['-o', option]),
		...more,
	];
	const target = `root@${host.address}`;
	await until(() => reached(ssh(target, 'true')), {deadline: 60_000, every: 200, what: 'a login over ssh'});
	const rule = (how: '-I' | '-D', chain: string, end: string): void =>
		void execFileSync('nsenter', [
			'-t',
			String(host.leader()),
			'-n',
			'iptables',
			how,
			chain,
			'-p',
			'tcp',
			end,
			'22',
			'-j',
			'DROP',
		]);
	return {
		key,
		open: async (words = [], pty = {}) =>
			openPty(ssh('-tt', target, [setup, ...words].join(' ')), {...pty, env: {PATH: process.env['PATH'], ...pty.env}}),
		drop() {
			rule('-I', 'INPUT', '--dport');
			rule('-I', 'OUTPUT', '--sport');
		},
		restore() {
			rule('-D', 'INPUT', '--dport');
			rule('-D', 'OUTPUT', '--sport');
		},
		remove: () => rmSync(folder, {recursive: true, force: true}),
	};
};

const reached = async ([file, ...args]: readonly [string, ...string[]]): Promise<boolean> => {
	try {
		execFileSync(file, args, {stdio: 'ignore', timeout: 5000});
		return true;
	} catch {
		return false;
	}
};
