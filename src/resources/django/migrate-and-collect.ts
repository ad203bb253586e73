/** The manage.py commands of an installation that are judged by what they leave: migrate by the rows of django_migrations, collectstatic by the files. */
import {pendingOf} from '#host/django/answers.ts';
import {type Wrong, wrongOf} from '#host/django/ask.ts';
import {type DjangoProject, djangoFacts} from '#host/django/now.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {type CollectedState, collect, namesIn, undoCollected} from './collect.ts';
import {djangoEdges, lastLine, projectKeep, projectRecord, runManage, someOf} from './common.ts';

export type DjangoSpec = {readonly project: DjangoProject};
type Unseen = {readonly at: 'unseen'; readonly why: string};
type MigrateState = Unseen | {readonly at: 'seen'; readonly pending: readonly string[]};

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
	async inspect({project}, host) {
		const facts = await host.fact(djangoFacts(project));
		if ('absent' in facts) return {at: 'unseen', why: facts.absent};
		if ('error' in facts.migrations) return unseen(facts.migrations);
		if (facts.rows === undefined) return {at: 'unseen', why: 'the database is not there yet'};
		if ('error' in facts.rows) return unseen(facts.rows);
		return {at: 'seen', pending: pendingOf(facts.migrations, facts.rows)};
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
						to: 'all applied',
					},
				];
	},
	undoOf: ({project}) => ({
		can: false,
		why: `tables and rows stay as they are: they go with the database${project.database ? ` ${project.database.name}` : ''}`,
	}),
	apply: ({project}, _state, _changes, host) => runManage(host, project, 'migrate', '--noinput'),
	undo: async () => ({outcome: 'kept', why: 'tables and rows stay as they are: they go with the database'}),
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
