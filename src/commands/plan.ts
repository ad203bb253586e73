/** `setup plan FILE`: what would change, truly, changing nothing. */

import {resolveSecrets} from '#answers/secrets.ts';
import {makePlan, planExitCode} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import {planJson} from '#report/plan-json.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import {openStack} from './open-stack.ts';
import type {Output} from './output.ts';
import {placeOf, version} from './state-place.ts';

export type PlanOptions = {
	readonly set: readonly string[];
	readonly format: 'text' | 'json';
	readonly root: string;
	readonly state?: string;
	readonly verbose: boolean;
	readonly diff: boolean;
};

/** Prints the plan. Gives 0 (nothing to do), 2 (changes), 3 (changes and unknowns) or 1 (cannot plan). */
export const planCommand = async (file: string, options: PlanOptions, out: Output): Promise<number> => {
	const reader = createReader(options.root);
	const opened = await openStack(file, options.set, reader);
	await resolveSecrets(opened.loaded, {store: placeOf(options.state).secrets, mode: 'plan'});
	const plan = await makePlan(await opened.items(), reader);
	out.stdout.write(
		options.format === 'json'
			? planJson(plan, {stack: opened.stack.id, version, root: options.root})
			: planText(plan, `Plan for ${opened.stack.title}`, {style: styleFor(out.stdout), diffs: options.diff, verbose: options.verbose}),
	);
	return planExitCode(plan);
};
