/**
 * Whoever opens a throw-away host may be killed at any moment. So a small process of its own, the guard, holds the
 * namespaces (with every mount, which thereby never show on the host) and waits at a pipe: when its owner lets go of it, by
 * closing or by dying, the guard kills what runs inside and takes everything away. There is no other clean-up code.
 */
import {spawn} from 'node:child_process';
import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {Writable} from 'node:stream';
import {childEnvironment} from '#host/programs/environment.ts';
import {guardedArgv} from '#host/programs/guard.ts';
import {Fault} from '#model/fault.ts';
import {withLock} from '../lock.ts';
import {isAlive, type ProcessId, processOf} from '../machine/alive.ts';
import {type Claim, claims, isLeft, recordsDir} from '../made-so-far.ts';
import {tool} from '../tool.ts';
import {guardArgv} from './guard-script.ts';

export type Guard = {readonly process: ProcessId; release(): Promise<void>};

const unshare = (): string => guardedArgv(['unshare'])[0] ?? '';

/** Starts the guard of a host in new mount and network namespaces. With `keep` it outlives us and waits for `closeKept`. */
export const startGuard = async (one: Claim, keep: boolean): Promise<Guard> => {
	mkdirSync(one.dir, {recursive: true, mode: 0o700});
	const net = openSync('/proc/self/ns/net', 'r');
	const log = openSync(join(one.dir, 'guard.log'), 'a', 0o600);
	if (keep) await tool(['mkfifo', '-m', '600', fifoOf(one)]);
	const hold = keep ? openSync(fifoOf(one), 'r+') : undefined;
	const child = spawn(unshare(), ['--mount', '--net', '--propagation', 'slave', ...guardArgv(one)], {
		cwd: '/',
		detached: true,
		env: childEnvironment(),
		stdio: [hold ?? 'pipe', 'pipe', log, net],
	});
	closeSync(net);
	closeSync(log);
	if (hold !== undefined) closeSync(hold);
	await new Promise<void>((ready, failed) => {
		child.once('error', error =>
			failed(
				new Fault(
					'rehearse.guard',
					`unshare could not be started: ${error.message}`,
					'It is part of util-linux, which every Debian has.',
				),
			),
		);
		child.once('exit', code =>
			failed(
				new Fault(
					'rehearse.guard',
					`no namespaces could be made (unshare ended with ${code})`,
					'It takes root, and a kernel or container that allows new mount and network namespaces.',
				),
			),
		);
		child.stdout?.once('data', () => ready());
	});
	child.removeAllListeners('exit');
	const ended = new Promise<void>(done => child.once('exit', () => done()));
	const known = processOf(child.pid ?? 0);
	if (!known)
		throw new Fault('rehearse.guard', 'the guard of the throw-away host died at once', `See ${one.dir}/guard.log.`);
	child.unref();
	(child.stdout as unknown as {unref?(): void} | null)?.unref?.();
	(child.stdin as unknown as {unref?(): void} | null)?.unref?.();
	return {
		process: known,
		async release() {
			child.ref();
			if (keep) tell(one);
			else (child.stdin as Writable).end();
			await ended;
		},
	};
};

/** The hosts that were kept and still run, by name. */
const keptHosts = (): readonly Claim[] => claims().filter(one => !one.owner && one.guard && isAlive(one.guard));

/** Ends a host that was kept. Throws Fault 'rehearse.unknown', naming those there are. */
export const closeKept = async (name: string): Promise<void> => {
	const one = claims().find(known => known.name === name);
	if (!one)
		throw new Fault(
			'rehearse.unknown',
			`there is no throw-away host named ${name}`,
			`Kept are: ${
				keptHosts()
					.map(kept => kept.name)
					.join(', ') || 'none'
			}.`,
		);
	if (one.owner && isAlive(one.owner))
		throw new Fault(
			'rehearse.busy',
			`the throw-away host ${name} is in use by process ${one.owner.pid}`,
			'Stop that process; the host goes with it.',
		);
	if (one.guard && isAlive(one.guard)) {
		tell(one);
		while (isAlive(one.guard)) await new Promise(next => setTimeout(next, 20));
	} else await clean(one);
};

/** Takes away what dead runs left: those whose guard was killed as well. Gives the names. */
export const sweep = async (): Promise<readonly string[]> => {
	if (!claims().some(isLeft)) return [];
	// Alone: a slot that another sweep has freed may be somebody's again.
	return withLock(join(recordsDir, 'sweep.lock'), async () => {
		const left = claims().filter(isLeft);
		for (const one of left) await clean(one);
		return left.map(one => one.name);
	});
};

const clean = async (one: Claim): Promise<void> => {
	const net = openSync('/proc/self/ns/net', 'r');
	try {
		const child = spawn(unshare(), ['--mount', '--propagation', 'slave', ...guardArgv(one)], {
			cwd: '/',
			env: childEnvironment(),
			stdio: ['ignore', 'ignore', 'ignore', net],
		});
		await new Promise<void>((done, failed) => child.once('exit', () => done()).once('error', failed));
	} finally {
		closeSync(net);
	}
};

const tell = (one: Claim): void => {
	const fifo = openSync(fifoOf(one), 'r+');
	writeSync(fifo, 'close\n');
	closeSync(fifo);
};

const fifoOf = (one: Claim): string => join(one.dir, 'hold');
