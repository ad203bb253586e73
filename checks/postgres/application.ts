/** The proof that counts: the application's role logs in to its database over TCP, and owns it. */
import {openPostgres, type PostgresAddress} from '#host/postgres/tcp.ts';
import {type KeptSecret, storedSecret} from '#host/secrets/stored-secret.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';

const remedy = {
	sentence: 'Run setup apply with the answers of the stack again: it sets role, password, database and owner.',
};

const kinds = defineKinds({
	refused: {
		state: 'fail',
		example: {role: 'app', database: 'app', why: 'password authentication failed'},
		says: ({role, database, why}) => `${role} cannot log in to ${database}: ${why}`,
		remedy,
	},
	owner: {
		state: 'fail',
		example: {role: 'app', database: 'app', owner: 'postgres'},
		says: ({role, database, owner}) => `${database} belongs to ${owner}, not to ${role}`,
		remedy,
	},
});

type Wrong = {readonly is: 'refused'; readonly why: string} | {readonly is: 'owner'; readonly owner: string};

export const check = defineCheck({
	id: 'postgres.application',
	title: 'The application logs in to its database, and owns it',
	why: 'A server that runs is not yet one that lets the application in: the password, pg_hba.conf and the owner of the database have to be right together.',
	reads: [
		'the answers of what setup installed: server, role, database',
		'a login over TCP as the application; pg_database: the owner',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['postgres.running'],
	source: 'ipynbsrv guide, "Postgres Container"',
	verify: 'psql -h 127.0.0.1 -U ROLE -d DATABASE -c "SELECT 1" with the password of the application',
	kinds,
	appliesTo: ({expect}) => expect.length > 0 || 'setup installed no application with a PostgreSQL database here',
	inspect: async ({host, expect}) =>
		findings(await Promise.all((expect as readonly Wanted[]).map((wanted, _at, all) => findingOf(wanted, all, host)))),
});

type Wanted = {
	readonly host: string;
	readonly port: number;
	readonly role: string;
	readonly database: string;
	readonly tls: string;
	/** Who vouches for the server. */
	readonly ca?: string;
	readonly password: KeptSecret;
};

const patience = 3000;

const findingOf = async (wanted: Wanted, all: readonly Wanted[], host: Reader): Promise<FoundOf<typeof kinds>> => {
	const alone = all.every(other => other === wanted || other.database !== wanted.database);
	let wrong: Wrong | undefined;
	const runtime = await see(async () => {
		const seen = await logIn(host, wanted);
		wrong = seen.wrong;
		return {value: seen.value, where: `login ${wanted.role}@${wanted.host}:${wanted.port}/${wanted.database}`};
	});
	const {role, database} = wanted;
	const sight = {
		item: alone ? wanted.database : `${wanted.host}:${wanted.port}/${wanted.database}`,
		expected: {login: 'works', owner: wanted.role},
		layers: {runtime},
	};
	if (wrong === undefined) return {...sight, is: 'ok'};
	return wrong.is === 'refused'
		? {...sight, is: 'refused', data: {role, database, why: wrong.why}}
		: {...sight, is: 'owner', data: {role, database, owner: wrong.owner}};
};

const logIn = async (host: Reader, wanted: Wanted): Promise<{readonly value: Json; readonly wrong?: Wrong}> => {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'a login needs the running server'});
	const to: PostgresAddress = {
		host: wanted.host,
		port: wanted.port,
		user: wanted.role,
		password: [await storedSecret(host, wanted.password)],
		database: wanted.database,
		tls: wanted.tls as 'off',
		...(wanted.ca !== undefined && {ca: wanted.ca}),
	};
	const late = new Blocked({
		because: 'timeout',
		need: `${wanted.host}:${wanted.port} gave no answer within ${patience / 1000} s`,
	});
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(late), patience);
	});
	try {
		const opened = await Promise.race([openPostgres(host, to), tooLate]);
		if (!opened.ok)
			return {
				value: {login: opened.why},
				wrong: {is: 'refused', why: opened.why},
			};
		const owner = await Promise.race([
			opened.ask(['SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()']),
			tooLate,
		]).finally(() => void opened.close());
		const value = {login: 'works', owner};
		return owner === wanted.role ? {value} : {value, wrong: {is: 'owner', owner: String(owner)}};
	} finally {
		clearTimeout(timer);
	}
};
