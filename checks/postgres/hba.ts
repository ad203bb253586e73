/** pg_hba.conf decides who is asked for what: one careless line in it undoes every password. */

import type {HbaType} from '#edit/postgres/pg-hba.ts';
import {catches} from '#edit/postgres/pg-hba-catch.ts';
import {type HbaRecord, recordsOf} from '#edit/postgres/pg-hba-read.ts';
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {postgresHealth} from '#host/postgres/health.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';

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
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(facts.clusters.map(cluster => ofCluster(host, cluster)));
		return findings(all.flat());
	},
	remedy: finding => ({
		sentence: finding.item?.endsWith(' loaded')
			? 'Let PostgreSQL read the file: systemctl reload postgresql.'
			: 'Change the record: peer for local ones, scram-sha-256 for others (a role with an md5 password must set it anew first), and the narrowest address; then reload PostgreSQL.',
		...(finding.item?.endsWith(' loaded') && {commands: [['systemctl', 'reload', 'postgresql.service']]}),
	}),
	fix: (finding, {facts}) => {
		const cluster = facts.clusters.find(({version, name}) => finding.item?.startsWith(`${version}/${name} `));
		if (cluster === undefined) return [];
		if (finding.item?.endsWith(' loaded'))
			return [unit({name: cluster.unit, running: true, takesUp: 'reload', notBefore: Date.now()})];
		const shape = shapeIn(finding);
		if (
			shape === undefined ||
			!/trust|md5|password/.test(finding.says ?? '') ||
			/every address|decides before|set anew first/.test(finding.says ?? '')
		)
			return [];
		const path = `${cluster.directory}/pg_hba.conf`;
		return [
			edit(
				{
					path,
					format: 'pg_hba.conf',
					settings: [{...shape, method: shape.type === 'local' ? 'peer' : 'scram-sha-256'}],
				},
				{id: `edit:${path}:${finding.item}`, owes: [{unit: cluster.unit, do: 'reload'}]},
			),
		];
	},
});

const ofCluster = async (host: Reader, cluster: Cluster): Promise<readonly Finding[]> => {
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
			prefix,
			runtime,
			oldHashes,
		),
	);
	const pending: readonly Finding[] = late
		? [
				{
					item: `${prefix} loaded`,
					state: 'warn',
					says: 'changed in the file, not in the process: PostgreSQL has not read it since',
					expected: 'read since it was changed',
					layers: {file, runtime},
				},
			]
		: [];
	return bad.length + pending.length > 0
		? [...bad, ...pending]
		: [{item: prefix, state: 'ok', expected: 'no trust, no md5, not every address', layers: {file, runtime}}];
};

type Placed = HbaRecord & {readonly where: string};

/** A record behind one that catches all it would decides nothing: it is told, and weighs less. */
const findingsOf = (
	record: Placed,
	before: Placed | undefined,
	prefix: string,
	runtime: Seen | Unknown,
	oldHashes: readonly string[],
): readonly Finding[] => {
	const found = wrongWith(record, oldHashes);
	const wrong =
		found && before ? {state: 'warn' as const, says: `${found.says}; ${before.where} decides before it`} : found;
	if (wrong === undefined) return [];
	const layers = {file: {value: shown(record), where: record.where}, runtime};
	return [
		{
			item: `${prefix} ${subject(record)}`,
			...wrong,
			expected: record.type === 'local' ? 'peer' : 'scram-sha-256',
			layers,
		},
	];
};

const wrongWith = (
	{type, address, method}: HbaRecord,
	oldHashes: readonly string[],
): {readonly state: 'warn' | 'fail'; readonly says: string} | undefined => {
	const how = method.words[0] ?? '';
	if (how === 'reject') return undefined;
	if (how === 'trust') return {state: 'fail', says: 'trust lets everybody in as anybody, without a password'};
	if (type !== 'local' && (address === 'all' || /^(0\.0\.0\.0|::)\/0$/.test(address)))
		return {state: how === 'cert' ? 'warn' : 'fail', says: `is open to every address, by ${how}`};
	if (how === 'password') return {state: 'warn', says: 'password sends the password as it is'};
	if (how === 'md5') {
		const first = oldHashes.length === 0 ? '' : ` (${oldHashes.join(', ')}: ${lockedOut})`;
		return {state: 'warn', says: `md5 takes old hashes too; scram-sha-256 does not${first}`};
	}
	return undefined;
};

/** Whoever still has such a hash cannot log in by scram-sha-256. */
const lockedOut = 'their passwords must be set anew first';

const words = (list: HbaRecord['databases']): string => list.map(({value}) => value).join(',');
const subject = ({type, databases, users, address}: HbaRecord): string =>
	[type, words(databases), words(users), ...(address === '' ? [] : [address])].join(' ');
const shown = (record: HbaRecord): string => `${subject(record)} ${record.method.words.join(' ')}`;

/** The record again from a finding's item: `15/main host all all 10.0.0.0/8`. Names with blanks or commas are left to people. */
const shapeIn = ({
	item = '',
}: Finding):
	| {
			readonly type: HbaType;
			readonly database: readonly string[];
			readonly user: readonly string[];
			readonly address?: string;
	  }
	| undefined => {
	const [, type, databases, users, address, ...more] = item.split(' ');
	if (type === undefined || databases === undefined || users === undefined || more.length > 0) return undefined;
	return {
		type: type as HbaType,
		database: databases.split(','),
		user: users.split(','),
		...(address !== undefined && {address}),
	};
};
