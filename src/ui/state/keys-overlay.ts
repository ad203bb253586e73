/** The keys of what lies over a screen: help, steps, log, details, and the questions that want a word typed. */
import type {Key} from '../keyboard/keys.ts';
import {moveIn, only, type Step, wait, without} from './after-message.ts';
import {editField, emptyField, textOf} from './field.ts';
import {goTo, toReview} from './go.ts';
import {leave} from './leave.ts';
import {letter} from './letter.ts';
import type {Overlay, State} from './types.ts';

type Over<Kind extends Overlay['over']> = Extract<Overlay, {over: Kind}>;

/** A key while something lies over the screen; the screen below does not get it. */
export const overlayKey = (state: State, over: Overlay, key: Key): Step => {
	if (key.key === 'suspend') return leave(state, 0);
	switch (over.over) {
		case 'waiting':
			// Nothing typed while something is looked at may answer what comes next.
			return key.key === 'interrupt' ? leave(state, 130) : only(state);
		case 'steps':
			return stepsKey(state, over, key);
		case 'log':
			return logKey(state, over, key);
		case 'confirm':
			return confirmKey(state, over, key);
		case 'export':
			return exportKey(state, over, key);
		case 'report':
			return reportKey(state, over, key);
		default:
			return scrollKey(state, over, key);
	}
};

const close = (state: State): Step => only(without(without(state, 'over'), 'fault'));
const isClose = (key: Key): boolean => key.key === 'escape' || key.key === 'interrupt';

const scrollKey = (state: State, over: Over<'help' | 'detail'>, key: Key): Step => {
	const by = scrolls[key.key];
	if (by !== undefined) return only({...state, over: {...over, scroll: Math.max(0, over.scroll + by)}});
	return isClose(key) || key.key === 'enter' || ['q', '?'].includes(letter(key) ?? '') ? close(state) : only(state);
};

const scrolls: Readonly<Record<string, number>> = {up: -1, down: 1, 'page-up': -10, 'page-down': 10, home: -1_000_000};

const stepsKey = (state: State, over: Over<'steps'>, key: Key): Step => {
	const steps = state.interview?.steps ?? [];
	// One more than the steps: the review.
	const highlighted = moveIn(key, over.highlighted, steps.length + 1);
	if (highlighted !== undefined) return only({...state, over: {...over, highlighted}});
	if (key.key === 'enter') {
		const step = steps[over.highlighted];
		return step ? goTo(without(state, 'over'), {step: step.id}) : toReview(without(state, 'over'));
	}
	return isClose(key) || key.key === 'steps' ? close(state) : only(state);
};

const logKey = (state: State, over: Over<'log'>, key: Key): Step => {
	const log = state.run?.log ?? [];
	const at = (scroll: number): Step =>
		only({...state, over: {...over, scroll: Math.max(0, Math.min(scroll, log.length))}});
	if (over.searching) {
		if (key.key === 'enter') return find({...over, searching: false}, state, over.scroll);
		if (isClose(key)) return only({...state, over: {...over, searching: false, search: emptyField}});
		const search = editField(over.search, key);
		return search ? only({...state, over: {...over, search}}) : only(state);
	}
	const by = scrolls[key.key];
	if (by !== undefined) return at(over.scroll + by);
	if (key.key === 'end') return at(log.length);
	if (letter(key) === '/') return only({...state, over: {...over, searching: true, search: emptyField}});
	if (letter(key) === 'n') return find(over, state, over.scroll + 1);
	if (letter(key) === 'N') return find(over, state, over.scroll - 1, -1);
	return isClose(key) || ['q', 'l'].includes(letter(key) ?? '') ? close(state) : only(state);
};

/** The next line, or the one before, that holds what is searched; round the end of the log. */
const find = (over: Over<'log'>, state: State, from: number, by: 1 | -1 = 1): Step => {
	const log = state.run?.log ?? [];
	const wanted = textOf(over.search).toLowerCase();
	if (wanted === '') return only({...state, over});
	for (let n = 0; n < log.length; n++) {
		const index = (((from + by * n) % log.length) + log.length) % log.length;
		if (log[index]?.toLowerCase().includes(wanted)) return only({...state, over: {...over, scroll: index}});
	}
	return only({...state, over, notice: `${JSON.stringify(textOf(over.search))} is not in the log.`});
};

/** Milliseconds in which keys that were already on their way do not count. */
const settling = 300;

const confirmKey = (state: State, over: Over<'confirm'>, key: Key): Step => {
	if (isClose(key)) return close(state);
	if (state.now - over.since < settling) return only(state);
	if (key.key === 'enter') {
		if (textOf(over.field) !== over.word)
			return only({...state, notice: `Type the word ${over.word}, or press Escape.`});
		const below = without(state, 'over');
		if (over.does.do === 'stop')
			return {state: {...below, ...(below.run && {run: {...below.run, stopping: true}})}, effects: [over.does]};
		return wait(below, 'Starting', over.does);
	}
	if (key.key === 'text' && key.paste) return only({...state, notice: 'This word has to be typed.'});
	const by = scrolls[key.key === 'home' ? '' : key.key];
	if (by !== undefined)
		return only({
			...state,
			over: {...over, scroll: Math.max(0, Math.min((over.scroll ?? 0) + by, over.lines.length - 1))},
		});
	const field = editField(over.field, key);
	return field ? only({...state, over: {...over, field}}) : only(state);
};

const exportKey = (state: State, over: Over<'export'>, key: Key): Step => {
	if (isClose(key)) return close(state);
	if (key.key === 'tab' || key.key === 'back-tab')
		return only({...state, over: {...over, secrets: over.secrets === 'files' ? 'environment' : 'files'}});
	if (key.key === 'enter') {
		const path = textOf(over.field).trim();
		return path === ''
			? only({...state, notice: 'Name the file.'})
			: wait(state, 'Writing', {do: 'export', path, secrets: over.secrets});
	}
	const field = editField(over.field, key);
	return field ? only({...state, over: {...over, field}}) : only(state);
};

const reportKey = (state: State, over: Over<'report'>, key: Key): Step => {
	if (isClose(key)) return close(state);
	if (key.key === 'enter') {
		const path = textOf(over.field).trim();
		return path === ''
			? only({...state, notice: 'Name the file.'})
			: wait(state, 'Writing', {do: 'write-report', path, lines: over.lines});
	}
	const by = scrolls[key.key === 'home' ? '' : key.key];
	if (by !== undefined) return only({...state, over: {...over, scroll: Math.max(0, over.scroll + by)}});
	const field = editField(over.field, key);
	return field ? only({...state, over: {...over, field}}) : only(state);
};
