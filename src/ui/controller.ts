/** Runs the state machine: keys and news go in, the state is shown, effects are carried out. The one place of the wizard where time passes. */
import {faultData} from '#model/fault.ts';
import type {Effect} from './state/effects.ts';
import type {Msg} from './state/msg.ts';
import type {State} from './state/types.ts';
import {firstState, update} from './state/update.ts';

export type Renderer = {
	/**
	 * Draws the state; called after every change, and may draw later what it is given now. A `held` one is known and not yet
	 * drawn: another call follows when it may be.
	 */
	show(state: State, held?: boolean): void;
	close(): Promise<void>;
};

export type ControllerOptions = {
	readonly size: State['size'];
	/** Starts a renderer; what it hears from the operator goes to `send`. */
	readonly open: (send: (msg: Msg) => void) => Renderer;
	/** Carries out an effect and sends what comes of it. A throw is shown as a fault. */
	readonly perform: (effect: Effect, send: (msg: Msg) => void, state: State) => Promise<void>;
	readonly first?: Effect;
	readonly clock?: () => number;
};

/** Runs until the state says to leave; gives its exit code and the lines for the normal screen. `state` shows the last one for tests. */
export const control = async (options: ControllerOptions): Promise<NonNullable<State['leave']>> => {
	const {clock = Date.now, perform} = options;
	let state = firstState(options.size, clock());
	const waiting: Msg[] = [];
	/** Places of the operator on their way to the disk. */
	let keeping = 0;
	const done = Promise.withResolvers<NonNullable<State['leave']>>();

	const send = (msg: Msg): void => {
		if (state.leave) return;
		// What is typed while an answer is checked belongs to the next question, not to nobody; Ctrl-C does not wait.
		if (msg.type === 'key' && state.busy && !state.over && msg.key.key !== 'interrupt') {
			if (waiting.length < 500) waiting.push(msg);
			return;
		}
		take(msg);
		while (waiting.length > 0 && !state.busy && !state.leave) take(waiting.shift()!);
	};

	const take = (msg: Msg): void => {
		const step = update({...state, now: clock()}, msg);
		state = step.state;
		keeping += step.effects.filter(isPlace).length;
		show();
		for (const effect of step.effects) carryOut(effect);
		if (state.leave) done.resolve(state.leave);
		keepTime();
	};

	// A question is seen once it is on disk that the operator is there: after a kill the one before is not asked again.
	const show = (): void =>
		renderer.show(state, keeping > 0 && state.screen.at === 'question' && !state.over && !state.leave);

	const carryOut = (effect: Effect): void => {
		perform(effect, send, state)
			.finally(() => {
				if (isPlace(effect) && --keeping === 0 && !state.leave) show();
			})
			.catch((error: unknown) => send({type: 'fault', fault: faultData(error)}));
	};

	let ticking: NodeJS.Timeout | undefined;
	/** An idle screen costs nothing: seconds are counted only while something runs. */
	const keepTime = (): void => {
		const running = state.run !== undefined && state.run.outcome === undefined && !state.leave;
		if (running && ticking === undefined) ticking = setInterval(() => send({type: 'tick', now: clock()}), 1000);
		if (!running && ticking !== undefined) {
			clearInterval(ticking);
			ticking = undefined;
		}
	};

	const renderer = options.open(send);
	show();
	carryOut(options.first ?? {do: 'start'});
	try {
		return await done.promise;
	} finally {
		clearInterval(ticking);
		await renderer.close();
	}
};

const isPlace = (effect: Effect): boolean => effect.do === 'place';
