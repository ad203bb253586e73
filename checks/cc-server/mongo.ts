/** A password that was changed in MongoDB, and not in config.toml: CC-Server starts, shows its page, and lets nobody in. */

import {ccServers} from '#host/cc-server/servers.ts';
import {see} from '#host/see.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {defineCheck} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {type CcRead, forEachServer, noCcServer, withConfig} from '../shared/cc-findings.ts';

type Account = {readonly user: string; readonly database: string; readonly place: string};
const example: Account = {user: 'ccdbAdmin', database: 'ccdb', place: '127.0.0.1:27017'};

const kinds = defineKinds({
	refused: {
		state: 'fail',
		example,
		says: ({user, database, place}) => `${user} cannot log in to ${database} at ${place}`,
		remedy: ({user, database}) => ({
			sentence: `Its password there is another, or there is no such account in ${database}. Where setup installed CC-Server apply the answers again, which sets it; else set it with updateUser("${user}") in the database ${database}, as config.toml has it. Then restart CC-Server.`,
		}),
	},
	barred: {
		state: 'fail',
		example,
		says: ({user, database}) => `${user} logs in, and may not read ${database}`,
		remedy: ({user, database}) => ({
			sentence: `Give it the role again: grantRolesToUser("${user}", [{role: "readWrite", db: "${database}"}]).`,
		}),
	},
	nobody: {
		state: 'warn',
		example: {database: 'ccdb'},
		says: ({database}) => `${database} has no account of CC-Server, so nobody can log in to it`,
		remedy: {
			sentence:
				'Make one with scripts/create_user; where setup installed CC-Server apply the answers again. Where there were some, bring them back from a backup.',
		},
	},
	silent: {
		state: 'fail',
		example: {...example, why: 'connect ECONNREFUSED 10.0.0.2:27017'},
		says: ({place, why}) => `MongoDB at ${place} does not answer: ${why}`,
		remedy: ({place}) => ({
			sentence: `See whether it runs there and lets this host in (${place}), and whether mongo.host and mongo.port of config.toml are its.`,
		}),
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'cc-server.mongo',
	title: 'It gets into its database, which has somebody who may log in',
	why: 'Users and tasks are in MongoDB. Without it the first page of CC-Server answers as always, and every other request hangs for half a minute and fails.',
	reads: [
		'config.toml: mongo.host, mongo.port, mongo.db, mongo.username, mongo.password (used, never shown)',
		'a login at MongoDB with them, and the number of documents in users. No password of a user of CC-Server is tried: wrong ones block them',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['mongodb.running'],
	source: 'CC-Server guide, "mongo"',
	verify: 'mongo --host HOST -u USERNAME -p DB with the password of config.toml',
	facts: {servers: ccServers},
	kinds,
	appliesTo: ({facts}) => facts.servers.length > 0 || noCcServer,
	inspect: ({host, facts}) =>
		forEachServer(facts.servers, server =>
			withConfig<Found>(server, host, 'a login, and users', async config => [await findingOf(config, host)]),
		),
});

const findingOf = async (config: CcRead, host: Reader): Promise<Found> => {
	const text = (key: string): string => String(config.at(key)?.value ?? '');
	const place = {host: text('mongo.host'), port: Number(text('mongo.port') || 27_017)};
	const account: Account = {
		user: text('mongo.username'),
		database: text('mongo.db'),
		place: `${place.host}:${place.port}`,
	};
	let wrong: Pick<Found, 'is'> & {readonly data?: unknown} = {is: 'ok'};
	const runtime = await see(async () => {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'a login needs the running server'});
		const password = config.secrets.get('mongo.password')?.secret;
		if (password === undefined || account.user === '' || account.database === '' || place.host === '')
			throw new Blocked({because: 'unreadable', need: `${config.path} has no account of its own for MongoDB`});
		await refuseStrangers(host, place, ['mongodb', 'mongod']);
		const {mongoCode, withMongo} = await import('#host/mongodb/conversation.ts');
		const where = `login ${account.user}@${account.place}/${account.database}`;
		const login = {user: account.user, password: [password], database: account.database};
		try {
			const users = await withMongo(
				place,
				login,
				async session => Number((await session.run(account.database, {count: 'users'}))['n'] ?? 0),
				patience,
			);
			if (users === 0) wrong = {is: 'nobody', data: {database: account.database}};
			return {value: {login: 'works', users}, where};
		} catch (error) {
			if (error instanceof Fault && error.code === 'mongodb.login') wrong = {is: 'refused', data: account};
			else if (mongoCode(error) === 13) wrong = {is: 'barred', data: account};
			else if (error instanceof Blocked && error.why.because === 'unreadable')
				wrong = {is: 'silent', data: {...account, why: error.why.need.replace(/^MongoDB on \S+: /, '')}};
			else throw error;
			return {value: {login: wrong.is}, where};
		}
	});
	return {...wrong, expected: 'a login, and users', layers: {runtime}} as Found;
};

const patience = 4000;
