/** The account that enters /admin/. Rows tell whether it is there; its password is checked by the stored hash, and only when one of the two moved. */

import {tellDjango, type Wrong} from '#host/django/ask.ts';
import {type AccountModel, accountIn} from '#host/django/django-answers.ts';
import {type DjangoProject, djangoAccounts, djangoFacts} from '#host/django/now.ts';
import {passwordIsRight, rememberPassword} from '#host/django/password-check.ts';
import type {Row} from '#host/django/rows.ts';
import {accountScript} from '#host/django/script.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {djangoEdges, lastLine, projectKeep, projectRecord} from './common.ts';
import {type AccountRecord, undoAccount} from './undo-account.ts';

export type SuperuserSpec = {
	readonly project: DjangoProject;
	readonly username: string;
	readonly email: string;
	readonly password: Text;
	/** Further fields that the user model asks for, by the model's names. */
	readonly fields?: Readonly<Record<string, string>>;
};
type State =
	| {readonly at: 'unseen'; readonly why: string}
	| {readonly at: 'absent'}
	| {
			readonly at: 'there';
			readonly row: Row;
			readonly model: AccountModel;
			/** undefined: the stored hash is of a kind that only the application can compare. */
			readonly right: boolean | undefined;
			readonly stored: string | null;
	  };

/** An active superuser with that password. An account of that name that is there already becomes one; a plan says so. */
export const djangoSuperuser = (spec: SuperuserSpec, edges: Partial<Edges> = {}): Resource => {
	const {project, username} = spec;
	return resource(
		djangoSuperuserType,
		djangoEdges(
			{
				id: `django-superuser:${username}`,
				needs: [`done:django-migrate:${project.directory}`],
				provides: [`done:django-superuser:${username}`],
				title: `Superuser ${username}`,
			},
			project,
			'database',
			edges,
		),
		spec,
	);
};

export const djangoSuperuserType: ResourceType<SuperuserSpec, State> = {
	name: 'django-superuser',
	async inspect({project, username, password}, host) {
		const facts = await host.fact(djangoFacts(project));
		if ('absent' in facts) return {at: 'unseen', why: facts.absent};
		if ('error' in facts.model) return unseen(facts.model);
		if (facts.rows === undefined) return {at: 'unseen', why: 'the database is not there yet'};
		if ('error' in facts.rows) return unseen(facts.rows);
		const {model} = facts;
		let row = accountIn(facts.rows, model, username);
		if (row === undefined && facts.rows.tables.includes(model.table)) {
			const more = await djangoAccounts(host, project, model, username);
			if (more !== undefined && 'error' in more) return unseen(more);
			row = more && accountIn(more, model, username);
		}
		if (row === undefined) return {at: 'absent'};
		const stored = row[model.columns['password'] ?? 'password'];
		return {
			at: 'there',
			row,
			model,
			stored: typeof stored === 'string' ? stored : null,
			right: typeof stored === 'string' ? await passwordIsRight(host, project, username, password, stored) : false,
		};
	},
	diff(spec, state) {
		if (state === 'absent' || state.at !== 'there')
			return [
				{
					what: `account ${spec.username}`,
					from: state !== 'absent' && state.at === 'unseen' ? state.why : null,
					to: `superuser, ${spec.email}`,
				},
				{what: 'password', from: null, to: 'as answered'},
			];
		return [
			...fieldChanges(spec, state),
			...(state.right
				? []
				: [
						{
							what: 'password',
							from: passwordNow(state),
							to: 'as answered',
						},
					]),
		];
	},
	undoOf(spec, state) {
		const there = state.at === 'there';
		const record: AccountRecord = {
			project: projectRecord(spec.project),
			username: spec.username,
			created: !there,
			was: there ? wasOf(spec, state) : {},
			password: there && !state.right && state.stored !== null,
		};
		return {
			can: true,
			record: record as unknown as Json,
			keep: [
				...projectKeep(spec.project),
				...(record.password && there ? [spec.password, Buffer.from(state.stored ?? '')] : []),
			],
		};
	},
	async apply({project, username, email, password, fields}, state, _changes, host) {
		const done = await put(
			host,
			project,
			{username, email, fields: fields ?? {}, set_password: !(state.at === 'there' && state.right)},
			password,
		);
		if (typeof done === 'object' && done !== null && 'stored' in done && typeof done['stored'] === 'string')
			await rememberPassword(host, project, username, password, done['stored']);
	},
	undo: (record, host, options) => undoAccount(record as unknown as AccountRecord, host, options),
};

const put = (host: Host, project: DjangoProject, more: Readonly<Record<string, Json>>, password: Text): Promise<Json> =>
	tellDjango(
		host,
		project,
		accountScript,
		{what: ['put'], more, secrets: {password}},
		'django.superuser',
		`make ${String(more['username'])} a superuser of ${project.directory}`,
	);

/** What a plan says of the password that is there. */
const passwordNow = ({right, stored}: There): string => {
	if (stored?.startsWith('!')) return 'none that could be used';
	return right === undefined
		? `cannot be told: only the application itself can compare a hash of the kind ${(stored ?? '').split('$')[0]?.slice(0, 20)}`
		: 'another';
};

const flags = ['is_superuser', 'is_staff', 'is_active'] as const;

type There = State & {readonly at: 'there'};

const fieldChanges = (spec: SuperuserSpec, {row, model}: There): readonly Change[] => [
	...flags.filter(flag => row[flag] === false).map(flag => ({what: flag, from: false, to: true})),
	...wantedText(spec, model)
		.filter(({column, to}) => !sameValue(row[column], to))
		.map(({what, column, to}) => ({what, from: row[column] ?? null, to})),
];

/** What to give back, by column. */
const wasOf = (spec: SuperuserSpec, {row, model}: There): Readonly<Record<string, string | boolean | null>> =>
	Object.fromEntries([
		...flags.filter(flag => row[flag] === false).map(flag => [flag, false] as const),
		...wantedText(spec, model)
			.filter(({column, to}) => !sameValue(row[column], to))
			.map(({column}) => [column, row[column] ?? null] as const),
	]);

const wantedText = (
	{email, fields = {}}: SuperuserSpec,
	model: AccountModel,
): readonly {readonly what: string; readonly column: string; readonly to: string}[] => [
	...(model.email === null ? [] : [{what: 'email', column: model.email, to: email}]),
	...Object.entries(fields).map(([name, to]) => ({what: name, column: model.columns[name] ?? name, to})),
];

/** Django writes the domain of an address in small letters; truth is written in several ways. */
const sameValue = (now: Row[string] | undefined, wanted: string): boolean => {
	const one = now === undefined || now === null ? '' : String(now);
	return (
		one === wanted ||
		one === wanted.replace(/@[^@]*$/, domain => domain.toLowerCase()) ||
		(typeof now === 'boolean' && one === wanted.toLowerCase())
	);
};

const unseen = ({error}: Wrong): State => ({at: 'unseen', why: lastLine(error)});
