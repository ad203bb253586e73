/** `setup list stacks|steps|checks`: what there is, one line each. */

import {printableJson} from '#model/printable.ts';
import {stacks} from '#stacks/index.ts';
import {findStack} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';

export type ListOptions = {readonly format: 'text' | 'json'};

/** Prints id and title. Gives 0. */
export const listCommand = async (
	what: 'stacks' | 'steps' | 'checks',
	options: ListOptions,
	out: Output,
): Promise<number> => {
	const checks = what === 'checks' ? (await import('#tasks/doctor/look.ts')).allChecks() : [];
	const all = await Promise.all(Object.keys(stacks).map(findStack));
	const rows = {
		stacks: () => all.map(({id, title}) => ({id, title})),
		steps: () =>
			all.flatMap(stack =>
				stack.steps.map(step => ({stack: stack.id, id: step.id as string, title: step.title as string})),
			),
		checks: () => checks.map(({id, title}) => ({id, title})),
	}[what]();
	if (options.format === 'json') out.stdout.write(`${printableJson(rows, '\t')}\n`);
	else if (rows.length === 0) out.stderr.write(`There are no ${what} in this version.\n`);
	else
		for (const row of rows)
			out.stdout.write(
				`${'stack' in row ? `${row.stack}  ` : ''}${row.id.padEnd(what === 'checks' ? 26 : 18)} ${row.title}\n`,
			);
	return 0;
};
