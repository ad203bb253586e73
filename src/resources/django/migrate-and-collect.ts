/** The manage.py commands of an installation that are judged by what they leave: migrate by the rows of django_migrations, collectstatic by the files. */

import {type Wrong, wrongOf} from '#host/django/ask.ts';
import {pendingOf} from '#host/django/django-answers.ts';
import {type DjangoProject, djangoFacts} from '#host/django/now.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {dumpOwn, type OwnDatabase, ownDumpPath, ownRecord, restoreOwn} from '../postgres/own-dump.ts';
import {type CollectedState, collect, namesIn, undoCollected} from './collect.ts';
import {djangoEdges, lastLine, projectKeep, projectRecord, runManage, secretOf, someOf} from './common.ts';

export type DjangoSpec = {
	readonly project: DjangoProject;
	/** What an update writes down before tables change, and puts back where it goes back. */
	readonly own?: OwnDatabase;
};
type Unseen = {readonly at: 'unseen'; readonly why: string};
type MigrateState = (Unseen | {readonly at: 'seen'; readonly pending: readonly string[]}) & {
	/** Where the dump of this update goes. */
	readonly dump?: string;
};
type MigrateRecord = {readonly database: string | null; readonly dump?: string; readonly own?: Json};

/** Every migration is applied. */
export const djangoMigrate = (spec: DjangoSpec, edges: Partial<Edges> = {}): Resource => {
	const id = `django-migrate:${spec.project.directory}` as const;
	return resource(
		djangoMigrateType,
		djangoEdges({id, provides: [`done:${id}`], title: 'Database tables'}, spec.project, 'database', edges),
		spec,
	);
};

/** The static files of all apps are in STATIC_ROOT, undamaged. */
export const djangoCollectstatic = (spec: DjangoSpec, edges: Partial<Edges> = {}): Resource => {
	const id = `django-collectstatic:${spec.project.directory}` as const;
	return resource(
		djangoCollectstaticType,
		djangoEdges(
			{id, provides: [`done:${id}`], title: 'Static files of all apps in one place'},
			spec.project,
			'files',
			edges,
		),
		spec,
	);
};

export const djangoMigrateType: ResourceType<DjangoSpec, MigrateState> = {
	name: 'django-migrate',
	async inspect({project, own}, host) {
		const dump = host.update === undefined || own === undefined ? {} : {dump: ownDumpPath(host.update, own)};
		const facts = await host.fact(djangoFacts(project));
		if ('absent' in facts) return {at: 'unseen', why: facts.absent, ...dump};
		if ('error' in facts.migrations) return {...unseen(facts.migrations), ...dump};
		if (facts.rows === undefined) return {at: 'unseen', why: 'the database is not there yet', ...dump};
		if ('error' in facts.rows) return {...unseen(facts.rows), ...dump};
		return {at: 'seen', pending: pendingOf(facts.migrations, facts.rows), ...dump};
	},
	diff(_spec, state) {
		if (state === 'absent') return [{what: 'migrations', from: null, to: 'all applied'}];
		if (state.at === 'unseen') return [{what: 'migrations', from: state.why, to: 'all applied'}];
		return state.pending.length === 0
			? []
			: [
					{
						what: 'migrations',
						from: `${state.pending.length} not applied: ${someOf(state.pending)}`,
						to: state.dump === undefined ? 'all applied' : `all applied; before it the database goes to ${state.dump}`,
					},
				];
	},
	undoOf: ({project, own}, {dump}) => ({
		can: true,
		record: {
			database: project.database?.name ?? null,
			...(own !== undefined && dump !== undefined && {dump, own: ownRecord(own)}),
		} satisfies MigrateRecord,
		...(own !== undefined && dump !== undefined && {keep: [own.password]}),
	}),
	async apply({project, own}, {dump}, _changes, host) {
		if (own !== undefined && dump !== undefined && (await host.stat(dump)) === undefined)
			await dumpOwn(host, own, dump);
		await runManage(host, project, 'migrate', '--noinput');
	},
	async undo(record, host, {gone, back, kept}) {
		const {database, dump, own} = record as MigrateRecord;
		if (back && dump !== undefined && (await host.stat(dump)) !== undefined) {
			const password = secretOf(`${database} of the application`, kept[0]);
			host.say(`the database comes back from ${dump}`);
			await restoreOwn(host, {...(own as unknown as Omit<OwnDatabase, 'password'>), password}, dump);
			return {outcome: 'undone'};
		}
		return gone?.has(`database:${database}`)
			? {outcome: 'undone'}
			: {
					outcome: 'kept',
					why: `tables and rows stay as they are: they go with the database${database === null ? '' : ` ${database}`}`,
				};
	},
};

export const djangoCollectstaticType: ResourceType<DjangoSpec, Unseen | CollectedState> = {
	name: 'django-collectstatic',
	async inspect({project}, host) {
		const facts = await host.fact(djangoFacts(project));
		if ('absent' in facts) return {at: 'unseen', why: facts.absent};
		if ('error' in facts.statics) return unseen(facts.statics);
		const {statics} = facts;
		if (statics.root === null)
			throw new Fault(
				'django.statics',
				`collectstatic has nowhere to put files of ${project.directory}: ${statics.why}`,
				'Set STATIC_ROOT in the settings (assets, settings), or leave collectstatic out.',
			);
		const {root, missing, differing} = statics;
		return {
			at: 'seen',
			root,
			missing,
			differing,
			rootWas: (await host.stat(root)) !== undefined,
			before: missing.length + differing.length === 0 ? [] : await namesIn(host, root),
		};
	},
	diff(_spec, state) {
		if (state === 'absent') return [{what: 'static files', from: null, to: 'collected'}];
		if (state.at === 'unseen') return [{what: 'static files', from: state.why, to: 'collected'}];
		const {root, missing, differing} = state;
		return [
			...(missing.length === 0
				? []
				: [
						{
							what: `static files in ${root}`,
							from: `${missing.length} missing: ${someOf(missing, 4)}`,
							to: 'collected',
						},
					]),
			...(differing.length === 0
				? []
				: [
						{
							what: `static files in ${root}`,
							from: `${differing.length} not as their source: ${someOf(differing, 4)}`,
							to: 'collected anew',
						},
					]),
		];
	},
	undoOf({project}, state) {
		if (state.at === 'unseen') return {can: false, why: 'what was there before could not be seen'};
		return {
			can: true,
			record: {
				project: projectRecord(project),
				root: state.root,
				rootWas: state.rootWas,
				replaced: state.differing.length,
			},
			keep: [...projectKeep(project), Buffer.from(JSON.stringify(state.before))],
		};
	},
	apply: ({project}, state, _changes, host) => collect(host, project, state.at === 'seen' ? state : undefined),
	undo: (record, host, {kept}) => undoCollected(record, host, kept),
};

const unseen = (wrong: Wrong): Unseen => ({at: 'unseen', why: lastLine(wrongOf(wrong)!.error)});
