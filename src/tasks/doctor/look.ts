/** One look at the host: the selected checks, run and folded into a report. */
import {statSync} from 'node:fs';
import {hostname} from 'node:os';
import {resolve} from 'node:path';
import {didYouMean} from '#answers/resolve/did-you-mean.ts';
import {checks} from '#checks/index.ts';
import {byPlace, rowsOf} from '#doctor/fold.ts';
import {compare} from '#doctor/remembered.ts';
import {reportOf, withRows} from '#doctor/report.ts';
import {type CheckRun, runChecks} from '#doctor/run-checks.ts';
import {type Selection, selectChecks} from '#doctor/select.ts';
import type {Report} from '#doctor/types.ts';
import {checkOf, waiverFindings, waiversCheck} from '#doctor/waiver-rows.ts';
import {waive} from '#doctor/waivers.ts';
import {release} from '#host/apt/release.ts';
import {createReader} from '#host/reader.ts';
import {redact} from '#host/secrets/redact.ts';
import {after} from '#host/system/patience.ts';
import {refuseSilentNames} from '#host/units/silent-names.ts';
import type {AnyCheck, Installed, Trial, Verdict} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {trialLines} from '#report/doctor/trials.ts';
import {liveLine} from '#report/live-line.ts';
import packageJson from '../../../package.json' with {type: 'json'};
import type {Output} from '../output.ts';
import {withoutLeft} from './left.ts';
import {declared, ownChecks} from './own-checks.ts';
import {type DoctorPlace, doctorPlace} from './place.ts';
import {readStored, type Stored} from './store.ts';

export type Looked = {
	readonly report: Report;
	readonly runs: readonly CheckRun[];
	readonly interrupted: boolean;
	readonly place: DoctorPlace;
	readonly stored: Stored;
};

export type LookOptions = {
	readonly selection: Selection;
	readonly root: string;
	readonly state: string | undefined;
	/** Milliseconds since the epoch to judge by, instead of now. */
	readonly at: number | undefined;
	/** A release that comes next: what was seen in other looks is of no account there. */
	readonly before?: string | undefined;
	/** Doors are tried that may count against whoever knocks; what is tried is said on stderr before. Default no. */
	readonly tryDoors?: boolean;
};

/** The checks that the words mean. Throws Fault usage.no-check. */
export const selectHere = async (words: readonly string[], all: readonly AnyCheck[] = checks): Promise<Selection> =>
	selectChecks(allChecks(all), words, didYouMean);

/** Every check there is, with those about setup itself. */
export const allChecks = (all: readonly AnyCheck[] = checks): readonly AnyCheck[] =>
	declared(
		all,
		ownChecks(doctorPlace(undefined, '/'), {installed: [], waivers: [], memory: undefined, problem: undefined}),
	);

/** Runs them; changes nothing on the host. Throws Fault usage.no-root. */
export const lookAt = async ({selection, tryDoors = false, ...args}: LookOptions, out: Output): Promise<Looked> => {
	const root = rootOf(args.root);
	const place = doctorPlace(args.state, root);
	const stored = await readStored(place);
	const started = performance.now();
	const at = new Date();
	const now = args.at ?? at.getTime();
	const reader = createReader(root);
	const toRun = await withoutLeft(bound(selection.run, ownChecks(place, stored), stored), place, reader);
	const stopping = listenForInterrupt();
	let tries: readonly Trial[] | undefined;
	const live = liveLine(out.stderr, out.stdout.isTTY === true, toRun.length);
	try {
		const installed = await Promise.all(stored.installed.map(one => expecting(one, reader)));
		const [runs, system, name] = await Promise.all([
			runChecks({
				beforeAs: refuseSilentNames,
				after,
				checks: toRun,
				reader,
				installed,
				now,
				named: selection.named,
				stop: stopping.signal,
				...(tryDoors && {
					onTrials: all => {
						tries = all;
						out.stderr.write(trialLines(all));
					},
				}),
				onEnd: ({check}) => live.ended(check.id),
			}),
			reader.fact(release).catch(() => undefined),
			nameOf(reader),
		]);
		const plain = reportOf(runs, [...selection.asked, ...toRun.filter(({id}) => id === 'doctor.state')], {
			version: packageJson.version,
			host: {name, release: system?.name ?? 'unknown'},
			at: at.toISOString(),
			...(args.at !== undefined && {asOf: new Date(args.at).toISOString()}),
			...(tries !== undefined && {tries}),
			root,
			isRoot: process.getuid?.() === 0,
			seconds: Math.round(performance.now() - started) / 1000,
		});
		const report = withWaivers(withoutSecrets(plain), {stored, place, now, selection});
		return {
			report:
				stored.memory === undefined || root !== '/' || args.before !== undefined
					? report
					: compare(report, stored.memory),
			runs,
			interrupted: stopping.signal.aborted,
			place,
			stored,
		};
	} finally {
		live.end();
		stopping.dispose();
	}
};

/** Only what an earlier setup installed wants the stack and its schemas. */
const expecting = async (installed: Installed, reader: Reader): Promise<Installed> =>
	installed.expects === undefined ? (await import('./old-installs.ts')).withExpects(installed, reader) : installed;

/** Those about setup itself as they are for this host. That its state cannot be read is told whatever was asked for. */
const bound = (run: readonly AnyCheck[], own: readonly AnyCheck[], {problem}: Stored): readonly AnyCheck[] => {
	const wanted = run
		.filter(({id}) => id !== waiversCheck.id)
		.map(check => own.find(({id}) => id === check.id) ?? check);
	const told = own.filter(
		({id}) => id === 'doctor.state' && problem !== undefined && !wanted.some(one => one.id === id),
	);
	return [...wanted, ...told];
};

type WaiverOptions = {
	readonly stored: Stored;
	readonly place: DoctorPlace;
	readonly now: number;
	readonly selection: Selection;
};

const withWaivers = (report: Report, {stored: {waivers}, place, now, selection}: WaiverOptions): Report => {
	const rows = waive(report.rows, waivers, now);
	const whole = selection.asked.some(({id}) => id === waiversCheck.id);
	// Of a name that is no check's is told when all is looked at.
	const known = whole ? selection.known : [...selection.known, ...waivers.map(({key}) => checkOf(key))];
	const findings = waiverFindings({waivers, rows, known, now, where: place.waivers});
	if (findings === undefined && !whole) return withRows(report, rows);
	const verdict: Verdict =
		findings === undefined ? {state: 'na', because: 'nothing that was looked at is waived'} : {state: 'seen', findings};
	const own = rowsOf([{check: waiversCheck, verdict, seconds: 0}]);
	return withRows(report, [...rows, ...(whole ? own : own.filter(({state}) => state !== 'ok'))].toSorted(byPlace));
};

const rootOf = (given: string): string => {
	const root = resolve(given);
	if (!statSync(root, {throwIfNoEntry: false})?.isDirectory())
		throw new Fault(
			'usage.no-root',
			`${root} is not a directory`,
			'Name the directory that holds the root file system.',
		);
	return root;
};

const nameOf = async (reader: Reader): Promise<string> => {
	if (reader.root === '/') return hostname();
	const name = await reader.read('/etc/hostname').catch(() => undefined);
	return Buffer.from(name ?? 'unknown')
		.toString('utf8')
		.trim();
};

/** Ctrl-C ends what the checks started; what they had not seen by then is unknown. */
const listenForInterrupt = (): {readonly signal: AbortSignal; dispose(): void} => {
	const stop = new AbortController();
	const abort = (): void => stop.abort();
	process.once('SIGINT', abort);
	process.once('SIGTERM', abort);
	return {
		signal: stop.signal,
		dispose() {
			process.off('SIGINT', abort);
			process.off('SIGTERM', abort);
		},
	};
};

/** Checks show what they read. What is known to be a secret leaves no report, whatever a check put where. */
const withoutSecrets = <T>(value: T): T => clean(value as Json) as T;

const clean = (value: Json): Json => {
	if (typeof value === 'string') return redact(value);
	if (Array.isArray(value)) return value.map(clean);
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clean(one)]));
	return value;
};
