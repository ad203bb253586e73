/** `setup list stacks|steps|checks`: what there is, one line each, and which of the stacks are on this host. */
import {readJournal} from '#engine/journal.ts';
import {standingStacks} from '#engine/standing.ts';
import {faultData} from '#model/fault.ts';
import {printableJson} from '#model/printable.ts';
import type {Output} from '#tasks/output.ts';
import {knownStacks, loadableStacks} from '#tasks/stacks/find.ts';
import type {KnownStack} from '#tasks/stacks/known-stack.ts';
import {placeOf} from '#tasks/state-place.ts';

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
				`${row.stack === undefined ? '' : `${row.stack}  `}${row.id.padEnd(what === 'checks' ? 26 : 18)} ${row.title}${notes(row)}\n`,
			);
	return 0;
};

type Row = {
	readonly id: string;
	readonly title: string;
	readonly stack?: string;
	readonly origin?: string;
	/** Of a stack; left out where only root may know. */
	readonly installed?: boolean;
};

const notes = ({origin, installed}: Row): string => {
	const all = [...(origin === undefined || origin === 'setup' ? [] : [origin]), ...(installed ? ['installed'] : [])];
	return all.length === 0 ? '' : `  (${all.join(', ')})`;
};

const tables: Readonly<Record<'stacks' | 'steps' | 'checks', () => Promise<readonly Row[]>>> = {
	stacks: () => {
		const here = installedHere();
		return Promise.all(
			knownStacks().map(async known => ({
				...(await stackRow(known)),
				...(here && {installed: here.includes(known.id)}),
			})),
		);
	},
	steps: async () =>
		(await loadableStacks()).flatMap(({stack}) =>
			stack.steps.map(step => ({stack: stack.id, id: step.id as string, title: step.title as string})),
		),
	checks: async () => (await import('#tasks/doctor/look.ts')).allChecks().map(({id, title}) => ({id, title})),
};

/** Only root may read the journal; a list is for everybody. */
const installedHere = (): readonly string[] | undefined => {
	try {
		return standingStacks(readJournal(placeOf(undefined).journal));
	} catch (error) {
		if (faultData(error).code === 'journal.needs-root') return undefined;
		throw error;
	}
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
