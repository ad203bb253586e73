/** `setup plan FILE`: what would change, truly, changing nothing. */
import {statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {stateDirectory} from '#answers/state.ts';
import {makePlan, planExitCode} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import {Fault} from '#model/fault.ts';
import {planJson} from '#report/plan-json.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import {openStack} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {leaveAtOnce} from '#tasks/signals.ts';
import {placeOf, version} from '#tasks/state-place.ts';

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
	const root = resolve(options.root);
	if (!statSync(root, {throwIfNoEntry: false})?.isDirectory())
		throw new Fault(
			'usage.no-root',
			`${root} is not a directory`,
			'Name the directory that holds the root file system.',
		);
	const dispose = leaveAtOnce();
	const reader = createReader(root);
	const opened = await openStack(file, options.set, reader);
	// An offline root has a state of its own: the secrets of this machine are not those of that one.
	const place = placeOf(options.state ?? (root === '/' ? undefined : join(root, stateDirectory)));
	await resolveSecrets(opened.loaded, {store: place.secrets, mode: 'plan'});
	const plan = await makePlan(await opened.items(), reader);
	out.stdout.write(
		options.format === 'json'
			? planJson(plan, {stack: opened.stack.id, version, root})
			: planText(plan, `Plan for ${opened.stack.title}`, {
					style: styleFor(out.stdout),
					diffs: options.diff,
					verbose: options.verbose,
				}),
	);
	dispose();
	return planExitCode(plan);
};
