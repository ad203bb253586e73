/**
 * What a Django project is like right now. As long as code, packages and static files are as they were when Django was last asked, files and one
 * psql answer; when one of them moved, one Python process answers everything.
 */
import type {Fact, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {hasSecret, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {keepCache, keptCache} from '../files/cache.ts';
import type {Digest} from '../files/digest.ts';
import {sha256} from '../files/stash.ts';
import {ifTold} from '../see.ts';
import {askDjango, type Wrong, wrongOf} from './ask.ts';
import {comparedStatics} from './collected.ts';
import type {AccountModel, DjangoFacts, Environment, Migrations, Statics} from './django-answers.ts';
import {secretMark} from './password.ts';
import type {DjangoProject} from './project.ts';
import {djangoRows, type Rows} from './rows.ts';
import {factsScript} from './script.ts';
import {codeDigest, environmentDigest, type StaticDigests, staticDigests} from './tree.ts';

export type {DjangoProject} from './project.ts';

/** Django's answers and what they were made of. */
type Kept = {
	readonly key: string;
	readonly code: Digest;
	readonly environment: string;
	readonly answers: {
		readonly environment: Environment;
		readonly migrations: Migrations;
		readonly model: AccountModel;
		readonly statics: Statics;
	};
	readonly statics: StaticDigests | null;
};

/** While it cannot be asked: why, in a clause; `failed` where it was started and ended in this exception. */
export type NoDjango = {readonly absent: string; readonly failed?: string};

/** The fact of one project. */
export const djangoFacts = (project: DjangoProject): Fact<DjangoFacts | NoDjango> => ({
	id: `django:${project.directory}:${project.settings}`,
	read: async host => {
		if (host.root === '/' && process.geteuid?.() !== 0 && (await host.stat(project.directory)) !== undefined)
			throw new Blocked({
				because: 'needs-root',
				need: `Django is asked as ${project.user}, about ${project.directory}`,
			});
		const [kept, key] = await Promise.all([keptCache<Kept>(host, cacheName(project)), keyOf(project)]);
		const known = kept?.key === key ? kept : undefined;
		// SQL is asked while the digests are made; what it says holds either way.
		const early = known === undefined ? undefined : rowsBySql(host, project, known.answers.model);
		early?.catch(() => undefined);
		const fresh = known === undefined ? undefined : await refreshed(host, project, known);
		if (fresh === undefined) return askEverything(host, project, key, known, await early);
		return {...fresh.answers, rows: (await early) ?? (await rowsByDjango(host, project))};
	},
});

/** The rows of accounts by that name, whoever asks: superusers are among the facts, another account is asked for now. */
export const djangoAccounts = async (
	host: Reader,
	project: DjangoProject,
	model: AccountModel,
	username: string,
): Promise<Rows | Wrong | undefined> =>
	project.database
		? ((await djangoRows(host, project.database, model, username)) ?? rowsByDjango(host, project, username))
		: rowsByDjango(host, project, username);

/** What was kept, when it still holds; the static files are compared here where nothing else moved. */
const refreshed = async (host: Reader, project: DjangoProject, known: Kept): Promise<Kept | undefined> => {
	const {environment, statics} = known.answers;
	const [code, packages, files] = await Promise.all([
		codeDigest(host, project.directory, besidesOf(statics), known.code),
		environmentDigest(host, project.python, environment),
		digestsOf(host, statics),
	]);
	if (code.content !== known.code.content || packages !== known.environment) return undefined;
	const same = JSON.stringify(files) === JSON.stringify(known.statics);
	if (same && code.quick === known.code.quick) return known;
	const compared = same
		? statics
		: files === null || known.statics === null || files.names !== known.statics.names
			? undefined
			: await comparedStatics(host, statics);
	if (compared === undefined) return undefined;
	const fresh = {...known, code, answers: {...known.answers, statics: compared}, statics: files};
	await keepCache(host, cacheName(project), fresh as unknown as Json);
	return fresh;
};

const askEverything = async (
	host: Reader,
	project: DjangoProject,
	key: string,
	known: Kept | undefined,
	early?: Rows,
): Promise<DjangoFacts | NoDjango> => {
	const before = await codeDigest(host, project.directory, known ? besidesOf(known.answers.statics) : []);
	const answers = await askDjango(host, project, factsScript, {
		what: ['environment', 'migrations', 'model', 'statics', ...(project.database ? [] : ['rows'])],
	});
	if (answers === undefined)
		return {absent: `${project.python} and ${project.directory} are not both there, or ${project.user} is not`};
	const unable = wrongOf(answers.started);
	if (unable) return {absent: unable.error.at(-1) ?? unable.kind, failed: unable.kind};
	const found = answers as unknown as Kept['answers'] & {readonly rows?: Rows | Wrong};
	const right = [found.environment, found.migrations, found.model, found.statics].every(
		answer => wrongOf(answer) === undefined,
	);
	if (
		right &&
		(await codeDigest(host, project.directory, known ? besidesOf(known.answers.statics) : [])).quick === before.quick
	) {
		const {environment, migrations, model, statics} = found;
		const [code, packages, files] = await Promise.all([
			codeDigest(host, project.directory, besidesOf(statics)),
			environmentDigest(host, project.python, environment),
			digestsOf(host, statics),
		]);
		await keepCache(host, cacheName(project), {
			key,
			code,
			environment: packages,
			answers: {environment, migrations, model, statics},
			statics: files,
		} as unknown as Json);
	}
	const sameModel = early !== undefined && JSON.stringify(known?.answers.model) === JSON.stringify(found.model);
	const rows = sameModel
		? early
		: project.database && wrongOf(found.model) === undefined
			? await rowsBySql(host, project, found.model)
			: undefined;
	return {
		migrations: found.migrations,
		model: found.model,
		statics: found.statics,
		rows: rows ?? found.rows ?? (await rowsByDjango(host, project)),
	};
};

const rowsBySql = async (host: Reader, project: DjangoProject, model: AccountModel): Promise<Rows | undefined> => {
	if (project.database === undefined) return undefined;
	const rows = djangoRows(host, project.database, model);
	return project.database.orDjango ? ifTold(() => rows) : rows;
};

const rowsByDjango = async (
	host: Reader,
	project: DjangoProject,
	username?: string,
): Promise<Rows | Wrong | undefined> => {
	const answers = await askDjango(host, project, factsScript, {
		what: ['rows'],
		more: username === undefined ? {} : {username},
	});
	return answers === undefined ? undefined : (wrongOf(answers.started) ?? (answers['rows'] as unknown as Rows | Wrong));
};

const digestsOf = async (host: Reader, statics: Statics): Promise<StaticDigests | null> =>
	statics.root === null
		? null
		: staticDigests(host, {
				root: statics.root,
				sources: statics.sources,
				collected: [...Object.keys(statics.files), ...statics.extra].sort(),
			});

/** Trees below the project that are no code. */
const besidesOf = (statics: Statics): readonly string[] =>
	statics.root === null
		? []
		: [statics.root, ...(statics.media === null ? [] : [statics.media]), ...statics.sources].filter(path =>
				path.startsWith('/'),
			);

const cacheName = ({directory, settings}: DjangoProject): string => `django-${directory}-${settings}`;

/** Who asks and how; another interpreter or another environment variable may give other answers, another script surely does. */
const keyOf = async ({
	python,
	directory,
	settings,
	user,
	env = {},
	unitEnvironment = {},
}: DjangoProject): Promise<string> => {
	const values = await Promise.all(
		[...Object.entries(env), ...Object.entries(unitEnvironment)]
			.sort()
			.map(async ([name, value]) => [name, typeof value === 'string' ? value : await markOf(value, name)]),
	);
	return sha256(JSON.stringify([python, directory, settings, user, values, sha256(factsScript)]));
};

const markOf = (value: Text, name: string): Promise<string> =>
	hasSecret(value) ? secretMark(value, name) : Promise.resolve(value.join(''));
