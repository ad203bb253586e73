/** What the first screen tells: the host, who is on it, what could be installed, and what was begun. */
import {hostname} from 'node:os';
import {interview} from '#answers/interview/interview.ts';
import {type State as Kept, readState} from '#answers/state.ts';
import {release} from '#host/apt/release.ts';
import {memory, spaceOf} from '#host/system/memory.ts';
import type {Reader} from '#model/host.ts';
import type {Stack} from '#model/step.ts';
import {readLog} from '#runner/log.ts';
import type {Person} from '#runner/messages.ts';
import {runningNow} from '#runner/run-record.ts';
import {whoAmI} from '#runner/who.ts';
import {loadableStacks} from '#tasks/stacks/find.ts';
import type {HostSummary, StackSummary, State} from '#ui/state/types.ts';
import {reopenFailure} from './reopen.ts';
import {factsIn, type Performer, type Session} from './session.ts';
import {stackSummary} from './stack-summary.ts';

/** The effect `start`. */
export const start: Performer<'start'> = async (_effect, session, send) => {
	const [host, kept, running] = await Promise.all([
		hostSummary(session.reader),
		readState(session.place.state),
		inProgress(session),
	]);
	const all = await loadableStacks();
	const stacks = await Promise.all(
		all.map(async ({stack}) => ({...stackSummary(stack, kept), ...(await neededFor(stack, kept, session))})),
	);
	send({type: 'started', host, stacks, ...(running && {running})});
	if (!running) await reopenFailure(session, send);
};

/** How many answers have no default, for one that was not begun yet. */
const neededFor = async (stack: Stack, kept: Kept, session: Session): Promise<Pick<StackSummary, 'needed'>> => {
	if (kept.drafts[stack.id] || kept.installed[stack.id]) return {};
	const {steps} = await interview(stack, {}, {facts: factsIn(session), provenance: {}, store: session.place.secrets});
	const open = steps.flatMap(({questions}) => questions.filter(({required, value}) => required && value === undefined));
	return {needed: open.length};
};

const mebibyte = 1024 * 1024;

const hostSummary = async (reader: Reader): Promise<HostSummary> => {
	const [{name}, {total}, space, people] = await Promise.all([
		reader.fact(release),
		reader.fact(memory),
		spaceOf('/', reader),
		loggedIn(reader),
	]);
	return {
		name: hostname(),
		release: name.replace(/ GNU\/Linux/, '').replace(/ \(.*\)$/, ''),
		memoryMiB: Math.round(total / mebibyte),
		freeDiskMiB: Math.round((space?.free ?? 0) / mebibyte),
		people,
	};
};

/** As `who` says; a host without it still knows who asks. */
const loggedIn = async (reader: Reader): Promise<readonly Person[]> => {
	const me = whoAmI();
	const text = await reader.query(['who'], {timeout: 3000}).catch(() => '');
	const others = text
		.split('\n')
		.map(line => line.trim().split(/\s+/))
		.filter(([user = '', tty = '']) => user !== '' && tty !== me.tty)
		.map(([user = '', tty = '']) => ({user, tty}));
	return [me, ...others];
};

/** "step 6 of 12", from what the run has told so far. */
const inProgress = async ({place}: Session): Promise<State['running'] | undefined> => {
	const info = await runningNow(place.state);
	if (!info) return undefined;
	const ended = new Map<string, number>();
	let steps: Readonly<Record<string, number>> = {};
	for (const event of readLog(place.state, info.run)) {
		if (event.type === 'run-start') steps = event.steps ?? {};
		if (event.type === 'node-end') ended.set(event.step, (ended.get(event.step) ?? 0) + 1);
	}
	const done = Object.entries(steps).filter(([step, nodes]) => (ended.get(step) ?? 0) >= nodes).length;
	const all = Object.keys(steps).length;
	return {...info, ...(all > 0 && {steps: all, step: Math.min(all, done + 1)})};
};
