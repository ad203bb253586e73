/** Of what was edited, the server takes some at a reload and some at a restart; it says itself what waits. */
import {changeTime} from '#host/files/changed-since.ts';
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {type PostgresHealth, postgresHealth} from '#host/postgres/health.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {unit} from '#resources/units/unit.ts';

const kinds = defineKinds({
	restart: {
		state: 'warn',
		example: {unit: 'postgresql@15-main.service', now: '100'},
		says: ({now}) => `changed in the file, not in the process: it waits for a restart, and ${now} is in force`,
		remedy: ({unit: name}) => ({
			sentence: `Restart the cluster when its clients can bear it: systemctl restart ${name}.`,
		}),
		fix: ({unit: name}) => [unit({name, running: true, notBefore: Date.now()})],
	},
	reload: {
		state: 'warn',
		example: {unit: 'postgresql@15-main.service', now: '4MB'},
		says: ({now}) => `changed in the file, not in the process: it waits for a reload, and ${now} is in force`,
		remedy: ({unit: name}) => ({sentence: 'Let PostgreSQL read its files.', commands: [['systemctl', 'reload', name]]}),
		fix: ({unit: name}) => [unit({name, running: true, notBefore: Date.now(), takesUp: 'reload'})],
	},
	refused: {
		state: 'fail',
		example: {name: 'work_mem', where: '/etc/postgresql/15/main/postgresql.conf:12', error: 'invalid value'},
		says: ({name, where, error}) => `PostgreSQL does not take ${name} at ${where}: ${error}`,
		remedy: ({name, where, error}) => ({sentence: `Mend ${name} at ${where}, or take it out: ${error}.`}),
	},
});

export const check = defineCheck({
	id: 'postgres.restart-pending',
	title: 'PostgreSQL runs with what its files say',
	why: 'A setting that was edited and not taken up is a surprise for the next reboot. One that the server cannot take keeps it from starting.',
	reads: [
		'pg_file_settings: every setting in the files, and what is wrong with it',
		'pg_settings: value, pending_restart',
		'pg_conf_load_time(), the time of the files',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['postgres.running'],
	source: 'PostgreSQL manual, "pg_file_settings" and "pg_settings"',
	verify: 'runuser -u postgres -- psql -c "SELECT name FROM pg_settings WHERE pending_restart"',
	facts: {clusters: postgresClusters},
	kinds,
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(facts.clusters.map(cluster => ofCluster(host, cluster)));
		return findings(all.flat());
	},
});

type Waiting = FoundOf<typeof kinds>;

const ofCluster = async (host: Reader, cluster: Cluster): Promise<readonly Waiting[]> => {
	const name = `${cluster.version}/${cluster.name}`;
	let health: PostgresHealth | undefined;
	const runtime = await see(async () => {
		health = await host.fact(postgresHealth(cluster));
		return {value: `read ${new Date(health.loadedAt).toISOString()}`, where: 'pg_conf_load_time()'};
	});
	const file = await see(async () => {
		const path = `${cluster.directory}/postgresql.conf`;
		return {value: (await host.read(path)) === undefined ? 'missing' : 'read', where: path};
	});
	const waiting =
		health === undefined ? [] : await Promise.all(health.files.map(setting => waits(host, setting, health!, cluster)));
	const findings = waiting.filter(one => one !== undefined);
	return findings.length > 0 ? findings : [{item: name, is: 'ok', expected: 'the same', layers: {file, runtime}}];
};

const waits = async (
	host: Reader,
	{name, value, where, path, error}: PostgresHealth['files'][number],
	health: PostgresHealth,
	cluster: Cluster,
): Promise<Waiting | undefined> => {
	const now = [...health.settings].find(([one]) => one.toLowerCase() === name)?.[1];
	const layers = {file: {value, where}, runtime: {value: now?.value ?? null, where: `current_setting('${name}')`}};
	const sight = {item: `${cluster.version}/${cluster.name} ${name}`, expected: value, layers};
	const data = {unit: cluster.unit, now: now?.value || 'none'};
	// The server calls what only a start can change an error too; its program says whether a start would take it.
	const refusal = error === null || !now?.atStart ? undefined : await refusedAtStart(host, cluster, name);
	if (refusal !== undefined) return {...sight, is: 'refused', data: {name, where, error: refusal}};
	if (now?.pending || (error !== null && now?.atStart))
		return now?.value === value ? undefined : {...sight, is: 'restart', data};
	if (error !== null) return {...sight, is: 'refused', data: {name, where, error}};
	const changed = await changeTime(host, path);
	if (changed <= health.loadedAt || now === undefined || sameValue(value, now.value)) return undefined;
	return {...sight, is: 'reload', data};
};

/** Its own words about a value that it cannot take; undefined where it takes it, or says nothing of it. */
const refusedAtStart = async (host: Reader, cluster: Cluster, name: string): Promise<string | undefined> => {
	const argv = [`${cluster.programs}/postgres`, '-C', name, '-D', cluster.directory];
	const ran = await host.probe(argv, {as: 'postgres', env: {LC_ALL: 'C'}});
	if (ran.code === 0) return undefined;
	return ran.stderr
		.split('\n')
		.find(line => line.toLowerCase().includes(`"${name.toLowerCase()}"`))
		?.replace(/^.*?(LOG|FATAL|ERROR): +/, '');
};

const words: Readonly<Record<string, string>> = {true: 'on', yes: 'on', '1': 'on', false: 'off', no: 'off', '0': 'off'};

/** Only for files newer than what is in force: a spelling that differs there may be told once too often, until the reload. */
const sameValue = (a: string, b: string): boolean => {
	const [left, right] = [a.toLowerCase(), b.toLowerCase()];
	return left === right || (words[left] ?? left) === (words[right] ?? right);
};
