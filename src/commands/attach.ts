/** `setup attach`: rejoins the run in progress with its whole story, from any terminal; leaving it does not touch it. */
import {lastRun, readJournal} from '#engine/journal.ts';
import {Fault} from '#model/fault.ts';
import {printable, printableJson} from '#model/printable.ts';
import {faultText} from '#report/fault-text.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';
import {type AttachEnd, attachRun} from '#runner/attach.ts';
import type {FromRun, Person} from '#runner/messages.ts';
import {unfinished} from '#runner/unfinished.ts';
import {personText, whoAmI} from '#runner/who.ts';
import type {Output} from '#tasks/output.ts';
import {type Place, placeOf} from '#tasks/state-place.ts';
import {howText} from './detach.ts';
import {unfinishedLines} from './status.ts';

export type AttachOptions = {
	readonly format: 'text' | 'ndjson';
	readonly state?: string;
	/** Ask the run to stop, and follow it to its end. */
	readonly stop: boolean;
};

/** Gives the run's own exit code when it ends, 130 when left with Ctrl-C, 1 when the run was killed. Throws Fault attach.nothing-runs with how the last one ended. */
export const attachCommand = async (options: AttachOptions, out: Output): Promise<number> => {
	if (process.getuid?.() !== 0) throw new Fault('attach.needs-root', 'only root can watch a run', 'Run it with sudo.');
	const {state, journal} = placeOf(options.state);
	const attached = attachRun(state, {by: whoAmI(), drive: options.stop});
	if (options.stop) attached.send({do: 'stop'});
	const leave = (): void => attached.close();
	process.on('SIGINT', leave).on('SIGTERM', leave).on('SIGHUP', leave);
	try {
		const show =
			options.format === 'ndjson'
				? (message: FromRun) => out.stdout.write(`${printableJson(message)}\n`)
				: shownAsText(out);
		for await (const message of attached) show(message);
		return codeOf(await attached.ended, {state, journal}, out);
	} finally {
		process.off('SIGINT', leave).off('SIGTERM', leave).off('SIGHUP', leave);
	}
};

const shownAsText = (out: Output): ((message: FromRun) => void) => {
	const style = styleFor(out.stdout);
	// The story is told with the times at which it happened.
	let then: number | undefined;
	const events = runText(out.stdout, style, () => then ?? Date.now());
	const say = (line: string): void => events.say(style.dim(printable(line)));
	return message => {
		switch (message.type) {
			case 'hello': {
				const {what, stack, by, since, how} = message.run;
				return say(
					`${what}${stack === undefined || what.includes(stack) ? '' : ` (stack ${stack})`}, started by ${personText(by)} at ${new Date(since).toTimeString().slice(0, 5)}, ${howText(how)}`,
				);
			}
			case 'event':
				then = message.event.at;
				events(message.event);
				then = undefined;
				return;
			case 'driver':
				return say(driverText(message.you, message.driver));
			case 'refused':
				return say(message.why);
			case 'end':
				return message.fault && events.say(faultText(message.fault, style));
			case 'now':
				return;
		}
	};
};

const driverText = (you: 'drives' | 'watches', driver: Person | undefined): string => {
	if (you === 'drives') return 'you drive now';
	return driver ? `${personText(driver)} drives now` : 'nobody drives now';
};

const codeOf = (end: AttachEnd, {state, journal}: Pick<Place, 'state' | 'journal'>, out: Output): number => {
	switch (end.how) {
		case 'ended':
			return end.code;
		case 'left':
			out.stderr.write('The run goes on without you: setup attach comes back to it.\n');
			return 130;
		case 'dropped':
			throw new Fault('attach.dropped', 'the run goes on, but no longer talks to us', 'Run setup attach again.');
		case 'lost':
			throw new Fault(
				'attach.lost',
				`the run was cut off: ${end.why}`,
				'Run the command it was started with again: it goes on from the journal.',
			);
		case 'nothing': {
			const entries = readJournal(journal);
			const last = lastRun(entries);
			const open = unfinished(state, entries);
			throw new Fault(
				'attach.nothing-runs',
				`nothing runs here${last ? `; the last run (${last.stack}, ${last.at}) ${last.outcome === undefined ? 'was cut off' : `ended as ${last.outcome}`}` : ''}`,
				open
					? 'setup shows it again, with what can be done.'
					: 'setup status shows what is installed and what is owed; setup apply FILE --detach starts a run.',
				{details: open ? unfinishedLines(open).map(line => line.trim()) : []},
			);
		}
	}
};
