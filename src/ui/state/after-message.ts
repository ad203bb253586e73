/** What one message comes to, and the small moves that every part of the state machine makes. */
import type {Key} from '../keyboard/keys.ts';
import type {Effect} from './effects.ts';
import type {Overlay, State} from './types.ts';

export type Step = {readonly state: State; readonly effects: readonly Effect[]};

export const only = (state: State): Step => ({state, effects: []});

/** A state without one of its optional parts. */
export const without = (state: State, key: 'over' | 'notice' | 'fault' | 'after' | 'leave'): State => {
	const {[key]: _, ...rest} = state;
	return rest as State;
};

export const detail = (title: string, lines: readonly string[]): Extract<Overlay, {over: 'detail'}> => ({
	over: 'detail',
	title,
	lines,
	scroll: 0,
});

/** Shows that something is looked at, and asks for it. Keys are dropped until it is there. */
export const wait = (state: State, sentence: string, ...effects: readonly Effect[]): Step => ({
	state: {...state, over: {over: 'waiting', sentence}},
	effects,
});

/** The number below a list's end. */
export const clamp = (at: number, length: number): number => Math.max(0, Math.min(at, length - 1));

/** Where a list's pointer stands after a key; undefined when the key moves none. */
export const moveIn = (key: Key, at: number, length: number): number | undefined => {
	const to = {up: at - 1, down: at + 1, 'page-up': at - 10, 'page-down': at + 10, home: 0, end: length - 1}[
		key.key as 'up'
	];
	return to === undefined ? undefined : clamp(to, length);
};
