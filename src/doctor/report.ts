/** The report of a run: its rows, what they add up to, and each cause once. */
import type {AnyCheck} from '#model/check.ts';
import {rowsOf} from './fold.ts';
import type {CheckRun} from './run-checks.ts';
import type {Counts, Report, Row, RowState} from './types.ts';

export type About = Pick<Report, 'version' | 'host' | 'at' | 'asOf' | 'root' | 'isRoot' | 'seconds' | 'tries'>;

/** Of what was asked for; a check that was run only because others require it appears when it is why they are blocked. */
export const reportOf = (runs: readonly CheckRun[], asked: readonly AnyCheck[], about: About): Report => {
	const ids = new Set(asked.map(check => check.id));
	const wanted = runs.filter(({check}) => ids.has(check.id));
	const causes = new Set(wanted.flatMap(({verdict}) => (verdict.state === 'blocked' ? [verdict.by] : [])));
	return withRows(
		{schemaVersion: 1, ...about, counts: countsOf([]), rows: [], causes: [], fixed: []},
		rowsOf(runs).filter(row => ids.has(row.check) || causes.has(row.check)),
	);
};

/** The same report with other rows: counted again, and the causes told again. */
export const withRows = (report: Report, rows: readonly Row[]): Report => ({
	...report,
	counts: countsOf(rows),
	rows,
	causes: causesOf(rows),
});

/** What the rows add up to. A check is "checked" when everything it looks at was seen. */
const countsOf = (rows: readonly Row[]): Counts => {
	const states: Record<RowState, number> = {ok: 0, warn: 0, fail: 0, unknown: 0, na: 0, blocked: 0, crash: 0};
	for (const row of rows) if (row.waived === undefined) states[row.state] += 1;
	const checks = Map.groupBy(rows, row => row.check);
	const count = (holds: (rows: readonly Row[]) => boolean): number => [...checks.values()].filter(holds).length;
	return {
		...states,
		waived: rows.filter(row => row.waived !== undefined).length,
		checks: checks.size,
		checked: count(all => all.every(row => row.state === 'ok' || row.state === 'warn' || row.state === 'fail')),
		needRoot: count(all => all.some(row => row.why?.because === 'needs-root')),
		notApplicable: count(all => all.every(row => row.state === 'na')),
	};
};

/** "mariadb.service is not running: 6 checks blocked"; and why several could not tell, once. */
const causesOf = (rows: readonly Row[]): Report['causes'] => [
	...[
		...Map.groupBy(
			rows.filter(row => row.by !== undefined),
			row => row.by!,
		),
	].map(([by, blocked]) => {
		const checks = idsOf(blocked);
		const failed = rows.find(row => row.check === by && row.state === 'fail');
		return {by, says: `${failed?.says ?? by}: ${many(checks.length)} blocked`, checks};
	}),
	...[
		...Map.groupBy(
			rows.filter(row => row.why !== undefined),
			reasonOf,
		),
	]
		.map(([, unknown]) => ({by: unknown[0]!.why!.because, checks: idsOf(unknown), says: unknown[0]!.says}))
		.filter(({checks}) => checks.length > 1)
		.map(({by, checks, says}) => ({
			by,
			says:
				by === 'needs-root'
					? `not root: ${many(checks.length)} need it`
					: `${says}: ${many(checks.length)} cannot tell`,
			checks,
		})),
];

/** Being root is one cause, whatever file it is that only root may read; of the others what they wait for. */
const reasonOf = ({why}: Row): string =>
	why === undefined ? '' : why.because === 'needs-root' ? why.because : JSON.stringify(why);

const many = (count: number): string => (count === 1 ? '1 check' : `${count} checks`);

const idsOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.map(row => row.check))];
