/** What the first screen tells: the host, who is on it, what could be installed, and what was begun. */
import {hostname} from 'node:os';
import {type State as Kept, readState} from '#answers/state.ts';
import {release} from '#host/apt/release.ts';
import {memory, spaceOf} from '#host/system/memory.ts';
import type {Reader} from '#model/host.ts';
import type {Stack} from '#model/step.ts';
import {readLog} from '#runner/log.ts';
import type {Person} from '#runner/messages.ts';
import {runningNow} from '#runner/record.ts';
import {whoAmI} from '#runner/who.ts';
import {loadableStacks} from '#tasks/stacks/find.ts';
import type {HostSummary, StackSummary, State} from '#ui/state/types.ts';
import type {Performer, Session} from './session.ts';

/** The effect `start`. */
export const start: Performer<'start'> = async (_effect, session, send) => {
	const [host, kept, running] = await Promise.all([
		hostSummary(session.reader),
		readState(session.place.state),
		inProgress(session),
	]);
	const all = await loadableStacks();
	send({type: 'started', host, stacks: all.map(({stack}) => stackSummary(stack, kept)), ...(running && {running})});
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

/** A stack with what it cost when it was measured, and what is known of it here. */
export const stackSummary = (stack: Stack, {drafts, installed}: Kept): StackSummary => {
	const draft = drafts[stack.id];
	const there = installed[stack.id];
	const {measured} = stack;
	return {
		id: stack.id,
		title: stack.title,
		about: stack.about,
		stepSeconds: measured?.steps ?? {},
		...(measured && {
			seconds: measured.seconds,
			cost: `about ${Math.max(1, Math.round(measured.seconds / 60))} min, ${measured.diskMiB} MiB on disk, ${measured.downloadMiB} MiB to load (${measured.on})`,
		}),
		...(draft && {
			draft: {
				savedAt: draft.savedAt,
				answered: Object.values(draft.answers).reduce<number>((sum, section) => sum + leavesIn(section), 0),
				...(draft.step !== undefined && {step: draft.step}),
				...(draft.question !== undefined && {question: draft.question}),
			},
		}),
		...(there && {installed: {at: there.at, outcome: there.outcome}}),
	};
};

const leavesIn = (value: unknown): number =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? Object.values(value).reduce<number>((sum, one) => sum + leavesIn(one), 0)
		: 1;

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
