/** `--detach` of apply and undo: starts the same command apart from this terminal, says how to get back to it, and is done. */

import {printableJson} from '#model/printable.ts';
import type {RunInfo} from '#runner/messages.ts';
import {type DetachOptions, type Started, startDetached} from '#runner/start-run.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf} from '#tasks/state-place.ts';

/** How to detach: systemd where it is PID 1, or a session of its own all the same. */
export type Detach = true | 'session';

export type DetachCommandOptions = Omit<DetachOptions, 'state' | 'how'> & {
	readonly detach: Detach;
	readonly state: string | undefined;
	readonly format: 'text' | 'ndjson';
};

/** Gives 0 as soon as the run holds the host. Throws what the run could not begin with: run.held and the like. */
export const detachCommand = async (
	{detach, state, format, ...options}: DetachCommandOptions,
	out: Output,
): Promise<number> => {
	const argv = [...options.argv, ...(state === undefined ? [] : ['--state', state])];
	const started = await startDetached({
		...options,
		argv,
		state: placeOf(state).state,
		...(detach === 'session' && {how: detach}),
	});
	out.stdout.write(
		format === 'ndjson'
			? `${printableJson({type: 'detached', ...started})}\n`
			: text(started, state === undefined ? '' : ` --state ${state}`),
	);
	return 0;
};

const text = ({run, info}: Started, state: string): string =>
	[
		`Run ${run} goes on by itself: ${howText(info.how)}.`,
		`  setup attach${state}          watch it from any terminal; Ctrl-C there leaves it going`,
		`  setup attach --stop${state}   stop it after what it is at`,
		...(typeof info.how === 'object' && 'unit' in info.how ? [`  journalctl -u ${info.how.unit}`] : []),
		'',
	].join('\n');

export const howText = (how: RunInfo['how']): string => {
	if (how === 'terminal') return 'in the terminal it was started in';
	return 'unit' in how ? `unit ${how.unit}` : `session ${how.session}`;
};
