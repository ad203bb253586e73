/** One look at the host: the selected checks, run and folded into a report. */
import {statSync} from 'node:fs';
import {hostname} from 'node:os';
import {resolve} from 'node:path';
import {didYouMean} from '#answers/near.ts';
import {checks} from '#checks/index.ts';
import {reportOf} from '#doctor/report.ts';
import {type CheckRun, runChecks} from '#doctor/run.ts';
import {type Selection, selectChecks} from '#doctor/select.ts';
import type {Report} from '#doctor/types.ts';
import {release} from '#host/facts/release.ts';
import {createReader} from '#host/reader.ts';
import {redact} from '#host/redact.ts';
import type {Installed} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {liveLine} from '#report/live-line.ts';
import packageJson from '../../package.json' with {type: 'json'};
import type {DoctorArgs} from './doctor-args.ts';
import {type DoctorPlace, doctorPlace} from './doctor-place.ts';
import type {Output} from './output.ts';

export type Looked = {
	readonly report: Report;
	readonly runs: readonly CheckRun[];
	readonly interrupted: boolean;
	readonly place: DoctorPlace;
};

export type LookOptions = Pick<DoctorArgs, 'root' | 'state' | 'at'> & {readonly selection: Selection};

/** All checks there are, and those that the words mean. Throws Fault usage.no-check. */
export const selectHere = async (words: readonly string[]): Promise<Selection> => selectChecks(checks, words, didYouMean);

/** Runs them; changes nothing on the host. Throws Fault usage.no-root. */
export const lookAt = async ({selection, ...args}: LookOptions, out: Output): Promise<Looked> => {
	const root = rootOf(args.root);
	const place = doctorPlace(args.state, root);
	const reader = createReader(root);
	const started = performance.now();
	const at = new Date();
	const stopping = listenForInterrupt();
	const live = liveLine(out.stderr, out.stdout.isTTY === true, selection.run.length);
	try {
		const installed: readonly Installed[] = [];
		const [runs, system, name] = await Promise.all([
			runChecks({
				checks: selection.run,
				reader,
				installed,
				now: args.at ?? at.getTime(),
				stop: stopping.signal,
				onEnd: ({check}) => live.ended(check.id),
			}),
			reader.fact(release).catch(() => undefined),
			nameOf(reader),
		]);
		const report = reportOf(runs, selection.asked, {
			version: packageJson.version,
			host: {name, release: system?.name ?? 'unknown'},
			at: at.toISOString(),
			...(args.at !== undefined && {asOf: new Date(args.at).toISOString()}),
			root,
			isRoot: process.getuid?.() === 0,
			seconds: Math.round(performance.now() - started) / 1000,
		});
		return {report: withoutSecrets(report), runs, interrupted: stopping.signal.aborted, place};
	} finally {
		live.end();
		stopping.dispose();
	}
};

const rootOf = (given: string): string => {
	const root = resolve(given);
	if (!statSync(root, {throwIfNoEntry: false})?.isDirectory())
		throw new Fault('usage.no-root', `${root} is not a directory`, 'Name the directory that holds the root file system.');
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
	if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clean(one)]));
	return value;
};
