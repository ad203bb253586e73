/** A run for a reader: plain lines where nobody watches, one live status line at the bottom where somebody does. */
import type {Event, Listener} from '#model/event.ts';
import {printable, printableData} from '#model/printable.ts';
import {faultText} from './fault-text.ts';
import type {Style} from './style.ts';

export type Output = {readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown};

/** What is told between the events, in words of ours that are styled and printable already. */
export type RunText = Listener & {say(lines: string): void};

/** A listener that writes to a terminal or a file, whatever is in the events. `clock` gives milliseconds. */
export const runText = (out: Output, style: Style, clock: () => number = Date.now): RunText => {
	const live = out.isTTY === true && process.env['TERM'] !== 'dumb';
	const working = new Map<string, {title: string; since: number; line: string; progress: string}>();
	let count = {n: 0, of: 0};
	let started = clock();
	let begun = false;
	let ticking: NodeJS.Timeout | undefined;

	const clear = (): void => void (live && out.write('\r\u001b[K'));
	const status = (): void => {
		const last = [...working.values()].at(-1);
		if (!live || !last) return;
		const text =
			`${count.n}/${count.of} ${elapsed(clock() - started)} ${last.title}${last.progress} ${last.line}`.replace(
				/\s+/g,
				' ',
			);
		out.write(`\r\u001b[K${text.slice(0, (out.columns ?? 80) - 1)}`);
	};
	const print = (line: string): void => {
		clear();
		out.write(`${line}\n`);
		status();
	};

	const listen: Listener = raw => {
		const event = printableData(raw, several);
		switch (event.type) {
			case 'run-start':
				started = clock();
				begun = true;
				if (live) ticking = setInterval(status, 1000).unref();
				count = {n: 0, of: event.nodes};
				return print(style.bold(`${titleOf(event)}: ${event.changes} of ${event.nodes} to look at or change`));
			case 'node-start':
				if (!begun) count = {n: event.n, of: event.of};
				working.set(event.id, {title: `[${event.step}] ${event.title}`, since: clock(), line: '', progress: ''});
				return live ? status() : print(`... [${event.step}] ${event.title}`);
			case 'node-line':
				return withWork(working, event.id, work => {
					work.line = event.line;
					status();
				});
			case 'node-progress':
				return withWork(working, event.id, work => {
					work.progress = ` ${event.done}/${event.of}`;
					status();
				});
			case 'node-end': {
				count.n += 1;
				const known = working.get(event.id);
				working.delete(event.id);
				const line = endLine(event, known?.title ?? `[${event.step}] ${event.id}`, style);
				return line === undefined ? status() : print(line);
			}
			case 'wait':
				return print(style.yellow(`    waiting for ${event.for}, held by ${event.holder}`));
			case 'debt':
				return event.paid && event.made !== false ? print(`    ${event.do} of ${event.unit}: done`) : undefined;
			case 'note':
				return print(printable(event.line));
			case 'undo':
				return print(undoLine(event, style));
			case 'node-program':
				return;
			case 'run-end':
				clearInterval(ticking);
				clear();
				// An undo has said so in its own words.
				return begun ? print(endOfRun(event, style)) : undefined;
		}
	};
	return Object.assign(listen, {say: print});
};

/** What may have several lines, or tabs: a patch, the words of a program. */
const several = ['diff', 'line'];

const titleOf = ({stack, resumed}: Extract<Event, {type: 'run-start'}>): string =>
	stack === 'doctor' ? 'Mending what was found' : `${resumed ? 'Continuing' : 'Installing'} ${stack}`;

const withWork = <T>(working: Map<string, T>, id: string, then: (work: T) => void): void => {
	const work = working.get(id);
	if (work) then(work);
};

const endLine = (event: Extract<Event, {type: 'node-end'}>, title: string, style: Style): string | undefined => {
	const took = style.dim(elapsed(event.seconds * 1000));
	switch (event.outcome) {
		case 'ok':
			return event.why === undefined ? undefined : `${style.cyan('--')}  ${title} ${event.why}`;
		case 'changed':
			return `${style.green('ok')}  ${title} ${took}`;
		case 'skipped':
			return `${style.yellow('--')}  ${title} ${style.dim(`not done: ${event.why ?? ''}`)}`;
		case 'failed':
			return `${style.red('!!')}  ${title} ${took}${event.fault ? `\n${faultText(event.fault, style)}` : ''}`;
	}
};

const undoLine = ({id, stack, step, result}: Extract<Event, {type: 'undo'}>, style: Style): string => {
	const name = `[${stack}/${step}] ${id}`;
	switch (result.outcome) {
		case 'undone':
			return `${style.green('undone')}    ${name}`;
		case 'already':
			return `${style.dim('already')}   ${name}`;
		case 'kept':
			return `${style.yellow('kept')}      ${name}: ${result.why}`;
		case 'conflict':
			return `${style.red('conflict')}  ${name}: ${result.why}${result.diff ? `\n${result.diff}` : ''}`;
	}
};

const endOfRun = (event: Extract<Event, {type: 'run-end'}>, style: Style): string => {
	const figures = `${event.changed} changed, ${event.failed} failed, ${event.skipped} not done, ${elapsed(event.seconds * 1000)}`;
	switch (event.outcome) {
		case 'done':
			return style.green(`Done: ${figures}.`);
		case 'failed':
			return style.red(`Failed: ${figures}. Mend the cause and run the same command again: it goes on from here.`);
		case 'interrupted':
			if (event.leftOut === event.skipped)
				return style.yellow(`Incomplete, as asked: ${figures}. The same command without --skip does the rest.`);
			return style.yellow(`Stopped as asked: ${figures}. Run the same command again to go on.`);
	}
};

/** 0.3 s, 42 s, 3 min 5 s. */
export const elapsed = (ms: number): string => {
	if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
