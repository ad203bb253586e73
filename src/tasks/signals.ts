/**
 * What a signal means to a run. SIGINT and SIGTERM: finish what runs, start nothing new; a second one: end what runs, but for apt, and be gone in
 * any case. SIGHUP and a terminal that is gone: go on to the end, nobody has to watch. Programs of the run live in sessions of their own and get
 * none of these.
 */
import {endPrograms} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';

export type Stopping = {
	readonly asked: () => boolean;
	/** Asked twice. */
	readonly hurried: () => boolean;
	/** Somebody asks in another way: `who` is what is told. */
	ask(who: string): void;
	/** The work, or Fault run.cut-off where it does not end although everything was ended under it. */
	orCutOff<T>(work: Promise<T>): Promise<T>;
	dispose(): void;
};

export type Told = {
	/** The first time: what is done now. */
	finishing(who: string): void;
	/** The second time; `waiting`: apt runs, and is waited for. */
	ending(who: string, waiting: boolean): void;
};

/** One press may come as two signals: the terminal's, and that of a sudo in between. */
const onePress = 300;
/** For what runs to end by itself after it was asked to stop: then it is taken as asked twice. Less than systemd waits (runner/unit.ts). */
const finishing = 10 * 60_000;
/** For the work to end after all programs were ended under it. */
const lastMoments = 3000;
const tick = 100;

/** Installs the handlers. */
export const listenForStop = (told: Told): Stopping => {
	let since: number | undefined;
	let hurried = false;
	let late: NodeJS.Timeout | undefined;
	const {promise: cutOff, reject} = Promise.withResolvers<never>();
	cutOff.catch(ignore);

	const hurry = (who: string): void => {
		if (hurried) return;
		hurried = true;
		told.ending(who, endPrograms());
		let left = lastMoments;
		clearTimeout(late);
		late = setInterval(() => {
			// What was about to start when it was asked is ended as well; nobody ends apt, for half of its work is worse than all of it.
			if (endPrograms()) return;
			left -= tick;
			if (left > 0) return;
			clearInterval(late);
			reject(
				new Fault(
					'run.cut-off',
					'the run was cut off, as asked twice',
					'Run the same command again: it goes on from there.',
				),
			);
		}, tick);
	};
	const ask = (who: string): void => {
		if (since !== undefined) {
			hurry(who);
			return;
		}
		since = performance.now();
		told.finishing(who);
		late = setTimeout(() => hurry(`${who} ${finishing / 60_000} minutes ago`), finishing).unref();
	};
	let first = '';
	const onSignal = (name: string): void => {
		if (name === first && performance.now() - (since ?? 0) <= onePress) return;
		if (since === undefined) first = name;
		ask(name);
	};
	process.on('SIGINT', onSignal);
	process.on('SIGTERM', onSignal);
	process.on('SIGHUP', ignore);
	process.stdout.on('error', ignore);
	process.stderr.on('error', ignore);
	return {
		asked: () => since !== undefined,
		hurried: () => hurried,
		ask,
		orCutOff: work => Promise.race([work, cutOff]),
		dispose() {
			clearTimeout(late);
			clearInterval(late);
			if (hurried) endPrograms(false);
			process.off('SIGINT', onSignal);
			process.off('SIGTERM', onSignal);
			process.off('SIGHUP', ignore);
		},
	};
};

/** For a command that only looks: the first signal ends what it has started, and then the command itself. Gives what takes it back. */
export const leaveAtOnce = (): (() => void) => {
	const leave = (name: NodeJS.Signals): void => {
		endPrograms();
		dispose();
		process.kill(process.pid, name);
	};
	const dispose = (): void => {
		process.off('SIGINT', leave).off('SIGTERM', leave).off('SIGHUP', leave);
	};
	process.on('SIGINT', leave).on('SIGTERM', leave).on('SIGHUP', leave);
	return dispose;
};

const ignore = (): void => {};
