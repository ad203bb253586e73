/** What goes as one act goes last; what keeps a server closed stays with its package; what waited for either is looked at again. */
import {expect, test} from 'vitest';
import {makePlan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {undoRun} from '#engine/undo.ts';
import type {UndoOptions} from '#engine/undo-options.ts';
import type {Event} from '#model/event.ts';
import {type ResourceType, resource} from '#model/resource.ts';
import {memoryHost, memoryJournal} from './memory.ts';

type Spec = {readonly name: string};

/** Packages: one act for all. Others: what they are told; 'waits' is kept until the package is gone. */
const types = (log: string[]): Readonly<Record<string, ResourceType<Spec, boolean>>> => {
	const made = new Set<string>();
	const base = (name: string): ResourceType<Spec, boolean> => ({
		name,
		inspect: async spec => made.has(spec.name),
		diff: (_spec, state) => (state === true ? [] : [{what: 'it', from: null, to: 'there'}]),
		undoOf: spec => ({can: true, record: {name: spec.name}}),
		apply: async spec => void made.add(spec.name),
		undo: async () => ({outcome: 'undone'}),
	});
	return {
		package: {
			...base('package'),
			holds: ({name}) => [{thing: `package:${name}`}],
			brings: record => [`package:${(record as Spec).name}`],
			async wake() {
				log.push('wake');
			},
			async undoTogether(parts, _host, {purge, gone}) {
				log.push(`together ${parts.map(({record}) => (record as Spec).name).join(' ')}`);
				if (!purge) return parts.map(() => ({outcome: 'kept', why: 'packages stay'}));
				for (const {record} of parts) gone?.add(`package:${(record as Spec).name}`);
				return parts.map(() => ({outcome: 'undone'}));
			},
		},
		thing: {
			...base('thing'),
			async undo(record, _host, {gone}) {
				const {name} = record as Spec;
				log.push(`undo ${name}`);
				return name !== 'waits' || gone?.has('package:slapd')
					? {outcome: 'undone'}
					: {outcome: 'kept', why: 'its server runs'};
			},
		},
	};
};

const installed = async () => {
	const log: string[] = [];
	const known = types(log);
	const journal = memoryJournal();
	const one = (type: string, name: string, closes?: 'package:slapd') => ({
		step: 'test',
		resource: resource(known[type]!, {id: name, ...(closes && {closes})}, {name}),
	});
	const plan = await makePlan(
		[one('package', 'slapd'), one('thing', 'waits'), one('thing', 'closes', 'package:slapd'), one('package', 'nginx')],
		memoryHost(),
	);
	journal.append({t: 'run', run: 'r', stack: 'one', version: '0', answers: ''});
	await runPlan({
		plan,
		run: 'r',
		stack: 'one',
		journal,
		hostFor: () => memoryHost(),
		skip: [],
		emit: () => {},
		jobs: 1,
		stopping: () => false,
		resumed: false,
		remote: 'apply',
	});
	const undo = async (more: Partial<UndoOptions>) => {
		const events: Event[] = [];
		const results = await undoRun({
			journal,
			typeNamed: name => known[name],
			hostFor: () => memoryHost(),
			emit: event => events.push(event),
			purge: false,
			purgeData: false,
			dry: false,
			stopping: () => false,
			...more,
		});
		const shown = ({id, result}: {id: string; result: {outcome: string}}): string => `${id} ${result.outcome}`;
		return {
			results: results.map(shown).toSorted(),
			told: events.flatMap(event => (event.type === 'undo' ? [shown(event)] : [])).toSorted(),
		};
	};
	return {log, undo};
};

test('packages are one act, after everything else, and what closes a server stays while its package does', async () => {
	const {log, undo} = await installed();
	const {results, told} = await undo({});
	expect(results).toEqual(['closes kept', 'nginx kept', 'slapd kept', 'waits kept']);
	expect(told).toEqual(results);
	expect(log[0]).toBe('wake');
	expect(log.at(-1)).toMatch(/^together (nginx slapd|slapd nginx)$/);
	expect(log).not.toContain('undo closes');
});

test('where the package goes, what closed it went with it, and what waited is told once, as it ended', async () => {
	const {log, undo} = await installed();
	await undo({});
	log.length = 0;
	const {results, told} = await undo({purge: true});
	expect(results).toEqual(['closes undone', 'nginx undone', 'slapd undone', 'waits undone']);
	expect(told).toEqual(results);
	expect(log).toEqual(['wake', 'undo waits', expect.stringMatching(/^together/), 'undo waits']);
	expect((await undo({purge: true})).results).toEqual([]);
});

test('a dry walk says the same and starts nothing', async () => {
	const {log, undo} = await installed();
	const planned = await undo({dry: true, purge: true});
	expect(log).not.toContain('wake');
	expect((await undo({purge: true})).results).toEqual(planned.results);
});
