/** Runs programs inside a booted system: in all of its namespaces and control groups, with its capabilities and no more, from '/'. */
import {type ChildProcess, spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {StringDecoder} from 'node:string_decoder';
import {childEnvironment} from '#host/programs/environment.ts';
import {guardedArgv} from '#host/programs/guard.ts';
import {Fault} from '#model/fault.ts';
import type {Ran} from '#model/host.ts';
import {childrenOf} from './alive.ts';
import {cgroupsOfProcess, within} from './cgroups.ts';

export type InsideOptions = {
	readonly stdin?: string | Uint8Array;
	/** Runs as this user of the system inside, with its groups and HOME. */
	readonly as?: string;
	/** Added to the allow-listed environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** Milliseconds; then its process group is killed and Fault 'rehearse.timeout' is thrown. Default 10 minutes. */
	readonly timeout?: number;
	/** Ends it early in the same way; the exit code is then 137. */
	readonly signal?: AbortSignal;
	/** Every whole line of stdout and stderr. */
	readonly onLine?: (line: string) => void;
};

/** Gives any exit code back; 128 + n when signal n ended it. `leader` is PID 1 of the system as seen from here. */
export const enter = async (leader: number, argv: readonly string[], options: InsideOptions = {}): Promise<Ran> => {
	const home = options.as !== undefined && options.as !== 'root' ? await homeOf(leader, options.as) : '/root';
	const [file = '', ...rest] = guardedArgv(
		entering(
			leader,
			options.as !== undefined && options.as !== 'root' ? ['runuser', '-u', options.as, '--', ...argv] : argv,
		),
	);
	const child = spawn(file, rest, {
		cwd: '/',
		detached: true,
		stdio: ['pipe', 'pipe', 'pipe'],
		env: childEnvironment({HOME: home, ...options.env}),
	});
	let late = false;
	const timeout = options.timeout ?? 600_000;
	const timer = setTimeout(() => {
		late = true;
		killInside(child);
	}, timeout);
	const stop = (): void => killInside(child);
	options.signal?.addEventListener('abort', stop, {once: true});
	if (options.signal?.aborted) stop();
	try {
		const [code, stdout, stderr] = await Promise.all([
			ended(child),
			collect(child.stdout, options.onLine),
			collect(child.stderr, options.onLine),
			feed(child, options.stdin),
		]);
		if (late)
			throw new Fault(
				'rehearse.timeout',
				`${argv.slice(0, 3).join(' ')} did not end within ${timeout / 1000} s inside the throw-away host`,
				'Its last lines are below.',
				{details: `${stdout}\n${stderr}`.trim().split('\n').slice(-20)},
			);
		return {code, stdout, stderr};
	} finally {
		clearTimeout(timer);
		options.signal?.removeEventListener('abort', stop);
	}
};

/** The argv with which a human or a program gets inside. */
export const entering = (leader: number, argv: readonly string[]): readonly string[] =>
	within(cgroupsOfProcess(leader), [
		'setpriv',
		`--bounding-set=${boundingSet(leader)}`,
		'nsenter',
		'--target',
		String(leader),
		'--mount',
		'--uts',
		'--ipc',
		'--net',
		'--pid',
		'--cgroup',
		'--root',
		'--wd',
		'--',
		'setsid',
		'--',
		...argv,
	]);

/** root here may set the clock; root inside may not, and neither may what we start there. */
const boundingSet = (leader: number): string => {
	const bits = BigInt(
		`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${leader}/status`, 'utf8'))?.[1] ?? '0'}`,
	);
	return [
		'-all',
		...Array.from({length: 64}, (_, n) => n)
			.filter(n => (bits >> BigInt(n)) & 1n)
			.map(n => `+cap_${n}`),
	].join(',');
};

const homeOf = async (leader: number, user: string): Promise<string> => {
	const ran = await enter(leader, ['getent', 'passwd', user], {timeout: 30_000});
	if (ran.code !== 0)
		throw new Fault(
			'rehearse.user',
			`there is no user ${user} inside the throw-away host`,
			'Choose one that getent passwd knows there.',
		);
	return ran.stdout.trim().split(':')[5] ?? '/';
};

const ended = (child: ChildProcess): Promise<number> =>
	new Promise((done, failed) => {
		child.once('error', failed);
		child.once('exit', (code, signal) =>
			done(code ?? 128 + (signal === 'SIGKILL' ? 9 : signal === 'SIGTERM' ? 15 : 2)),
		);
	});

/** What runs inside may be anybody's: past the bound the rest is passed on by lines, and not kept; a line without an end is cut. */
const collect = async (stream: NodeJS.ReadableStream | null, onLine?: (line: string) => void): Promise<string> => {
	const parts: Buffer[] = [];
	const decoder = new StringDecoder('utf8');
	let kept = 0;
	let rest = '';
	for await (const chunk of stream ?? []) {
		const bytes = chunk as unknown as Buffer;
		if (kept < mostKept) parts.push(bytes);
		kept += bytes.length;
		if (!onLine) continue;
		const lines = (rest + decoder.write(bytes)).split('\n');
		rest = lines.pop() ?? '';
		lines.forEach(onLine);
		if (rest.length < longestLine) continue;
		onLine(rest);
		rest = '';
	}
	if (rest !== '') onLine?.(rest);
	return Buffer.concat(parts).toString();
};

/** Bytes of each stream, and characters of a line. */
const mostKept = 64 * 2 ** 20;
const longestLine = 8 * 2 ** 20;

const feed = (child: ChildProcess, stdin: string | Uint8Array | undefined): Promise<void> =>
	new Promise(done => {
		// A program that ends without reading its input is not our fault.
		child.stdin?.on('error', () => done());
		child.stdin?.end(stdin ?? '', () => done());
	});

/** What nsenter forked has a session of its own by now; nsenter ends with it. */
const killInside = (child: ChildProcess): void => {
	for (const target of [
		...childrenOf(child.pid ?? 0).flatMap(pid => [-pid, pid]),
		...(child.pid === undefined ? [] : [-child.pid]),
	]) {
		try {
			process.kill(target, 'SIGKILL');
		} catch {
			// It ended by itself.
		}
	}
};
