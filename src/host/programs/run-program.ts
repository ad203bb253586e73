/** The one place where programs are started: argv only, own session, a deadline for the whole process group, no inherited descriptors but the three. */
import {readFile} from 'node:fs/promises';
import {Fault} from '#model/fault.ts';
import type {ProgramOptions, Ran} from '#model/host.ts';
import {reveal, secretValues} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {aptVariables, fetchVariables, withoutLogins} from '../outgoing/way-out.ts';
import {redact} from '../secrets/redact.ts';
import {after} from '../system/patience.ts';
import {createTrusting, isRoots} from '../trust/who-may-write.ts';
import {startChild} from './child.ts';
import {childEnvironment} from './environment.ts';
import {guardedArgv, isThere} from './guard.ts';
import {openLastingOutput} from './lasting-output.ts';
import {type LineCutter, lineCutter, plainLine} from './line-cutter.ts';

export type RunOptions = ProgramOptions & {
	readonly onLine?: (line: string) => void;
	/** Told the pid and the promise's end, for the record of children that may outlive us. */
	readonly onSpawn?: (pid: number) => () => void;
	/** It may outlive us: what it prints goes through a file in this directory, all of it as stdout. */
	readonly lasting?: string;
	/** For a program whose lines are told while it runs: however much it prints, it goes on, and its last words are given. */
	readonly lastWords?: boolean;
};

/** Runs a program to its end and gives its exit code and output. Throws Blocked ('no-tool', 'timeout'), Fault 'program.untrusted' for what root must not run (guard.ts), 'program.too-much' for one that prints without end, 'run.cut-off' after endPrograms. Never a shell. */
export const runProgram = async (
	argv: readonly [string, ...string[]] | readonly string[],
	options: RunOptions = {},
): Promise<Ran> => {
	if (argv.length === 0) throw new TypeError('an empty argv');
	refuseSecrets(argv);
	if (ending && options.lasting === undefined) throw cutOff(argv);
	const place = placeFor(argv, options);
	const [file = '', ...rest] = guardedArgv(await asUser(argv, options.as, place.inside), {cwd: place.cwd});
	// To find that out by starting it costs a copy of this process.
	if (!isThere(file, place.cwd)) throw missing(argv, {code: 'ENOENT'}, undefined);
	const lasting =
		options.lasting === undefined ? undefined : openLastingOutput(options.lasting, lineCutter(options.onLine));
	const child = startChild(file, rest, {
		cwd: place.cwd ?? '/',
		env: {
			...(options.fetches ? {...childEnvironment(), ...fetchVariables()} : withoutLogins(childEnvironment())),
			...aptVariables(),
			...(options.as && options.as !== 'root' && {HOME: await homeOf(options.as)}),
			...plainEnvironment(options.env),
		},
		...(options.stdin !== undefined && {input: reveal(options.stdin)}),
		...(lasting && {output: lasting.fd}),
		most: options.lastWords ? keptOfTold : keptOfAsked,
		beyond: options.lastWords ? 'keep-last' : 'end',
	});
	let cut = false;
	const running: Running = {
		lasting: options.lasting !== undefined,
		end() {
			cut = true;
			child.kill();
		},
	};
	all.add(running);
	const forget = child.pid === undefined ? undefined : options.onSpawn?.(child.pid);
	let late = false;
	const given = (): void => {
		late = true;
		child.kill();
	};
	const over = options.timeout === undefined ? undefined : after(options.timeout, given);
	options.signal?.addEventListener('abort', given, {once: true});
	if (options.signal?.aborted) given();
	if (options.onLine) for (const stream of [child.stdout, child.stderr]) follow(stream, lineCutter(options.onLine));
	try {
		const {code, signal, cause, tooMuch, stdout, stderr} = await child.ended;
		if (cut) throw cutOff(argv);
		if (tooMuch) throw printsWithoutEnd(argv);
		if (late) throw noAnswer(argv, options);
		if (code === undefined && signal === undefined) throw missing(argv, cause, options.cwd);
		// What another user shall run is started by setpriv, which ends as a shell does where there is no such program.
		if (code === 127 && options.as !== undefined && /^setpriv: failed to execute /m.test(stderr))
			throw missing(argv, {code: 'ENOENT'}, undefined);
		return {
			code: code ?? 128,
			stdout: lasting?.end() ?? stdout,
			stderr: stderr + (signal ? `\nended by ${signal}` : ''),
		};
	} finally {
		all.delete(running);
		over?.();
		options.signal?.removeEventListener('abort', given);
		lasting?.end();
		forget?.();
	}
};

/** Bytes of each stream of a program that is asked something, and of one whose lines are told while it runs. */
const keptOfAsked = 64 * 1024 * 1024;
const keptOfTold = 1024 * 1024;

type Running = {readonly lasting: boolean; end(): void};
const all = new Set<Running>();
let ending = false;

/**
 * Ends every program that runs, with its process group, and lets none begin, but for what must not be cut off (apt). Gives whether such a one
 * still runs. `false` takes it back.
 */
export const endPrograms = (now = true): boolean => {
	ending = now;
	const running = [...all];
	if (now) for (const one of running) if (!one.lasting) one.end();
	return running.some(one => one.lasting);
};

const cutOff = (argv: readonly string[]): Fault =>
	new Fault(
		'run.cut-off',
		`${shown(argv)} was ended, or not begun, because it was asked twice to stop`,
		'Run the same command again: it looks at what was done and goes on from there.',
	);

const printsWithoutEnd = (argv: readonly string[]): Fault =>
	new Fault(
		'program.too-much',
		`${shown(argv)} printed more than ${keptOfAsked / 1024 / 1024} MB and was ended`,
		'Run it by hand to see what it prints.',
	);

/** The fault for an unwanted exit code, with the program's last lines freed of secrets. */
export const programFault = (argv: readonly string[], ran: Ran): Fault => {
	const words = lastLines(`${ran.stdout}\n${ran.stderr}`, 20);
	return new Fault(
		'program.failed',
		`${shown(argv)} ended with ${ran.code}${words.length > 0 ? `: ${words.at(-1)}` : ''}`,
		'Its last lines are below; mend the cause and run the same command again: what is done is not done twice.',
		{details: words},
	);
};

/** The last lines of some output, printable and freed of secrets. Of a line that was written over, as a progress bar is, only what stood there at the end. */
export const lastLines = (text: string, count: number): readonly string[] =>
	redact(text)
		.split(/\r*\n/)
		.map(line => plainLine(line.split('\r').findLast(part => part.trim() !== '') ?? ''))
		.filter(line => line !== '')
		.slice(-count);

/** An argv as one line for a human, long arguments cut. */
export const shown = (argv: readonly string[]): string => {
	const line = argv
		.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
		.join(' ');
	return redact(line.length > 200 ? `${line.slice(0, 197)}...` : line);
};

const noAnswer = (argv: readonly string[], {timeout, signal}: RunOptions): Blocked =>
	new Blocked({
		because: 'timeout',
		need: `${argv.slice(0, 3).join(' ')} gave no answer ${timeout === undefined || signal?.aborted ? 'in the time it had' : `within ${timeout / 1000} s`}`,
	});

const missing = (argv: readonly string[], cause: unknown, cwd: string | undefined): Error => {
	const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
	if (code === 'ENOENT')
		return new Blocked({
			because: 'no-tool',
			need: cwd === undefined ? `the program ${argv[0]}` : `the program ${argv[0]} or the directory ${cwd}`,
		});
	return new Fault(
		'program.not-started',
		`${shown(argv)} could not be started (${code || String(cause)})`,
		'See whether the program is there and may be executed.',
	);
};

/** Where to start: a directory that its user could swap for a link is entered by that user, or a name in it would open what only root may enter. */
const placeFor = (
	argv: readonly string[],
	{as, cwd}: RunOptions,
): {readonly cwd?: string | undefined; readonly inside?: string | undefined} => {
	const other = as !== undefined && as !== 'root' && process.getuid?.() === 0;
	if (cwd === undefined || !other) return {cwd};
	const trust = createTrusting()(cwd);
	// Not for root to try: a moment later a link may be there.
	if (trust.end === 'absent') throw missing(argv, {code: 'ENOENT'}, cwd);
	return isRoots(trust) ? {cwd} : {inside: cwd};
};

const asUser = async (
	argv: readonly string[],
	user: string | undefined,
	inside: string | undefined,
): Promise<readonly string[]> => {
	if (user === undefined || (user === 'root' && process.getuid?.() === 0)) return argv;
	if (process.getuid?.() !== 0) throw new Blocked({because: 'needs-root', need: `${argv[0]} must be asked as ${user}`});
	const enter = inside === undefined ? [] : ['/usr/bin/env', `--chdir=${inside}`, '--'];
	return ['setpriv', `--reuid=${user}`, `--regid=${await gidOf(user)}`, '--init-groups', '--', ...enter, ...argv];
};

const accountOf = async (user: string): Promise<readonly string[]> => {
	const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find(one => one.startsWith(`${user}:`));
	if (line === undefined) throw new Blocked({because: 'until', thing: `user:${user}`});
	return line.split(':');
};
const gidOf = async (user: string): Promise<string> => (await accountOf(user))[3] ?? '';
const homeOf = async (user: string): Promise<string> => (await accountOf(user))[5] ?? '/';

const plainEnvironment = (env: ProgramOptions['env']): Record<string, string> =>
	Object.fromEntries(
		Object.entries(env ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : reveal(value)]),
	);

/** argv is readable by every user of the host (/proc/PID/cmdline is 0444): a secret in it is our defect, and is stopped here. */
const refuseSecrets = (argv: readonly string[]): void => {
	const leaked = secretValues().some(value => value.length >= 6 && argv.some(word => word.includes(value)));
	if (leaked) throw new TypeError(`a secret was about to be put into the arguments of ${argv[0]}`);
};

const follow = (stream: NodeJS.ReadableStream | null, lines: LineCutter): void => {
	stream?.on('data', (chunk: Buffer) => lines.take(chunk)).on('end', () => lines.end());
};
