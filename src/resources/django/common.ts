/** What every resource of a Django project shares: its edges, a manage.py command as a fault would tell it, and the project as a journal may hold it. */
import {hintFor, manageArgv, surroundings} from '#host/django/ask.ts';
import type {DjangoProject} from '#host/django/now.ts';
import {lastLines} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Edges} from '#model/resource.ts';
import {Secret, type Text} from '#model/secret.ts';
import {withEdges} from '../shared/edges.ts';

/** Edges of a resource in a project; what uses the database waits for it, and a database elsewhere is never changed in a rehearsal. */
export const djangoEdges = (
	own: Edges,
	{user, directory, database}: DjangoProject,
	uses: 'database' | 'files',
	more: Partial<Edges>,
): Edges =>
	withEdges(
		{
			...own,
			needs: [
				`user:${user}`,
				...(uses === 'database' && database ? [`database:${database.name}` as const] : []),
				...(own.needs ?? []),
			],
			locks: [`django:${directory}`, ...(own.locks ?? [])],
			...(uses === 'database' && database?.server.kind === 'remote' && {reach: 'remote' as const}),
		},
		more,
	);

/** Runs a manage.py command as the application's user. Throws Fault `django.COMMAND` with the last lines of Django's own words. */
export const runManage = async (host: Host, project: DjangoProject, ...words: readonly string[]): Promise<void> => {
	try {
		await host.exec(manageArgv(project, ...words), surroundings(project));
	} catch (error) {
		if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
		const last = error.details.at(-1) ?? 'it gave no reason';
		throw new Fault(
			`django.${words[0]}`,
			`manage.py ${words[0]} failed in ${project.directory}: ${last}`,
			hintFor(last),
			{
				details: error.details,
				cause: error,
			},
		);
	}
};

/** A project as a journal holds it; values of its environment go to the stash. */
export const projectRecord = ({python, directory, settings, user, manage, env = {}}: DjangoProject): Json => ({
	python,
	directory,
	settings,
	user,
	...(manage !== undefined && {manage}),
	env: Object.keys(env),
});

/** The bytes that `projectFrom` needs first. */
export const projectKeep = ({env = {}}: DjangoProject): readonly Text[] =>
	Object.values(env).map(value => (typeof value === 'string' ? [value] : value));

/** A project from a journal, and the stashed bytes that are not its own. */
export const projectFrom = (
	record: Json,
	kept: readonly Uint8Array[],
): {readonly project: DjangoProject; readonly rest: readonly Uint8Array[]} => {
	const {env, ...plain} = record as {
		readonly env: readonly string[];
		readonly python: string;
		readonly directory: string;
		readonly settings: string;
		readonly user: string;
	};
	const values = env.map((name, at) => [name, secretOf(name, kept[at])] as const);
	return {project: {...plain, env: Object.fromEntries(values)}, rest: kept.slice(env.length)};
};

/** Stashed bytes as a secret again. */
export const secretOf = (name: string, bytes: Uint8Array | undefined): Text => [
	new Secret(name, Buffer.from(bytes ?? '').toString('utf8')),
];

/** A few names and how many more. */
export const someOf = (names: readonly string[], most = 6): string =>
	names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');

/** The last of Python's lines, for a clause. */
export const lastLine = (lines: readonly string[]): string =>
	lastLines(lines.join('\n'), 1)[0] ?? 'Django gave no reason';
