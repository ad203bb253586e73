/**
 * Every check is proven on a booted host: healthy, broken for real, the expected verdict and evidence, mended by `doctor fix` or the
 * printed remedy, healthy again. One host for all recipes of a subject; a recipe that fails is told with its name and the rest still run.
 */
import {expect} from 'vitest';
import type {Report, Row, RowState} from '#doctor/types.ts';
import type {Layer} from '#model/finding.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildProgram, checkout, setup} from '../../support/setup.ts';
import {until} from '../../support/until.ts';
import {hostTest, type Want} from '../../support/with-host.ts';

export type Recipe = {
	readonly name: string;
	/** Its id. */
	readonly check: string;
	readonly item?: string;
	break(host: ThrowAway): Promise<void>;
	/** Its check looks only where doors may be tried. */
	readonly tries?: true;
	readonly verdict: RowState;
	/** The kind it causes, where its check declares kinds: its remedy must be the one that mends it. */
	readonly is?: string;
	readonly says?: RegExp;
	/** The value seen in each layer, by `toEqual`; 'unknown' for one that could not be seen. */
	readonly layers?: Partial<Record<Layer, unknown>>;
	/** `setup doctor fix CHECK --yes` unless told otherwise. 'remedy': the commands that the report prints, one by one. */
	readonly mend?: 'fix' | 'remedy' | ((host: ThrowAway) => Promise<void>);
	/** What the healthy host may say of this check before, besides ok. */
	readonly before?: readonly RowState[];
};

export type RecipesOptions = {
	/** Makes the fresh host healthy, once. */
	readonly prepare?: (host: ThrowAway) => Promise<void>;
};

/** One hostTest for the recipes of a subject, in their order. The checkout is brought along, and needs no network inside. */
export const recipes = (name: string, want: Want, list: readonly Recipe[], options: RecipesOptions = {}): void => {
	hostTest(name, withProgram(want), async host => {
		buildProgram();
		await restartFreely(host);
		await options.prepare?.(host);
		const failed: string[] = [];
		for (const recipe of list) {
			try {
				await follow(recipe, host);
			} catch (error) {
				failed.push(`${recipe.name} (${recipe.check}): ${inFull(error)}`);
			}
		}
		expect(failed.join('\n\n')).toBe('');
	});
};

/** What was waited for, and what was seen instead. */
const inFull = (error: unknown): string => {
	const {message, cause} = error as Error;
	return cause instanceof Error ? `${message}: ${cause.message}` : message;
};

/** On a quick machine the recipes restart a service more than five times in ten seconds, which systemd takes for a service that crashes. */
const restartFreely = async (host: ThrowAway): Promise<void> => {
	await host.must(['mkdir', '-p', '/etc/systemd/system.conf.d']);
	await host.must(['tee', '/etc/systemd/system.conf.d/often.conf'], {
		stdin: '[Manager]\nDefaultStartLimitIntervalSec=0\n',
	});
	await host.must(['systemctl', 'daemon-reload']);
	const limit = await host.must([
		'systemctl',
		'show',
		'--property=StartLimitIntervalUSec',
		'--value',
		'systemd-journald.service',
		'cron.service',
		'dbus.service',
	]);
	expect(limit).toMatch(/^0$/m);
};

/** The same host with the program in it. */
export const withProgram = (want: Want): Want => ({...want, binds: [...(want.binds ?? []), bring(checkout)]});

const follow = async (recipe: Recipe, host: ThrowAway): Promise<void> => {
	expectHealthy(recipe, await doctorIn(host, ...wordsOf(recipe)), 'before', recipe.before);
	await recipe.break(host);
	const broken = await doctorIn(host, ...wordsOf(recipe));
	const row = rowOf(recipe, broken.report);
	if (row === undefined)
		throw new Error(`no row for ${recipe.item ?? 'it'} after the break; there are:\n${shown(broken.report.rows)}`);
	expect(row.state, `after the break:\n${shown(broken.report.rows)}`).toBe(recipe.verdict);
	if (recipe.is) expect(row.is, `the kind:\n${shown([row])}`).toBe(recipe.is);
	if (recipe.says) expect(row.says).toMatch(recipe.says);
	for (const [layer, value] of Object.entries(recipe.layers ?? {}))
		expect(valueOf(row, layer as Layer), `${layer}:\n${shown([row])}`).toEqual(value);
	await mend(recipe, row, host);
	const healthy = async (): Promise<true> => {
		expectHealthy(recipe, await doctorIn(host, ...wordsOf(recipe)), 'after it was mended', recipe.before);
		return true;
	};
	// `systemctl reload` of the unit of nginx is a signal, and ends before it was taken up; a fix waits for that, a command does not.
	if (recipe.mend === 'remedy') await until(healthy, {deadline: 5000, what: `${recipe.name}: healthy again`});
	else await healthy();
};

const wordsOf = ({tries, check}: Recipe): readonly string[] => [...(tries ? ['--try'] : []), check];

const mend = async ({mend: how = 'fix', check}: Recipe, row: Row, host: ThrowAway): Promise<void> => {
	if (typeof how === 'function') return how(host);
	if (how === 'fix') {
		const ran = await host.run([setup, 'doctor', 'fix', check, '--yes'], {timeout: 300_000});
		expect(ran.code, `setup doctor fix ${check} --yes:\n${ran.stdout}${ran.stderr}`).toBe(0);
		return;
	}
	const commands = row.remedy?.commands ?? [];
	expect(commands.length, `the remedy prints no command: ${row.remedy?.sentence}`).toBeGreaterThan(0);
	for (const argv of commands) await host.must(argv, {timeout: 300_000});
};

export type Doctored = {readonly code: number; readonly report: Report; readonly stderr: string};

/** `setup doctor WORDS --format json` inside. */
export const doctorIn = async (host: ThrowAway, ...words: readonly string[]): Promise<Doctored> => {
	const {code, stdout, stderr} = await host.run([setup, 'doctor', ...words, '--format', 'json'], {timeout: 120_000});
	if (!stdout.startsWith('{'))
		throw new Error(`setup doctor ${words.join(' ')} ended with ${code}: ${stderr}${stdout.slice(0, 500)}`);
	return {code, report: JSON.parse(stdout) as Report, stderr};
};

const expectHealthy = (recipe: Recipe, {report}: Doctored, when: string, allowed: readonly RowState[] = []): void => {
	const row = rowOf(recipe, report);
	// An item may be there only while something is wrong with it.
	const rows = row !== undefined ? [row] : report.rows.filter(one => one.check === recipe.check);
	const off = rows.filter(one => one.state !== 'ok' && !allowed.includes(one.state));
	expect(
		off.map(one => one.state),
		`${when}:\n${shown(rows)}`,
	).toEqual([]);
	expect(rows.length, `${when}: no row at all`).toBeGreaterThan(0);
};

const rowOf = (recipe: Recipe, report: Report): Row | undefined =>
	report.rows
		.filter(row => row.check === recipe.check && (recipe.item === undefined || row.item === recipe.item))
		.toSorted((a, b) => weight(b) - weight(a))[0];

/** Without an item the recipe means the worst row of its check. */
const weight = ({state}: Row): number => ['na', 'ok', 'blocked', 'unknown', 'crash', 'warn', 'fail'].indexOf(state);

const valueOf = (row: Row, layer: Layer): unknown => {
	const seen = row.layers[layer];
	if (seen === undefined) return undefined;
	return 'because' in seen ? 'unknown' : seen.value;
};

/** For a failing test. */
export const shown = (rows: readonly Row[]): string =>
	rows
		.map(
			row =>
				`  ${row.key} ${row.state}: ${row.says} ${JSON.stringify(row.layers)}${row.fault ? ` ${JSON.stringify(row.fault)}` : ''}`,
		)
		.join('\n');
