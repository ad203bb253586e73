/** A PostgreSQL role that may log in and nothing more; its password goes there as a SCRAM verifier, and only when another is stored. */
import {
	askPostgres,
	localPostgres,
	type PostgresServer,
	refuseUnlessAllowed,
	serverFrom,
	serverKeep,
	serverRecord,
	tellPostgres,
} from '#host/postgres/client.ts';
import {type PostgresRole, postgresFacts} from '#host/postgres/now.ts';
import {sqlName, sqlSecret, sqlText} from '#host/postgres/sql.ts';
import {openPostgres} from '#host/postgres/tcp.ts';
import {newSalt, type PasswordState, passwordState, verifierText} from '#host/secrets/scram.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource, type Undone} from '#model/resource.ts';
import {Secret, type Text} from '#model/secret.ts';
import {onServer, postgresEdges} from './edges.ts';

type Powers = {readonly [Power in (typeof powers)[number]]: boolean};
export type PostgresRoleSpec = Partial<Powers> & {
	readonly server?: PostgresServer;
	readonly name: string;
	readonly password: Text;
};
type Password = PasswordState | 'hidden-right';
type State =
	| {
			readonly powers: Powers;
			readonly expired: string | null;
			readonly password: Password;
			readonly stored: string | null;
	  }
	| {readonly powers: null};
type Journaled = {
	readonly server: Json;
	readonly name: string;
	readonly created: boolean;
	readonly was: Partial<Powers>;
	readonly put: Partial<Powers>;
	readonly until: string | null;
	readonly password: null | 'put' | 'replaced';
};

const powers = ['login', 'superuser', 'createdb', 'createrole', 'replication', 'bypassrls'] as const;

/**
 * A role. By default it may log in, and has no other power; a power that somebody gave it shows as drift.
 * Its old password comes back on undo; a role that we made goes, unless it owns something.
 */
export const postgresRole = (spec: PostgresRoleSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		postgresRoleType,
		postgresEdges(
			spec.server,
			{
				id: `postgres-role:${spec.name}`,
				provides: [...new Set([`role:${spec.name}` as const, onServer(spec, 'role')])],
			},
			edges,
		),
		spec,
	);

export const postgresRoleType: ResourceType<PostgresRoleSpec, State> = {
	name: 'postgres-role',

	async inspect(spec, host) {
		const {server = localPostgres, name, password} = spec;
		sqlName(name);
		const facts = await host.fact(postgresFacts(server));
		const role = facts === 'absent' ? undefined : facts.roles.get(name);
		if (role === undefined) return {powers: null};
		const {verifier, expired, ...given} = role;
		return {
			powers: powersOf(given),
			expired,
			...(verifier === 'hidden'
				? {password: (await logsIn(host, spec)) ? ('hidden-right' as const) : ('wrong' as const), stored: null}
				: {password: passwordState(verifier.stored, password, name), stored: verifier.stored}),
		};
	},

	diff(spec, state) {
		const wanted = wantedOf(spec);
		if (state === 'absent' || state.powers === null) {
			if (state !== 'absent') refuseUnlessAllowed(spec.server ?? localPostgres, `the role ${spec.name}`);
			return [
				{what: `role ${spec.name}`, from: null, to: powers.filter(power => wanted[power]).join(', ')},
				{key: 'password', what: 'password', from: null, to: 'SCRAM-SHA-256'},
			];
		}
		const given = state.powers;
		const changes: Change[] = powers
			.filter(power => given[power] !== wanted[power])
			.map(power => ({what: power, from: given[power], to: wanted[power]}));
		if (state.expired !== null)
			changes.push({key: 'valid-until', what: 'valid until', from: state.expired, to: 'for ever'});
		if (passwordWords[state.password] !== undefined)
			changes.push({
				key: 'password',
				what: 'password',
				from: passwordWords[state.password]!,
				to: 'as answered, SCRAM-SHA-256',
			});
		if (changes.length > 0)
			refuseUnlessAllowed(
				spec.server ?? localPostgres,
				`the role ${spec.name} (${changes.map(change => change.what).join(', ')})`,
			);
		return changes;
	},

	holds: spec => [{thing: onServer(spec, 'role')}],

	undoOf(spec, state) {
		const {server = localPostgres, name} = spec;
		const wanted = wantedOf(spec);
		const changed = state.powers === null ? [] : powers.filter(power => state.powers[power] !== wanted[power]);
		const setsPassword = state.powers === null || passwordWords[state.password] !== undefined;
		const old = state.powers !== null && setsPassword && state.stored !== null ? [[state.stored]] : [];
		const record: Journaled = {
			server: serverRecord(server),
			name,
			created: state.powers === null,
			was: Object.fromEntries(changed.map(power => [power, state.powers![power]])),
			put: Object.fromEntries(changed.map(power => [power, wanted[power]])),
			until: state.powers === null ? null : state.expired,
			password: !setsPassword ? null : old.length > 0 ? 'replaced' : 'put',
		};
		return {can: true, record, keep: [...serverKeep(server), ...(setsPassword ? [spec.password] : []), ...old]};
	},

	async apply(spec, state, changes, host) {
		const {server = localPostgres, name} = spec;
		const wanted = wantedOf(spec);
		const words = powers.map(power => `${wanted[power] ? '' : 'NO'}${power.toUpperCase()}`).join(' ');
		const password: Text = changes.some(({key}) => key === 'password')
			? [' PASSWORD ', ...sqlSecret(verifierText(spec.password, newSalt()))]
			: [];
		const verb = state.powers === null ? 'CREATE' : 'ALTER';
		const until = changes.some(({key}) => key === 'valid-until') ? " VALID UNTIL 'infinity'" : '';
		await tellPostgres(host, server, [`${verb} ROLE ${sqlName(name)} WITH ${words}${until}`, ...password, ';']);
	},

	async undo(raw, host, {kept, gone}) {
		const record = raw as unknown as Journaled;
		const server = serverFrom(record.server, kept);
		const facts = await host.fact(postgresFacts(server));
		const role = facts === 'absent' ? undefined : facts.roles.get(record.name);
		if (role === undefined) return {outcome: 'already'};
		if (record.created) return dropRole(record, server, host, gone);
		const texts = kept.slice(serverKeep(server).length).map(bytes => Buffer.from(bytes).toString('utf8'));
		return restore(record, role, server, host, texts);
	},
};

const passwordWords: {readonly [State in Password]: string | undefined} = {
	right: undefined,
	'hidden-right': undefined,
	weak: 'right, but not stored as SCRAM-SHA-256',
	wrong: 'another',
	none: 'none',
};

const wantedOf = (spec: PostgresRoleSpec): Powers => powersOf({login: true, ...spec});

const powersOf = (from: Partial<Powers>): Powers =>
	Object.fromEntries(powers.map(power => [power, from[power] ?? false])) as Powers;

const logsIn = async (host: Reader, {server, name, password}: PostgresRoleSpec): Promise<boolean> => {
	if (server?.kind !== 'remote') return false;
	const opened = await openPostgres(host, {...server, user: name, password, database: server.database ?? 'postgres'});
	if (!opened.ok) return opened.code === '3D000' || opened.code === '42501';
	await opened.close();
	return true;
};

const dropRole = async (
	{name}: Journaled,
	server: PostgresServer,
	host: Host,
	gone: ReadonlySet<string> = new Set(),
): Promise<Undone> => {
	const dropped = [...gone].flatMap(thing => (thing.startsWith('database:') ? [sqlText(thing.slice(9))] : []));
	const inDropped = `IN (SELECT oid FROM pg_database WHERE datname IN (${dropped.join(', ') || "''"}))`;
	const owned = await askPostgres(host, server, [
		`SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON d.refobjid = r.oid AND d.refclassid = 'pg_authid'::regclass WHERE r.rolname = ${sqlText(name)} AND NOT (d.dbid ${inDropped} OR (d.classid = 'pg_database'::regclass AND d.objid ${inDropped}))`,
	]);
	if (owned !== '0') return {outcome: 'kept', why: `the role ${name} owns or may use ${owned} objects`};
	await tellPostgres(host, server, [`DROP ROLE ${sqlName(name)};`]);
	return {outcome: 'undone'};
};

const restore = async (
	record: Journaled,
	role: PostgresRole,
	server: PostgresServer,
	host: Host,
	[put = '', old]: readonly string[],
): Promise<Undone> => {
	const names = Object.keys(record.put) as (keyof Powers)[];
	const moved = names.filter(power => role[power] !== record.put[power] && role[power] !== record.was[power]);
	const back = names.filter(power => role[power] === record.put[power]);
	const stored = role.verifier === 'hidden' ? null : role.verifier.stored;
	const ours =
		record.password !== null &&
		passwordState(stored, [new Secret(`the password of ${record.name}`, put)], record.name) === 'right';
	const words = back.map(power => `${record.was[power] ? '' : 'NO'}${power.toUpperCase()}`).join(' ');
	const until = record.until === null || role.expired !== null ? '' : ` VALID UNTIL ${sqlText(record.until)}`;
	const password: Text = ours
		? [
				' PASSWORD ',
				...(old === undefined ? ['NULL'] : sqlSecret([new Secret(`the old password of ${record.name}`, old)])),
			]
		: [];
	if (words + until !== '' || password.length > 0)
		await tellPostgres(host, server, [`ALTER ROLE ${sqlName(record.name)} WITH ${words}${until}`, ...password, ';']);
	if (moved.length > 0) return {outcome: 'conflict', why: `${record.name}: somebody changed ${moved.join(', ')} since`};
	return record.password !== null && !ours && stored !== (old ?? null)
		? {outcome: 'kept', why: `the password of ${record.name} was changed since, and stays`}
		: {outcome: 'undone'};
};
