/** `setup answers init|check|schema`: a file to start from, all that is wrong with one, and its JSON Schema for an editor. */

import {answersTemplate} from '#answers/file/template.ts';
import {answersSchema} from '#answers/questions/schema.ts';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {createReader} from '#host/reader.ts';
import {printableJson} from '#model/printable.ts';
import {beforehandText} from '#report/beforehand-text.ts';
import {styleFor} from '#report/style.ts';
import {askBeforehand} from '#tasks/beforehand.ts';
import {factsOf, openStack} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {findStack} from '#tasks/stacks/find.ts';
import {placeOf} from '#tasks/state-place.ts';

/** A commented template on stdout. Gives 0. */
export const answersInit = async (stackId: string, out: Output): Promise<number> => {
	const stack = await findStack(stackId);
	const reader = createReader();
	out.stdout.write(await answersTemplate(stack, step => factsOf(step, reader)));
	return 0;
};

/** Every problem on the file's own lines (thrown, exit 64), else what a replay will need, and whether what the answers name is there. Gives 0, or 1 when something is not. */
export const answersCheck = async (
	file: string,
	options: {readonly set: readonly string[]; readonly state?: string; readonly offline: boolean},
	out: Output,
): Promise<number> => {
	const reader = createReader();
	const opened = await openStack(file, options.set, reader);
	const {loaded, stack} = opened;
	const secrets = await resolveSecrets(loaded, {mode: 'plan', store: placeOf(options.state).secrets});
	// What no answer alone can be wrong in, and two of them together can.
	await opened.items();
	const asked = options.offline ? [] : await askBeforehand(opened, reader);
	const lines = secrets.map(
		one => `  ${one.name.padEnd(34)} ${one.state}${one.why === undefined ? '' : `: ${one.why}`}`,
	);
	const unfit = secrets.filter(({state}) => state === 'unfit').length;
	out.stdout.write(
		`${file}: ${unfit === 0 ? `good answers for ${stack.id}.` : `answers for ${stack.id}, of which ${unfit === 1 ? 'a secret' : `${unfit} secrets`} would be refused.`}\n${lines.length === 0 ? '' : `Secrets that a replay needs:\n${lines.join('\n')}\n`}${beforehandText(asked, styleFor(out.stdout), true)}`,
	);
	return unfit > 0 || asked.some(({state}) => state === 'failed') ? 1 : 0;
};

/** JSON Schema (2020-12) of a stack's answers on stdout. Gives 0. */
export const answersSchemaCommand = async (stackId: string, out: Output): Promise<number> => {
	out.stdout.write(`${printableJson(answersSchema(await findStack(stackId)), '\t')}\n`);
	return 0;
};
