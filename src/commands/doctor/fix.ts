/** `setup doctor fix`: plans what mends the findings, shows it, does it, looks again, and takes it back by itself where it made something worse. */
import {setTimeout as pause} from 'node:timers/promises';
import {subjectOf} from '#doctor/fold.ts';
import type {Report, Row} from '#doctor/types.ts';
import {worseRows} from '#doctor/worse.ts';
import {doctorStack} from '#engine/journal.ts';
import type {Plan} from '#engine/plan.ts';
import {standUp, unitsThatRun} from '#host/units/taken-down.ts';
import type {AnyCheck} from '#model/check.ts';
import {Fault, faultData} from '#model/fault.ts';
import {oneLine} from '#report/doctor/row-words.ts';
import {planFor, showPlan, tellUnmendable, unitsOf} from '#tasks/doctor/fix-plan.ts';
import {type Looked, lookAt, selectHere} from '#tasks/doctor/look.ts';
import {repair, takeBack} from '#tasks/doctor/repair.ts';
import {type Held, heldRun} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';
import {askYesNo} from '../yes-no.ts';
import type {DoctorArgs} from './args.ts';

/** How long what was restarted may take until it is as it was, in milliseconds. */
const patience = 15_000;

/** Gives 0 when everything selected is fine afterwards, 1 when not (also when it went back), 2 when it cannot be told. */
export const fixCommand = async (args: DoctorArgs, out: Output, all?: readonly AnyCheck[]): Promise<number> => {
	if (process.getuid?.() !== 0)
		throw new Fault(
			'fix.needs-root',
			'only root can mend this host',
			'Run it with sudo. `setup doctor` shows what can be told without being root.',
		);
	if (args.format !== 'text' && args.format !== 'ndjson')
		throw new Fault(
			'usage.choice',
			`doctor fix cannot write ${args.format}`,
			'It writes text, or its events as ndjson.',
		);
	const tell = (line: string): void => void (args.format === 'text' ? out.stdout : out.stderr).write(`${line}\n`);
	const wide = await subjectsOf(args, all);
	const before = await lookAt({...args, ...wide}, out);
	const broken = before.report.rows.filter(row => wide.names.has(row.check) && isBroken(row));
	const {plan, failed} = await planFor(before, broken);
	tellUnmendable(broken, failed, tell);
	const todo = plan.nodes.filter(node => node.look.state !== 'ok');
	if (todo.length === 0) {
		tell(
			broken.length === 0
				? 'Nothing to mend: all that was looked at is fine.'
				: 'Nothing here that setup can mend by itself.',
		);
		return codeOf(rowsOf(before.report, wide.names));
	}
	if (args.format === 'text' || !args.yes) showPlan(plan, out, args.format === 'text');
	if (args.plan) return 0;
	if (!args.yes && !(await askYesNo('Do this?'))) {
		tell('Nothing was changed.');
		return 1;
	}
	return mend({args, out, wide, before, plan, tell});
};

type Mend = {
	readonly args: DoctorArgs;
	readonly out: Output;
	readonly wide: Wide;
	readonly before: Looked;
	readonly plan: Plan;
	readonly tell: (line: string) => void;
};

const mend = ({args, out, wide, before, plan, tell}: Mend): Promise<number> => {
	const format = args.format === 'ndjson' ? 'ndjson' : 'text';
	const what = ['setup doctor fix', ...args.words].join(' ');
	return heldRun(
		{what, stack: doctorStack, state: args.state, format, again: 'Run the same command again to go on.'},
		out,
		async held => {
			const look = (): Promise<Looked> => lookAt({...args, ...wide}, out);
			const stood = await unitsThatRun(unitsOf(plan), held.reader);
			const result = await repair(held, plan);
			const mending = new Set(
				before.report.rows.filter(row => isBroken(row) && row.fixable && wide.names.has(row.check)).map(row => row.key),
			);
			const after = await lookUntilSettled(
				before,
				look,
				row => result.outcome === 'done' && mending.has(row.key) && isBroken(row),
			);
			const worse = worseRows(before.report.rows, after.report.rows);
			if (worse.length > 0 || result.outcome === 'failed') {
				for (const row of worse) tell(oneLine(`worse than before: ${row.key}: ${row.says}`));
				tell(`${worse.length > 0 ? 'It made something worse' : 'It failed'}, so it is taken back.`);
				return goBack({held, before, stood, look, tell});
			}
			const rows = rowsOf(after.report, wide.names);
			for (const row of rows.filter(isBroken)) tell(oneLine(`still ${row.state}: ${row.key}: ${row.says}`));
			const mended = before.report.rows.filter(
				row => isBroken(row) && wide.names.has(row.check) && !rows.some(one => one.key === row.key && isBroken(one)),
			);
			tell(`${mended.length} mended, ${rows.filter(isBroken).length} left. setup undo takes it back.`);
			return result.outcome === 'interrupted' ? 130 : codeOf(rows);
		},
	);
};

/** A service that was restarted needs its time; what is still worse, or still not mended, when that is over, is. */
const lookUntilSettled = async (
	before: Looked,
	look: () => Promise<Looked>,
	isLeft: (row: Row) => boolean = () => false,
): Promise<Looked> => {
	const end = performance.now() + patience;
	for (let wait = 250; ; wait = Math.min(wait * 2, 3000)) {
		const after = await look();
		const settled = worseRows(before.report.rows, after.report.rows).length === 0 && !after.report.rows.some(isLeft);
		if (settled || after.interrupted || performance.now() + wait > end) return after;
		await pause(wait);
	}
};

type Going = {
	readonly held: Held;
	readonly before: Looked;
	/** The units that ran before, and that the repair could take down. */
	readonly stood: readonly string[];
	readonly look: () => Promise<Looked>;
	readonly tell: (line: string) => void;
};

/** Whatever cannot be put back, what ran before is started: a host with one more wrong line is better off than one without its database. */
const goBack = async ({held, before, stood, look, tell}: Going): Promise<number> => {
	const results = await takeBack(held).catch((error: unknown) => faultData(error));
	const fault = 'code' in results ? results : undefined;
	if (fault !== undefined) tell(oneLine(`not taken back wholly: ${fault.sentence}`));
	const down = await standUp(stood, held.hostFor('restarts'));
	for (const one of down) tell(oneLine(`does not run any more: ${one.unit}: ${one.fault.sentence}`));
	const stuck =
		'code' in results ? [] : results.filter(({result}) => result.outcome === 'kept' || result.outcome === 'conflict');
	const worse = worseRows(before.report.rows, (await lookUntilSettled(before, look)).report.rows);
	for (const row of worse) tell(oneLine(`not as before: ${row.key}: ${row.says}`));
	const left = stuck.length + worse.length + down.length + (fault === undefined ? 0 : 1);
	tell(
		left === 0
			? 'Taken back: everything is as it was before.'
			: `Taken back, but for ${left} that ${left === 1 ? 'is' : 'are'} listed above.`,
	);
	return 1;
};

type Wide = Pick<Parameters<typeof lookAt>[0], 'selection'> & {readonly names: ReadonlySet<string>};

/** What was asked for, and what a repair may cost: the rest of its subjects, and the units of this host. */
const subjectsOf = async ({words}: DoctorArgs, all?: readonly AnyCheck[]): Promise<Wide> => {
	const {asked, known} = await selectHere(words, all);
	const neighbours = [
		...new Set(asked.map(({id}) => subjectOf(id))),
		...known.filter(id => id === 'host.failed-units'),
	];
	return {
		selection: {...(await selectHere(words.length === 0 ? [] : neighbours, all)), named: new Set(words)},
		names: new Set(asked.map(({id}) => id)),
	};
};

const isBroken = (row: Row): boolean => (row.state === 'warn' || row.state === 'fail') && row.waived === undefined;

const rowsOf = (report: Report, names: ReadonlySet<string>): readonly Row[] =>
	report.rows.filter(row => names.has(row.check) && row.waived === undefined);

const codeOf = (rows: readonly Row[]): number => {
	if (rows.some(isBroken)) return 1;
	return rows.some(row => row.state === 'unknown' || row.state === 'crash') ? 2 : 0;
};
