/** An account of MongoDB with roles in its databases; a password is right if it logs in, and is sent only when it does not. */

import type {Bson} from '#host/mongodb/bson.ts';
import {type MongoLogin, type MongoSession, mongoCode, withMongo} from '#host/mongodb/conversation.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {isKnown, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type MongodbRole = {readonly role: string; readonly db: string};

export type MongodbUserSpec = {
	readonly host: string;
	readonly port: number;
	/** In which it is made, and logs in. */
	readonly database: string;
	readonly user: string;
	readonly password: Text;
	readonly roles: readonly MongodbRole[];
	/** Who may make accounts, once somebody has to be; while the server asks nobody, it is not needed. */
	readonly administrator?: MongoLogin;
};
export type MongodbUserState =
	| {readonly there: false}
	| {readonly there: true; readonly password: 'right' | 'wrong'; readonly lacks: readonly MongodbRole[]};

/** An account. Roles that others gave it stay. */
export const mongodbUser = (spec: MongodbUserSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		mongodbUserType,
		withEdges(
			{
				id: `mongodb-user:${spec.user}@${spec.database}`,
				provides: [`role:mongodb/${spec.database}/${spec.user}`],
				locks: ['mongodb'],
				title: `MongoDB: ${spec.user} in ${spec.database}`,
			},
			edges,
		),
		spec,
	);

export const mongodbUserType: ResourceType<MongodbUserSpec, MongodbUserState> = {
	name: 'mongodb-user',
	settle: 5,
	async inspect(spec, host) {
		await reachable(spec, host);
		const logs = await logsIn(spec);
		const roles = await asAdministrator(spec, session => rolesOf(session, spec)).catch(error => {
			// Its own account tells what it may itself.
			if (logs && error instanceof Fault) return withMongo(spec, loginOf(spec), session => rolesOf(session, spec));
			throw error;
		});
		if (roles === undefined) return {there: false};
		return {
			there: true,
			password: logs ? 'right' : 'wrong',
			lacks: spec.roles.filter(one => !roles.some(({role, db}) => role === one.role && db === one.db)),
		};
	},
	diff({user, database, roles}, state) {
		if (state === 'absent' || !state.there)
			return [
				{key: 'account', what: `account ${user} in ${database}`, from: null, to: 'may log in'},
				{key: 'password', what: 'password', from: null, to: 'as answered'},
				...roles.map(given),
			];
		return [
			...(state.password === 'right' ? [] : [{key: 'password', what: 'password', from: 'another', to: 'as answered'}]),
			...state.lacks.map(given),
		];
	},
	holds: ({user, database}) => [{thing: `role:mongodb/${database}/${user}`}],
	unsaved: ({database}) => (database === 'admin' ? [] : [`the MongoDB database ${database}`]),
	undoOf: ({host, port, database, user, administrator}, state) => ({
		can: true,
		record: {
			host,
			port,
			database,
			user,
			created: !state.there,
			given: state.there ? state.lacks.map(one => ({...one})) : [],
			administrator: administrator === undefined ? null : {user: administrator.user, database: administrator.database},
		},
		keep: administrator === undefined ? [] : [administrator.password],
	}),
	async apply(spec, state, changes, host) {
		const {database, user, password, roles} = spec;
		const has = (key: string): boolean => changes.some(change => change.key === key);
		await host.act(`MongoDB: ${user} in ${database}`, () =>
			asAdministrator(spec, async session => {
				const asked = (list: readonly MongodbRole[]): Bson[string] => list.map(({role, db}) => ({role, db}));
				if (has('account'))
					return void (await session.run(database, {createUser: user, roles: asked(roles)}, {password}));
				if (has('password')) await session.run(database, {updateUser: user}, {password});
				if (state.there && state.lacks.length > 0)
					await session.run(database, {grantRolesToUser: user, roles: asked(state.lacks)});
			}),
		);
	},
	async undo(raw, host, {kept}) {
		const record = raw as unknown as UndoRecord;
		const {database, user, created, given: some} = record;
		const password = kept[0] === undefined ? undefined : Buffer.from(kept[0]).toString('utf8');
		const spec = {
			...record,
			administrator:
				record.administrator && password !== undefined ? {...record.administrator, password: [password]} : undefined,
		};
		let done = false;
		await host.act(`MongoDB: ${user} in ${database} as before`, () =>
			asAdministrator(spec, async session => {
				if ((await rolesOf(session, {database, user})) === undefined) return;
				done = true;
				if (created) await session.run(database, {dropUser: user});
				else if (some.length > 0)
					await session.run(database, {revokeRolesFromUser: user, roles: some.map(({role, db}) => ({role, db}))});
			}),
		);
		return {outcome: done ? 'undone' : 'already'};
	},
};

type UndoRecord = {
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	readonly created: boolean;
	readonly given: readonly MongodbRole[];
	readonly administrator: {readonly user: string; readonly database: string} | null;
} & {readonly [key: string]: Json | undefined};

const given = ({role, db}: MongodbRole): Change => ({
	key: 'role',
	item: role,
	what: `${role} in ${db}`,
	from: null,
	to: 'given',
});

const loginOf = ({user, password, database}: MongodbUserSpec): MongoLogin => ({user, password, database});

const reachable = async (spec: MongodbUserSpec, host: Reader): Promise<void> => {
	if (host.root !== '/')
		throw new Blocked({because: 'offline-root', need: 'MongoDB must be asked on the running host'});
	await refuseStrangers(host, spec, ['mongodb', 'mongod']);
};

const logsIn = async (spec: MongodbUserSpec): Promise<boolean> => {
	if (!isKnown(spec.password)) return false;
	try {
		await withMongo(spec, loginOf(spec), async () => undefined);
		return true;
	} catch (error) {
		if (error instanceof Fault && error.code === 'mongodb.login') return false;
		throw error;
	}
};

/** As the administrator; as nobody where there is none yet, which a server that asks nobody takes. */
const asAdministrator = async <T>(
	spec: Pick<MongodbUserSpec, 'host' | 'port'> & {readonly administrator?: MongoLogin | undefined},
	use: (session: MongoSession) => Promise<T>,
): Promise<T> => {
	const {administrator} = spec;
	if (administrator === undefined || !isKnown(administrator.password)) return withMongo(spec, undefined, use);
	let inside = false;
	try {
		return await withMongo(spec, administrator, session => {
			inside = true;
			return use(session);
		});
	} catch (error) {
		if (inside || !(error instanceof Fault) || error.code !== 'mongodb.login') throw error;
		return withMongo(spec, undefined, use);
	}
};

/** Its roles; undefined where there is no such account. */
const rolesOf = async (
	session: MongoSession,
	{database, user}: Pick<MongodbUserSpec, 'database' | 'user'>,
): Promise<readonly MongodbRole[] | undefined> => {
	try {
		const answer = await session.run(database, {usersInfo: {user, db: database}});
		const [found] = answer['users'] as readonly {readonly roles: readonly MongodbRole[]}[];
		return found?.roles;
	} catch (error) {
		// Nobody is there yet, and the first one may be made from this host alone (the localhost exception).
		if (mongoCode(error) === 13 && user !== '') return undefined;
		throw error;
	}
};
