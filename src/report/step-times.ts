/** How long each step took, from its first start to its last end: steps overlap, so the sum is more than the run. */
import type {Event} from '#model/event.ts';

export type StepTime = {
	readonly step: string;
	readonly seconds: number;
	readonly changed: number;
	readonly failed: number;
};

/** Listens to a run; `steps` gives what was done so far, in the order in which the steps began. `clock` gives milliseconds. */
export const stepTimes = (
	clock: () => number = Date.now,
): {listen(event: Event): void; steps(): readonly StepTime[]} => {
	const steps = new Map<string, {first: number; last: number; changed: number; failed: number}>();
	return {
		listen(event) {
			if (event.type !== 'node-start' && event.type !== 'node-end') return;
			const at = clock();
			if (event.type === 'node-start' && !steps.has(event.step))
				steps.set(event.step, {first: at, last: at, changed: 0, failed: 0});
			const known = steps.get(event.step);
			if (!known || event.type === 'node-start') return;
			known.last = at;
			if (event.outcome === 'changed') known.changed += 1;
			if (event.outcome === 'failed') known.failed += 1;
		},
		steps: () =>
			[...steps].map(([step, {first, last, changed, failed}]) => ({
				step,
				seconds: Math.round((last - first) / 100) / 10,
				changed,
				failed,
			})),
	};
};
