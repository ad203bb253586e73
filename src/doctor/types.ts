/** A doctor's report as data: what every format is written from, what the memory keeps, and what `--from` reads again. */

import type {Trial} from '#model/check.ts';
import type {FaultData} from '#model/fault.ts';
import type {Layers, Remedy} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import type {Unknown} from '#model/unknown.ts';

export type RowState = 'ok' | 'warn' | 'fail' | 'unknown' | 'na' | 'blocked' | 'crash';

/** One finding, or the one verdict of a check that found none. In a stable order: by subject, then check, then item. */
export type Row = {
	/** `mysql.bind[3306]`: what waivers, memory and `--fail-on new` are keyed by. */
	readonly key: string;
	readonly check: string;
	readonly subject: string;
	readonly title: string;
	readonly item?: string;
	/** Which of the kinds that its check declares: `asRoot`. */
	readonly is?: string;
	readonly state: RowState;
	/** One clause; for ok too, where there is something to say. */
	readonly says: string;
	readonly severity: 'warn' | 'fail';
	readonly source: string;
	/** Absent where nothing was seen. */
	readonly expected?: Json;
	readonly layers: Layers;
	/** ISO date-time when what is seen ends. */
	readonly ends?: string;
	/** The check, or its check's fault, that makes this one pointless. */
	readonly by?: string;
	readonly fault?: FaultData;
	/** Of 'unknown': what would have to be so to tell. */
	readonly why?: Unknown;
	readonly remedy?: Remedy;
	/** `setup doctor fix CHECK` can mend it. */
	readonly fixable: boolean;
	readonly waived?: {readonly reason: string; readonly until?: string};
	/** Against the last run: first seen now, or still there since (ISO date-time). */
	readonly change?: 'new' | 'still';
	readonly since?: string;
	/** Of the whole check. */
	readonly seconds: number;
};

export type Counts = Readonly<Record<RowState, number>> & {
	readonly waived: number;
	/** Checks, not rows: "64 of 71 checked". */
	readonly checks: number;
	readonly checked: number;
	readonly needRoot: number;
	readonly notApplicable: number;
};

export type Report = {
	readonly schemaVersion: 1;
	readonly version: string;
	readonly host: {readonly name: string; readonly release: string};
	/** ISO date-time it ran; `asOf` when `--at` named another time. */
	readonly at: string;
	readonly asOf?: string;
	readonly root: string;
	readonly isRoot: boolean;
	readonly seconds: number;
	readonly counts: Counts;
	readonly rows: readonly Row[];
	/** "MariaDB is down: 6 checks blocked", one for each cause. `by`: the check that failed, or why several could not tell ('needs-root', 'timeout'). */
	readonly causes: readonly {readonly by: string; readonly says: string; readonly checks: readonly string[]}[];
	/** With `--try`: what was tried at doors of this host, as it was said before. */
	readonly tries?: readonly Trial[];
	/** What the last run found and this one does not. */
	readonly fixed: readonly {readonly key: string; readonly was: 'warn' | 'fail'; readonly says: string}[];
};
