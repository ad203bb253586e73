/** An account of CC-Server, made and changed by the program's own script, whose questions are answered on its standard input. */
import {type CcUser, ccUserNow, dropCcUser} from '#host/cc-server/users.ts';
import type {MongoLogin} from '#host/mongodb/conversation.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type CcUserSpec = {
	readonly name: string;
	readonly password: Text;
	readonly admin: boolean;
	/** Where the script is, and who runs it with which Python. */
	readonly checkout: string;
	readonly python: string;
	readonly as: string;
	/** The database, by the application's own account. */
	readonly mongo: {readonly host: string; readonly port: number; readonly login: MongoLogin};
};
export type CcUserState = CcUser | 'absent';

/** Needs the configuration and the database. */
export const ccUser = (spec: CcUserSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		ccUserType,
		withEdges(
			{
				id: `cc-user:${spec.name}`,
				provides: [`done:cc-user:${spec.name}`],
				needs: [`role:mongodb/${spec.mongo.login.database}/${spec.mongo.login.user}`],
				locks: ['mongodb'],
				title: `${spec.name}, an account of CC-Server`,
			},
			edges,
		),
		spec,
	);

export const ccUserType: ResourceType<CcUserSpec, CcUserState> = {
	name: 'cc-user',
	async inspect({name, password, mongo}, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'MongoDB must be asked on the running host'});
		await refuseStrangers(host, mongo, ['mongodb', 'mongod']);
		try {
			return (await ccUserNow(mongo, mongo.login, name, password)) ?? 'absent';
		} catch (error) {
			// The account with which it is asked is made or mended before.
			if (error instanceof Fault && error.code === 'mongodb.login')
				throw new Blocked({because: 'until', thing: `role:mongodb/${mongo.login.database}/${mongo.login.user}`});
			throw error;
		}
	},
	diff({name, admin}, state) {
		if (state === 'absent')
			return [
				{what: `account ${name}`, from: null, to: admin ? 'with admin rights' : 'may log in'},
				{key: 'password', what: 'password', from: null, to: 'as answered'},
			];
		const changes: Change[] = [];
		if (state.admin !== admin)
			changes.push({what: 'admin rights', from: state.admin ? 'yes' : 'no', to: admin ? 'yes' : 'no'});
		if (state.password === 'wrong')
			changes.push({key: 'password', what: 'password', from: 'another', to: 'as answered'});
		return changes;
	},
	undoOf: ({name, mongo}, state) => ({
		can: true,
		record: {
			name,
			created: state === 'absent',
			host: mongo.host,
			port: mongo.port,
			user: mongo.login.user,
			database: mongo.login.database,
		},
		keep: [mongo.login.password],
	}),
	async apply({name, password, admin, checkout, python, as}, _state, _changes, host) {
		// An empty password is told by the script and taken all the same; its exit code proves nothing, so it is looked at again.
		await host.exec([python, `${checkout}/scripts/create_user`], {
			as,
			cwd: checkout,
			stdin: ['\n', name, '\n', ...password, '\n', admin ? 'y' : 'n', '\n'],
			env: {PYTHONDONTWRITEBYTECODE: '1'},
			timeout: 60_000,
		});
	},
	async undo(raw, host, {kept: [password]}) {
		const {
			name,
			created,
			host: at,
			port,
			user,
			database,
		} = raw as {
			readonly name: string;
			readonly created: boolean;
			readonly host: string;
			readonly port: number;
			readonly user: string;
			readonly database: string;
		} & {readonly [key: string]: Json};
		if (!created || password === undefined)
			return {
				outcome: 'kept',
				why: `the account ${name} of CC-Server was there before, and its old password is known to nobody`,
			};
		const login = {user, database, password: [Buffer.from(password).toString('utf8')]};
		try {
			await host.act(`CC-Server: the account ${name} goes`, () => dropCcUser({host: at, port}, login, name));
			return {outcome: 'undone'};
		} catch (error) {
			// The account with which it could be asked has gone before, or the server.
			if (error instanceof Blocked || (error instanceof Fault && error.code === 'mongodb.login'))
				return {outcome: 'already'};
			throw error;
		}
	},
};
