/** Takes a superuser back: the account that we made goes, unless rows of others hang on it; one that was there gets its old self again. */

import {tellDjango} from '#host/django/ask.ts';
import {accountIn} from '#host/django/django-answers.ts';
import {djangoAccounts, djangoFacts} from '#host/django/now.ts';
import {passwordIsRight} from '#host/django/password-check.ts';
import {accountScript} from '#host/django/script.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Undone, UndoOptions} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {projectFrom, secretOf} from './common.ts';

/** `password`: it was replaced; ours and the old hash are in the stash. */
export type AccountRecord = {
	readonly project: Json;
	readonly username: string;
	readonly created: boolean;
	readonly was: Readonly<Record<string, string | boolean | null>>;
	readonly password: boolean;
};

export const undoAccount = async (
	{project: raw, username, created, was, password}: AccountRecord,
	host: Host,
	{kept, purgeData}: UndoOptions,
): Promise<Undone> => {
	const {project, rest} = projectFrom(raw, kept);
	const facts = await host.fact(djangoFacts(project));
	if (
		'absent' in facts ||
		'error' in facts.model ||
		facts.rows === undefined ||
		'error' in facts.rows ||
		!facts.rows.tables.includes(facts.model.table)
	)
		return {outcome: 'already'};
	const rows = await djangoAccounts(host, project, facts.model, username);
	const row = rows === undefined || 'error' in rows ? undefined : accountIn(rows, facts.model, username);
	if (row === undefined) return {outcome: 'already'};
	const tell = async (
		what: string,
		more: Readonly<Record<string, Json>>,
		secrets: Readonly<Record<string, Text>> = {},
	): Promise<Undone> =>
		((await tellDjango(
			host,
			project,
			accountScript,
			{what: [what], more: {username, ...more}, secrets},
			'django.superuser',
			`take ${username} back`,
		)) ?? {
			outcome: 'undone',
		}) as unknown as Undone;
	if (created) {
		const outcome = await tell('take_away', {purge: purgeData});
		return outcome.outcome === 'kept'
			? {outcome: 'kept', why: `the account ${username} is in use: ${outcome.why}`}
			: outcome;
	}
	if (!password)
		return Object.entries(was).every(([column, value]) => row[column] === value)
			? {outcome: 'already'}
			: tell('give_back', {was});
	const [ours, old] = rest;
	const stored = String(row[facts.model.columns['password'] ?? 'password'] ?? '');
	if (stored === Buffer.from(old ?? '').toString('utf8')) return {outcome: 'already'};
	if (!(await passwordIsRight(host, project, username, secretOf('password', ours), stored)))
		return {outcome: 'conflict', why: `somebody changed the password of ${username} since`};
	return tell('give_back', {was}, {hash: secretOf('old hash', old)});
};
