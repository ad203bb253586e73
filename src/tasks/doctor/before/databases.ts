/** Data that the servers of the next release read otherwise: what is converted without a way back, and what stays with a server that no archive has any more. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {postgresClusters} from '#host/postgres/clusters.ts';
import {confLines} from '#host/postgres/conf-lines.ts';
import {type AnyCheck, defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Coming} from './coming-release.ts';
import {goneSettings} from './gone-settings.ts';

export const beforeDatabases = (coming: Coming): AnyCheck => {
	const {name, postgresql, mariadb, notes} = coming;
	const kinds = defineKinds({
		cluster: {
			state: 'warn',
			example: {cluster: '15/main', version: '15', word: 'main'},
			says: ({cluster, version}) =>
				`PostgreSQL ${cluster} stays with ${version}, which ${name} has not: it goes on, without security updates, until it is moved to ${postgresql}`,
			remedy: ({version, word}) => ({
				sentence: `Dump it before the upgrade. Afterwards: pg_dropcluster --stop ${postgresql} main where the new one is empty, then pg_upgradecluster (room for the data once more; the old cluster stays until you drop it), and see that all is well before postgresql-${version} is purged.`,
				commands: [['pg_upgradecluster', version, word]],
			}),
		},
		setting: {
			state: 'fail',
			example: {
				cluster: '15/main',
				setting: 'old_snapshot_threshold',
				since: 17,
				where: '/etc/postgresql/15/main/postgresql.conf:3',
			},
			says: ({cluster, setting, since, where}) =>
				`PostgreSQL ${cluster} has ${setting} (${where}), which is gone since ${since}: a server of ${name} does not start with it`,
			remedy: ({setting}) => ({sentence: `Take ${setting} out before the cluster is moved.`}),
		},
		converted: {
			state: 'warn',
			example: {version: '10.11'},
			says: ({version}) =>
				`MariaDB ${version} becomes ${mariadb}, which converts its tables at its first start: no older server reads them afterwards`,
			remedy: {
				sentence:
					'Dump all of it before the upgrade, and keep the dump off this host (mariadb-dump --all-databases --routines --events --single-transaction).',
			},
		},
	});
	const check = defineCheck({
		id: 'before.databases',
		title: `The data of this host is ready for the servers of ${name}`,
		why: 'An upgrade of the release brings another database server. One converts what it finds, the other is put beside the old one and leaves the data where it is.',
		reads: [
			'/etc/postgresql/VERSION/NAME, and the files that postgresql.conf includes',
			'/var/lib/dpkg/status: mariadb-server',
		],
		severity: 'fail',
		layers: ['file'],
		source: `PostgreSQL's release notes of 12 to 17 (Migration); ${notes}`,
		verify: 'pg_lsclusters and the pages of the application, after the upgrade',
		facts: {packages, clusters: postgresClusters},
		kinds,
		async inspect({host, facts}) {
			const old = facts.clusters.filter(({version}) => Number(version) < postgresql);
			const rows = await Promise.all(
				old.map(async ({version, name: word, directory}): Promise<readonly FoundOf<typeof kinds>[]> => {
					const cluster = `${version}/${word}`;
					const lines = await confLines(host, `${directory}/postgresql.conf`);
					const gone = lines.flatMap(line => {
						const since = goneSettings.get(line.name.toLowerCase());
						return since !== undefined && since > Number(version) && since <= postgresql ? [{...line, since}] : [];
					});
					return [
						{
							is: 'cluster',
							item: cluster,
							data: {cluster, version, word},
							expected: String(postgresql),
							layers: {file: {value: version, where: directory}},
						},
						...gone.map(
							({name: setting, since, where}): FoundOf<typeof kinds> => ({
								is: 'setting',
								item: `${cluster} ${setting}`,
								data: {cluster, setting, since, where},
								expected: 'not there',
								layers: {file: {value: setting, where}},
							}),
						),
					];
				}),
			);
			const server = [...facts.packages.all.values()].find(
				one => /^mariadb-server(-\d[\d.]*)?$/.test(one.name) && isInstalled(one),
			);
			const [, version] = /^(?:\d+:)?(\d+\.\d+)/.exec(server?.version ?? '') ?? [];
			const converted: readonly FoundOf<typeof kinds>[] =
				version === undefined || version === mariadb
					? []
					: [
							{
								is: 'converted',
								item: 'mariadb',
								data: {version},
								expected: mariadb,
								layers: {file: {value: version, where: '/var/lib/dpkg/status'}},
							},
						];
			return findings<FoundOf<typeof kinds>>([...rows.flat(), ...converted], {
				is: 'ok',
				expected: 'nothing to move',
				layers: {file: {value: facts.clusters.map(one => `${one.version}/${one.name}`), where: '/etc/postgresql'}},
			});
		},
	});
	return check;
};
