/** Of what was edited, the server takes some at a reload and some at a restart; it says itself what waits. */
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {type PostgresHealth, postgresHealth} from '#host/postgres/health.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {unit} from '#resources/units/unit.ts';

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
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(facts.clusters.map(cluster => ofCluster(host, cluster)));
		return findings(all.flat());
	},
	remedy: finding => {
		if (finding.state === 'fail') return {sentence: `Mend the line: ${finding.says ?? ''}.`};
		return finding.says?.includes('reload')
			? {sentence: 'Let PostgreSQL read its files.', commands: [['systemctl', 'reload', 'postgresql.service']]}
			: {sentence: 'Restart the cluster when its clients can bear it: systemctl restart postgresql.'};
	},
	fix: (finding, {facts}) => {
		const cluster = facts.clusters.find(({version, name}) => finding.item?.startsWith(`${version}/${name} `));
		if (cluster === undefined || finding.state !== 'warn') return [];
		const reload = finding.says?.includes('reload') ? ({takesUp: 'reload'} as const) : {};
		return [unit({name: cluster.unit, running: true, notBefore: Date.now(), ...reload})];
	},
});

const ofCluster = async (host: Reader, cluster: Cluster): Promise<readonly Finding[]> => {
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
		health === undefined ? [] : await Promise.all(health.files.map(setting => waits(host, setting, health!, name)));
	const findings = waiting.filter(one => one !== undefined);
	return findings.length > 0 ? findings : [{item: name, state: 'ok', expected: 'the same', layers: {file, runtime}}];
};

const waits = async (
	host: Reader,
	{name, value, where, error}: PostgresHealth['files'][number],
	health: PostgresHealth,
	cluster: string,
): Promise<Finding | undefined> => {
	const now = [...health.settings].find(([one]) => one.toLowerCase() === name)?.[1];
	const layers = {file: {value, where}, runtime: {value: now?.value ?? null, where: `current_setting('${name}')`}};
	const finding = (state: Finding['state'], says: string): Finding => ({
		item: `${cluster} ${name}`,
		state,
		says,
		expected: value,
		layers,
	});
	// The server calls what only a start can change an error too.
	if (now?.pending || (error !== null && now?.atStart))
		return now?.value === value
			? undefined
			: finding(
					'warn',
					`changed in the file, not in the process: it waits for a restart, and ${now?.value || 'none'} is in force`,
				);
	if (error !== null) return finding('fail', `PostgreSQL does not take ${name} at ${where}: ${error}`);
	const changed = (await host.stat(where.replace(/:\d+$/, '')))?.mtimeMs ?? 0;
	if (changed <= health.loadedAt || now === undefined || sameValue(value, now.value)) return undefined;
	return finding(
		'warn',
		`changed in the file, not in the process: it waits for a reload, and ${now.value || 'none'} is in force`,
	);
};

const words: Readonly<Record<string, string>> = {true: 'on', yes: 'on', '1': 'on', false: 'off', no: 'off', '0': 'off'};

/** Only for files newer than what is in force: a spelling that differs there may be told once too often, until the reload. */
const sameValue = (a: string, b: string): boolean => {
	const [left, right] = [a.toLowerCase(), b.toLowerCase()];
	return left === right || (words[left] ?? left) === (words[right] ?? right);
};
