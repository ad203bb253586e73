/** `setup list stacks|steps|checks`: what there is, one line each. */
import {faultData} from '#model/fault.ts';
import {printableJson} from '#model/printable.ts';
import type {Output} from '#tasks/output.ts';
import {knownStacks, loadableStacks} from '#tasks/stacks/find.ts';
import type {KnownStack} from '#tasks/stacks/known-stack.ts';

export type ListOptions = {readonly format: 'text' | 'json'};

/** Prints id and title. Gives 0. */
export const listCommand = async (
	what: 'stacks' | 'steps' | 'checks',
	options: ListOptions,
	out: Output,
): Promise<number> => {
	const rows = await tables[what]();
	if (options.format === 'json') out.stdout.write(`${printableJson(rows, '\t')}\n`);
	else if (rows.length === 0) out.stderr.write(`There are no ${what} in this version.\n`);
	else
		for (const row of rows)
			out.stdout.write(
				`${'stack' in row ? `${row.stack}  ` : ''}${row.id.padEnd(what === 'checks' ? 26 : 18)} ${row.title}${'origin' in row && row.origin !== 'setup' ? `  (${row.origin})` : ''}\n`,
			);
	return 0;
};

type Row = {readonly id: string; readonly title: string; readonly stack?: string; readonly origin?: string};

const tables: Readonly<Record<'stacks' | 'steps' | 'checks', () => Promise<readonly Row[]>>> = {
	stacks: () => Promise.all(knownStacks().map(stackRow)),
	steps: async () =>
		(await loadableStacks()).flatMap(({stack}) =>
			stack.steps.map(step => ({stack: stack.id, id: step.id as string, title: step.title as string})),
		),
	checks: async () => (await import('#tasks/doctor/look.ts')).allChecks().map(({id, title}) => ({id, title})),
};

/** One that cannot be taken is listed with the reason. */
const stackRow = ({id, origin, load}: KnownStack): Promise<Row> =>
	load().then(
		({title}) => ({id, title, origin}),
		(error: unknown) => {
			const {sentence, hint} = faultData(error);
			return {id, title: `cannot be taken: ${sentence}`, origin, hint};
		},
	);
