/** pg_hba.conf decides who is asked for what: one careless line in it undoes every password. */

import type {HbaType} from '#edit/postgres/pg-hba.ts';
import {catches} from '#edit/postgres/pg-hba-catch.ts';
import {type HbaRecord, recordsOf} from '#edit/postgres/pg-hba-read.ts';
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {postgresHealth} from '#host/postgres/health.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import type {Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';

type HbaSetting = {
	readonly type: HbaType;
	readonly database: readonly string[];
	readonly user: readonly string[];
	readonly address?: string;
	readonly method: string;
};

type Careless = {
	readonly says: string;
	readonly item: string;
	readonly path: string;
	readonly unit: string;
	/** The record as it should be, where that is for us to say. */
	readonly settings: HbaSetting | undefined;
};

const example: Careless = {
	says: 'trust lets everybody in as anybody, without a password',
	item: '15/main local all all',
	path: '/etc/postgresql/15/main/pg_hba.conf',
	unit: 'postgresql@15-main.service',
	settings: {type: 'local', database: ['all'], user: ['all'], method: 'peer'},
};

const narrow: Remedy = {
	sentence:
		'Change the record: peer for local ones, scram-sha-256 for others (a role with an md5 password must set it anew first), and the narrowest address; then reload PostgreSQL.',
};

const narrowed = ({settings, path, item, unit: name}: Careless): readonly Resource[] =>
	settings === undefined
		? []
		: [
				edit(
					{path, format: 'pg_hba.conf', settings: [settings]},
					{id: `edit:${path}:${item}`, owes: [{unit: name, do: 'reload'}]},
				),
			];

const kinds = defineKinds({
	open: {state: 'fail', example, says: ({says}) => says, remedy: narrow, fix: narrowed},
	weak: {state: 'warn', example, says: ({says}) => says, remedy: narrow, fix: narrowed},
	notLoaded: {
		state: 'warn',
		example: {unit: 'postgresql@15-main.service'},
		says: 'changed in the file, not in the process: PostgreSQL has not read it since',
		remedy: ({unit: name}) => ({
			sentence: `Let PostgreSQL read the file: systemctl reload ${name}.`,
			commands: [['systemctl', 'reload', name]],
		}),
		fix: ({unit: name}) => [unit({name, running: true, takesUp: 'reload', notBefore: Date.now()})],
	},
});

export const check = defineCheck({
	id: 'postgres.hba',
	title: 'PostgreSQL asks everybody for a good password, and not the whole world',
	why: 'trust lets everybody in as anybody, an entry for every address invites guessing, and md5 passwords can be used by whoever sees their hashes. The server reads the file when it is told to: what was edited since is not in force.',
	reads: ['/etc/postgresql/VERSION/NAME/pg_hba.conf', 'pg_conf_load_time()'],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['postgres.running'],
	source:
		'OpenSlides guide, "Configure PostgreSQL" (pg_hba.conf; SCRAM in place of its md5); PostgreSQL manual, "The pg_hba.conf File"',
	verify: 'runuser -u postgres -- psql -c "SELECT * FROM pg_hba_file_rules"',
	facts: {clusters: postgresClusters},
	kinds,
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(facts.clusters.map(cluster => ofCluster(host, cluster)));
		return findings(all.flat());
	},
});

type HbaFinding = FoundOf<typeof kinds>;

const ofCluster = async (host: Reader, cluster: Cluster): Promise<readonly HbaFinding[]> => {
	const path = `${cluster.directory}/pg_hba.conf`;
	const prefix = `${cluster.version}/${cluster.name}`;
	let records: readonly Placed[] = [];
	const file = await see(async () => {
		const text = Buffer.from((await host.read(path)) ?? '').toString('utf8');
		records = recordsOf(text).map(record => ({
			...record,
			where: `${path}:${text.slice(0, record.line.start).split('\n').length}`,
		}));
		return {value: records.map(shown), where: path};
	});
	let late = false;
	let oldHashes: readonly string[] = [];
	const runtime = await see(async () => {
		const {loadedAt, roles} = await host.fact(postgresHealth(cluster));
		oldHashes = [...roles].filter(([, {login, verifier}]) => login && verifier === 'md5').map(([name]) => name);
		late = ((await host.stat(path))?.mtimeMs ?? 0) > loadedAt;
		return {value: `read ${new Date(loadedAt).toISOString()}`, where: 'pg_conf_load_time()'};
	});
	const bad = records.flatMap((record, at) =>
		findingsOf(
			record,
			records.slice(0, at).find(one => catches(one, record)),
			cluster,
			runtime,
			oldHashes,
		),
	);
	const pending: readonly HbaFinding[] = late
		? [
				{
					item: `${prefix} loaded`,
					is: 'notLoaded',
					data: {unit: cluster.unit},
					expected: 'read since it was changed',
					layers: {file, runtime},
				},
			]
		: [];
	return bad.length + pending.length > 0
		? [...bad, ...pending]
		: [{item: prefix, is: 'ok', expected: 'no trust, no md5, not every address', layers: {file, runtime}}];
};

type Placed = HbaRecord & {readonly where: string};

/** A record behind one that catches all it would decides nothing: it is told, and weighs less. */
const findingsOf = (
	record: Placed,
	before: Placed | undefined,
	cluster: Cluster,
	runtime: Seen | Unknown,
	oldHashes: readonly string[],
): readonly HbaFinding[] => {
	const found = wrongWith(record, oldHashes);
	if (found === undefined) return [];
	const item = `${cluster.version}/${cluster.name} ${subject(record)}`;
	const settings = found.settled && before === undefined ? settingFor(record) : undefined;
	const says = before === undefined ? found.says : `${found.says}; ${before.where} decides before it`;
	return [
		{
			item,
			is: found.state === 'fail' && before === undefined ? 'open' : 'weak',
			data: {says, item, path: `${cluster.directory}/pg_hba.conf`, unit: cluster.unit, settings},
			expected: record.type === 'local' ? 'peer' : 'scram-sha-256',
			layers: {file: {value: shown(record), where: record.where}, runtime},
		},
	];
};

/** `settled`: another method alone mends it, and locks nobody out. */
const wrongWith = (
	{type, address, method}: HbaRecord,
	oldHashes: readonly string[],
): {readonly state: 'warn' | 'fail'; readonly says: string; readonly settled: boolean} | undefined => {
	const how = method.words[0] ?? '';
	if (how === 'reject') return undefined;
	if (how === 'trust')
		return {state: 'fail', says: 'trust lets everybody in as anybody, without a password', settled: true};
	if (type !== 'local' && (address === 'all' || /^(0\.0\.0\.0|::)\/0$/.test(address)))
		return {state: how === 'cert' ? 'warn' : 'fail', says: `is open to every address, by ${how}`, settled: false};
	if (how === 'password') return {state: 'warn', says: 'password sends the password as it is', settled: true};
	if (how === 'md5') {
		const first = oldHashes.length === 0 ? '' : ` (${oldHashes.join(', ')}: ${lockedOut})`;
		return {
			state: 'warn',
			says: `md5 takes old hashes too; scram-sha-256 does not${first}`,
			settled: oldHashes.length === 0,
		};
	}
	return undefined;
};

/** Whoever still has such a hash cannot log in by scram-sha-256. */
const lockedOut = 'their passwords must be set anew first';

const words = (list: HbaRecord['databases']): string => list.map(({value}) => value).join(',');
const subject = ({type, databases, users, address}: HbaRecord): string =>
	[type, words(databases), words(users), ...(address === '' ? [] : [address])].join(' ');
const shown = (record: HbaRecord): string => `${subject(record)} ${record.method.words.join(' ')}`;

/** The same record by another method. Names with blanks or commas are left to people. */
const settingFor = ({type, databases, users, address}: HbaRecord): HbaSetting | undefined => {
	const [database, user] = [databases, users].map(list => list.map(({value}) => value));
	if (database === undefined || user === undefined || [...database, ...user, address].some(word => /[\s,]/.test(word)))
		return undefined;
	return {
		type: type as HbaType,
		database,
		user,
		...(address !== '' && {address}),
		method: type === 'local' ? 'peer' : 'scram-sha-256',
	};
};
