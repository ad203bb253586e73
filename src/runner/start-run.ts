/** Starts our own program apart from the screen that asked for it, and waits until there is a run to attach to. */
import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {ownProgram} from '#host/files/own-program.ts';
import {lastLines} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';
import {type Detached, variable} from './detached.ts';
import {environmentOf, type Handover, handOver} from './handover.ts';
import type {RunInfo} from './messages.ts';
import {startSession} from './own-session.ts';
import {outputOf, startOf} from './paths.ts';
import {readRecord} from './run-record.ts';
import {hasSystemd, isUnitAlive, startUnit, unitLines} from './unit.ts';
import {whoAmI} from './who.ts';

export type DetachOptions = {
	/** Of our own program, from the command on: ['apply', 'answers.yaml']. Relative paths are seen from where we are. Never a secret: every user can read it. */
	readonly argv: readonly string[];
	/** The state directory, whose lock the run will take; argv must name the same one. */
	readonly state: string;
	/** The command as an operator would type it. */
	readonly what: string;
	/** What it is about, until the run has read that itself. */
	readonly stack?: string;
	/** Added to the run's environment. */
	readonly environment?: Readonly<Record<string, string>>;
	/** Secrets by name, for a command that takes --given-on-stdin, which is added. They go through a 0600 file that the run removes. */
	readonly given?: ReadonlyMap<string, string>;
	/** Leave systemd alone even where it is PID 1. */
	readonly how?: 'session';
	/** How our program is started; default as we were. */
	readonly program?: readonly string[];
};

/** A run that has the host's lock, and may have ended since. */
export type Started = {readonly run: string; readonly info: RunInfo};

/** Milliseconds until a run that lives and says nothing is given up. */
const patience = 120_000;
const pollEvery = 50;

/**
 * Gives the run once it holds the lock and can be attached to (`attachRun(state, {run})` tells its story also when it has ended by then). Throws the
 * run's own fault when it could not begin (run.held, answers.*), and run.not-started with its last lines when it ended without one.
 */
export const startDetached = async (options: DetachOptions): Promise<Started> => {
	const {state} = options;
	const run = newRunId();
	const unit = hasSystemd() && options.how !== 'session' ? `host-setup-${run}.service` : undefined;
	const told = {
		run,
		what: options.what,
		...(options.stack !== undefined && {stack: options.stack}),
		by: whoAmI(),
		start: startOf(state, run),
	};
	const argv = [
		...(options.program ?? ownProgram()),
		...options.argv,
		...(options.given?.size ? ['--given-on-stdin'] : []),
	];
	const environment = (detached: Detached) =>
		environmentOf({...options.environment, [variable]: JSON.stringify(detached)});
	const handover = handOver(
		told.start,
		environment({...told, ...(unit !== undefined && {unit})}),
		options.given?.size ? JSON.stringify(Object.fromEntries(options.given)) : undefined,
	);
	try {
		const common = {argv, cwd: process.cwd(), stdin: handover.stdin};
		if (
			unit !== undefined &&
			(await startUnit({...common, name: unit, description: options.what, environment: handover.environment})) ===
				undefined
		)
			return await begun(
				state,
				run,
				handover,
				() => isUnitAlive(unit),
				() => unitLines(unit),
			);
		const output = outputOf(state, run);
		const session = startSession({...common, environment: environment(told), output});
		return await begun(
			state,
			run,
			handover,
			() => Promise.resolve(session.isAlive()),
			() => Promise.resolve(textOf(output)),
		);
	} finally {
		handover.remove();
	}
};

/** Sorts by time, and names files, units and journal lines. */
export const newRunId = (): string =>
	`${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(2).toString('hex')}`;

const begun = async (
	state: string,
	run: string,
	handover: Handover,
	alive: () => Promise<boolean>,
	lines: () => Promise<string>,
): Promise<Started> => {
	const late = Date.now() + patience;
	for (let turn = 1; ; turn += 1) {
		// Before the record is read, or a run that ends in between would be taken for one that never was.
		const over = turn % 10 === 0 && !(await alive());
		const record = readRecord(state);
		if (record?.run === run) {
			const {ended: _, ...info} = record;
			return {run, info};
		}
		const fault = handover.fault();
		if (fault) throw new Fault(fault.code, fault.sentence, fault.hint, {details: fault.details});
		if (over || Date.now() > late) throw notStarted(over, await lines());
		await pause(pollEvery);
	}
};

const notStarted = (over: boolean, lines: string): Fault =>
	new Fault(
		'run.not-started',
		over ? 'the run ended before it had begun' : `the run does not answer within ${patience / 1000} s`,
		'Its last lines are below; the same command without --detach shows more.',
		{details: lastLines(lines, 20)},
	);

const textOf = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
};
