/**
 * What every resource type must do, asked of real cases on a real booted host that may be broken. A type's own test gives
 * cases and asserts nothing else: see file.test.ts. It runs as root inside a throw-away host only (test/host/conformance/).
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Host} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {watchArguments} from './arguments.ts';
import {type Bench, createBench} from './bench.ts';
import {digestOf} from './digest.ts';
import {throwingHost} from './throwing-host.ts';

export type Case = {
	readonly name: string;
	/** Brings the host to the state before; called many times, from any state, so it also cleans up. Uses plain tools, not resources. */
	prepare(host: Host): Promise<void>;
	/** What is wanted; made anew for every look, as a second run of setup would. */
	resource(): Resource;
	/** Damages what was applied, as an operator or a program would: it must show, and be mended. */
	breakIt?(host: Host): Promise<void>;
	/** Trees and files that undo gives back byte for byte, with mode and owner. */
	readonly touches: readonly string[];
	/** What undo gives back that is no file: rows, entries, states. */
	rows?(host: Host): Promise<string>;
	/** Plain secrets in the case, which may appear nowhere. At least 6 characters. */
	readonly canaries?: readonly string[];
	/** False for what has nothing to take back (a proof, packages without purge). Default true. */
	readonly undoes?: false;
	/** What undo must come to. Default 'undone'. */
	readonly undone?: 'undone' | 'already' | 'kept' | 'conflict';
	readonly purge?: true;
	readonly purgeData?: true;
	/** Trees where others write while we look (a database's own files); not compared when checking that inspect writes nothing. */
	readonly noisy?: readonly string[];
	/** For acts of many steps: only these acting calls throw, counted from 1. Default every one. */
	readonly throwAt?: readonly number[];
	/** Seconds for one test of this case. Default 60. */
	readonly seconds?: number;
};

const watched = [
	'/etc',
	'/usr/local',
	'/srv',
	'/opt',
	'/home',
	'/root',
	'/var/lib',
	'/var/www',
	'/var/cache/debconf',
	'/var/cache/apt',
];

/** Runs the whole suite for a type. */
export const conformance = (type: string, cases: readonly Case[]): void => {
	describe(type, () => {
		for (const one of cases) describe(one.name, () => caseSuite(one));
	});
};

/** The soak throws at every act; otherwise at the first few and then ever wider apart, which finds what is forgotten at the start, in the middle and at the end. */
const every = process.env['CONFORMANCE'] === 'every';

const throwsOf = ({throwAt}: Case): readonly number[] => {
	if (throwAt) return every ? throwAt : throwAt.filter((_, index) => index === 0 || index === throwAt.length - 1);
	return Array.from({length: 60}, (_, index) => index + 1).filter(at => every || [1, 4, 16].includes(at));
};

const caseSuite = (one: Case): void => {
	const timeout = (one.seconds ?? 60) * 1000;
	let state = '';
	let bench: Bench;
	beforeAll(async () => {
		state = await mkdtemp(join(tmpdir(), 'conformance-'));
		bench = createBench(state);
	});
	afterAll(async () => {
		await one.prepare(bench.host());
		await rm(state, {recursive: true, force: true});
	}, timeout);

	it(
		'inspect writes nothing, and the diff is deterministic',
		async () => {
			// The host lives: somebody else may write once while we look. An inspect that writes does so every time.
			let written: readonly string[] = [];
			for (let attempt = 1; attempt <= 3; attempt += 1) {
				await one.prepare(bench.host());
				const before = await digestOf(watched, one.noisy);
				const [first, second] = [await one.resource().look(bench.reader()), await one.resource().look(bench.reader())];
				expect(shown(second)).toEqual(shown(first));
				expect(first.state, JSON.stringify(shown(first))).toBe('change');
				const after = await digestOf(watched, one.noisy);
				written = after.filter(line => !before.includes(line)).concat(before.filter(line => !after.includes(line)));
				if (written.length === 0) return;
			}
			expect(written).toEqual([]);
		},
		timeout,
	);

	it(
		'apply converges, and a second apply is not called',
		async () => {
			await one.prepare(bench.host());
			expect(await bench.converge(one.resource())).toHaveLength(1);
			expect(await bench.converge(one.resource())).toEqual([]);
		},
		timeout,
	);

	if (one.breakIt)
		it(
			'drift shows and is mended',
			async () => {
				await one.prepare(bench.host());
				await bench.converge(one.resource());
				await one.breakIt!(bench.host());
				expect((await one.resource().look(bench.reader())).state).toBe('change');
				expect(await bench.converge(one.resource())).toHaveLength(1);
			},
			timeout,
		);

	if (one.undoes !== false)
		it(
			'undo gives back what was',
			async () => {
				await one.prepare(bench.host());
				const before = await pictureOf(one, bench);
				const done = await bench.converge(one.resource());
				const results = await bench.undo(done, one);
				expect(
					results.map(result => result.outcome),
					JSON.stringify(results),
				).toEqual([one.undone ?? 'undone']);
				if ((one.undone ?? 'undone') === 'undone') expect(await pictureOf(one, bench)).toEqual(before);
			},
			timeout,
		);

	it(
		'a throw in the middle leaves a state from which a re-run converges',
		async () => {
			const reached: number[] = [];
			for (const at of throwsOf(one)) {
				// Just after one act is just before the next: where all are tried, one of both will do.
				for (const when of one.throwAt ? (['before', 'after'] as const) : (['before'] as const)) {
					await one.prepare(bench.host());
					const before = await pictureOf(one, bench);
					const done = await bench.converge(one.resource(), host => throwingHost(host, at, when));
					if (!done.some(entry => entry.threw)) {
						if (one.throwAt === undefined)
							expect(reached.length, 'apply never acted through its Host').toBeGreaterThan(0);
						return;
					}
					reached.push(at);
					const mended = await bench.converge(one.resource());
					if (one.undoes === false || one.undone !== undefined) continue;
					const results = await bench.undo([...done, ...mended], one);
					expect(
						results.filter(result => !['undone', 'already'].includes(result.outcome)),
						`thrown ${when} call ${at}`,
					).toEqual([]);
					expect(await pictureOf(one, bench), `thrown ${when} call ${at}`).toEqual(before);
				}
			}
		},
		timeout * 4,
	);

	it(
		'no secret in an event, a journal line, a plan or an argument',
		async () => {
			await one.prepare(bench.host());
			const canaries = one.canaries ?? [];
			const arguments_ = watchArguments(canaries);
			const plan = await one.resource().look(bench.reader());
			const done = await bench.converge(one.resource());
			if (one.undoes !== false) await bench.undo(done, one);
			expect(await arguments_.stop()).toEqual([]);
			const told = [JSON.stringify(shown(plan)), ...bench.told(), ...done.map(entry => JSON.stringify(entry))];
			for (const canary of canaries) expect(told.filter(line => line.includes(canary))).toEqual([]);
		},
		timeout,
	);
};

const pictureOf = async (one: Case, bench: Bench): Promise<unknown> => ({
	files: await digestOf(one.touches, one.noisy, 'content'),
	rows: await one.rows?.(bench.host()),
});

const shown = (look: Awaited<ReturnType<Resource['look']>>): unknown =>
	look.state === 'change' ? {changes: look.changes, undo: look.undo.can ? look.undo.record : look.undo.why} : look;
