/** makemigrations: the models of the project and its migrations agree. Only for apps that lie in the project; others belong to their packages. */

import {wrongOf} from '#host/django/ask.ts';
import type {Missing} from '#host/django/django-answers.ts';
import {type DjangoProject, djangoFacts} from '#host/django/now.ts';
import {fileDigest} from '#host/files/digest.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {readStamp, writeStamp} from '../shared/stamp.ts';
import {djangoEdges, lastLine, runManage, someOf} from './common.ts';
import {type MadeRecord, type MadeStamp, migrationFiles, undoMade} from './made.ts';

/** `apps` also makes a first migration for apps that have none yet, and leaves out all others. */
export type MakeMigrationsSpec = {readonly project: DjangoProject; readonly apps?: readonly string[]};
type State =
	| {
			readonly at: 'unseen';
			readonly why: string;
			readonly places: readonly string[];
			readonly before: readonly string[];
	  }
	| {
			readonly at: 'seen';
			readonly missing: readonly Missing[];
			readonly places: readonly string[];
			readonly before: readonly string[];
	  };

/** The migrations that the models still lack are made, and nothing is asked. */
export const djangoMakeMigrations = (spec: MakeMigrationsSpec, edges: Partial<Edges> = {}): Resource => {
	const id = nameOf(spec.project);
	return resource(
		djangoMakeMigrationsType,
		djangoEdges({id, provides: [`done:${id}`], title: 'Migrations that the models lack'}, spec.project, 'files', edges),
		spec,
	);
};

export const djangoMakeMigrationsType: ResourceType<MakeMigrationsSpec, State> = {
	name: 'django-makemigrations',
	async inspect({project, apps}, host) {
		const facts = await host.fact(djangoFacts(project));
		if ('absent' in facts) return {at: 'unseen', why: facts.absent, places: [], before: []};
		const {migrations} = facts;
		if ('error' in migrations) return {at: 'unseen', why: lastLine(wrongOf(migrations)!.error), places: [], before: []};
		const missing = migrations.missing.filter(one =>
			apps === undefined ? one.has && one.own : apps.includes(one.app),
		);
		const torn = Object.entries(migrations.conflicts).find(([app]) => apps === undefined || apps.includes(app));
		if (torn)
			throw new Fault(
				'django.conflict',
				`the app ${torn[0]} has two last migrations: ${torn[1].join(' and ')}`,
				'Two branches each made one: have the developers merge them (manage.py makemigrations --merge), or check out a commit where they are merged.',
			);
		const places = [...new Set(missing.flatMap(one => migrations.places[one.app] ?? []))];
		return {at: 'seen', missing, places, before: await filesAt(host, places)};
	},
	diff(_spec, state) {
		if (state === 'absent') return [{what: 'missing migrations', from: null, to: 'made'}];
		if (state.at === 'unseen') return [{what: 'missing migrations', from: state.why, to: 'made'}];
		return state.missing.map(({app, name, does}) => ({
			what: `migration of ${app}`,
			from: null,
			to: `${name} (${someOf(does, 3)})`,
		}));
	},
	undoOf({project}, {places, before}) {
		return {can: true, record: {id: nameOf(project), places, before} satisfies MadeRecord};
	},
	async apply({project, apps}, state, _changes, host) {
		const labels = state.at === 'seen' ? [...new Set(state.missing.map(one => one.app))] : (apps ?? []);
		await runManage(host, project, 'makemigrations', '--noinput', ...labels);
		const made: Record<string, string> = {...(await readStamp<MadeStamp>(host, nameOf(project)))?.made};
		for (const path of await filesAt(host, state.places))
			if (!state.before.includes(path)) made[path] = (await fileDigest(host, path)) ?? '';
		await writeStamp(host, nameOf(project), {made} satisfies MadeStamp);
	},
	undo: (record, host) => undoMade(record as MadeRecord, host),
};

const nameOf = ({directory}: DjangoProject): `django-makemigrations:${string}` => `django-makemigrations:${directory}`;

const filesAt = async (host: Reader, places: readonly string[]): Promise<readonly string[]> =>
	(await Promise.all(places.map(place => migrationFiles(host, place)))).flat();
