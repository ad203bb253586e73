/**
 * One cause is told once across subjects: what a general check says of a unit, a port or a file, the check that knows the service says better. The general row
 * then points there, and is no finding of its own.
 */
import {natural} from './natural.ts';
import type {CheckRun} from './run-checks.ts';
import type {Row} from './types.ts';

/** The rows of all runs, those of general checks folded into the row that tells the same. */
export const toldOnce = (rows: readonly Row[], runs: readonly CheckRun[]): readonly Row[] => {
	const tellers = tellersOf(rows, runs);
	const mine = rows.filter(({check, state}) => general.has(check) && isOff(state));
	return rows.map(row => {
		if (!mine.includes(row)) return row;
		const cause = causeOf(row);
		const alone = cause?.startsWith('path:') !== true || mine.filter(one => causeOf(one) === cause).length === 1;
		const teller = cause === undefined || !alone ? undefined : tellers.get(cause);
		// What mends it at once is not hidden behind a row that cannot; where only setup apply does, the row that says so is the one.
		const mends = row.check === 'stack.drift' && row.fixable && cause?.startsWith('venv:') !== true;
		if (teller === undefined || (mends && !teller.fixable)) return row;
		const {remedy: _, ...rest} = row;
		return {...rest, state: 'blocked', fixable: false, by: teller.check, says: `told by ${teller.key}`};
	});
};

const general = new Set(['host.failed-units', 'host.ports', 'host.restart-pending', 'stack.drift']);

const isOff = (state: Row['state']): boolean => state === 'warn' || state === 'fail';

/** What a general row is about. */
const causeOf = ({check, item = ''}: Row): string | undefined => {
	if (check === 'host.failed-units') return `unit:${item}`;
	// A restart would be the end of what cannot start; where it can, it is what helps.
	if (check === 'host.restart-pending') return `restart:${item}`;
	if (check === 'host.ports') return `port:${item.replace(/^\w+\//, '')}`;
	const [, path] = /^(?:path|edit|file):(\/[^\s:#]+)/.exec(item) ?? [];
	return path === undefined ? item.replace(/^[^/]+\/(?=unit:)/, '') : `path:${path}`;
};

/** The row of a check of one service, by each cause that it tells. The kind and the data of a finding say which; no sentence is read. */
const tellersOf = (rows: readonly Row[], runs: readonly CheckRun[]): ReadonlyMap<string, Row> => {
	const found = new Map<string, Row>();
	const byKey = new Map(rows.map(row => [row.key, row]));
	for (const {check, verdict} of runs) {
		if (verdict.state !== 'seen' || general.has(check.id)) continue;
		for (const {state, item, is, data, layers} of verdict.findings) {
			const row = byKey.get(item === undefined ? check.id : `${check.id}[${item}]`);
			if (row === undefined || !isOff(state)) continue;
			const {unit, environment} = (data ?? {}) as {readonly unit?: unknown; readonly environment?: unknown};
			const causes = [
				...(typeof unit === 'string' && ofProcess.has(is ?? '') ? [`unit:${unit}`] : []),
				...(typeof unit === 'string' && ofInterpreter.has(is ?? '') ? [`unit:${unit}`, `restart:${unit}`] : []),
				...(typeof environment === 'string' && ofInterpreter.has(is ?? '') ? [`venv:${environment}`] : []),
				...(ofPlace.test(check.id) ? portsIn(layers.kernel).map(port => `port:${port}`) : []),
				...(layers.file !== undefined && 'path' in layers.file && layers.file.path !== undefined
					? [`path:${layers.file.path}`]
					: []),
			];
			for (const cause of causes) {
				const known = found.get(cause);
				if (known === undefined || natural(row.key, known.key) < 0) found.set(cause, row);
			}
		}
	}
	return found;
};

/** A service that cannot start again. */
const ofInterpreter = new Set(['noInterpreter', 'otherInterpreter']);

const ofProcess = new Set(['down', 'stilled', 'loops']);

/** Checks of where one server listens. */
const ofPlace = /\.(bind|listeners|api|internal-port)$/;

const portsIn = (layer: unknown): readonly string[] => {
	const value = (layer as {readonly value?: unknown} | undefined)?.value;
	const shown = Array.isArray(value) ? value : value === undefined ? [] : [value];
	return shown.flatMap(one => /:(\d+)(?!.*:\d)/.exec(String(one))?.[1] ?? []);
};
