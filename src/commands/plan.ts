/** `setup plan FILE`: what would change, truly, changing nothing. */
import {statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {namedFiles} from '#answers/secrets/named-files.ts';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {stateDirectory} from '#answers/state.ts';
import {makePlan, planExitCode} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import {Fault} from '#model/fault.ts';
import {beforehandText} from '#report/beforehand-text.ts';
import {bundleText} from '#report/bundle-text.ts';
import {planJson} from '#report/plan-json.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import {askBeforehand} from '#tasks/beforehand.ts';
import {openFrom} from '#tasks/bundle/open-from.ts';
import type {Output} from '#tasks/output.ts';
import {optimizeNothing} from '#tasks/short-look.ts';
import {leaveAtOnce} from '#tasks/signals.ts';
import {placeOf, version} from '#tasks/state-place.ts';

export type PlanOptions = {
	readonly set: readonly string[];
	readonly format: 'text' | 'json';
	readonly root: string;
	readonly state?: string;
	readonly verbose: boolean;
	readonly diff: boolean;
	/** Ask no other host. */
	readonly offline: boolean;
	/** Follow branches, as an update would. */
	readonly update?: boolean;
	/** A medium to fetch from. */
	readonly bundle?: string;
};

/** Prints the plan. Gives 0 (nothing to do), 2 (changes), 3 (changes and unknowns) or 1 (cannot plan). */
export const planCommand = async (file: string | undefined, options: PlanOptions, out: Output): Promise<number> => {
	const root = resolve(options.root);
	if (!statSync(root, {throwIfNoEntry: false})?.isDirectory())
		throw new Fault(
			'usage.no-root',
			`${root} is not a directory`,
			'Name the directory that holds the root file system.',
		);
	const dispose = leaveAtOnce();
	const reader = createReader(root);
	const {opened, medium} = await openFrom(file, options, reader);
	optimizeNothing();
	// An offline root has a state of its own: the secrets of this machine are not those of that one.
	const place = placeOf(options.state ?? (root === '/' ? undefined : join(root, stateDirectory)));
	await resolveSecrets(opened.loaded, {store: place.secrets, mode: 'plan'});
	const plan = await makePlan(await opened.items(options.update ? 'plan' : undefined), reader);
	const asked = options.offline || root !== '/' ? [] : await askBeforehand(opened, reader, plan);
	const style = styleFor(out.stdout);
	const reads = namedFiles(opened.loaded);
	out.stdout.write(
		options.format === 'json'
			? planJson(plan, {stack: opened.stack.id, version, root, reads}, asked)
			: `${planText(plan, `Plan for ${opened.stack.title}`, {
					style,
					diffs: options.diff,
					verbose: options.verbose,
					reads,
				})}${medium ? bundleText(medium.manifest, options.bundle ?? '', style) : ''}${beforehandText(asked, style, options.verbose)}`,
	);
	dispose();
	return asked.some(({state}) => state === 'failed') ? 1 : planExitCode(plan);
};
