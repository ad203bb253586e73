/** Where PostgreSQL listens, by its files, by itself and by the kernel. */

import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {postgresConf} from '#host/postgres/conf.ts';
import {postgresHealth} from '#host/postgres/health.ts';
import {ifTold, seeAs} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, findings, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {type Bound, boundFinding, exampleExposure, exposureSays, exposureState} from '../shared/bound.ts';
import {kernelBound} from '../shared/kernel-bound.ts';

const kinds = defineKinds({
	open: {
		state: exposureState,
		example: {
			...exampleExposure,
			path: '/etc/postgresql/15/main/postgresql.conf' as string | undefined,
			right: false,
			item: '15/main' as string | undefined,
			unit: 'postgresql@15-main.service',
		},
		says: exposureSays,
		remedy: ({item, unit: name}) => ({
			sentence: `Set listen_addresses = 'localhost' in /etc/postgresql/${item}/postgresql.conf (with the address of the containers' network behind a comma where they need it), and restart the cluster (systemctl restart ${name}).`,
		}),
		fix: ({path, right, unit: name}) => {
			if (path === undefined || path.endsWith('.auto.conf')) return [];
			return [
				edit(
					{path, format: 'postgresql.conf', settings: [{key: 'listen_addresses', value: ['localhost']}]},
					{id: `edit:${path}:listen_addresses`},
				),
				// Where only the file was wrong the server is left alone.
				...(right ? [] : [unit({name, running: true, notBefore: Date.now()}, {needs: [`path:${path}`]})]),
			];
		},
	},
});

export const check = defineCheck({
	id: 'postgres.bind',
	title: 'PostgreSQL answers only where it is meant to',
	why: 'A database that answers from outside is guessed at all day. It is meant for this host, and for the network of the containers where they use it.',
	reads: [
		'/etc/postgresql/VERSION/NAME/postgresql.conf and what it includes, postgresql.auto.conf: listen_addresses',
		'current_setting(listen_addresses)',
		'/proc/net/tcp and tcp6: who listens on its port',
	],
	severity: 'fail',
	layers: ['file', 'runtime', 'kernel'],
	requires: ['postgres.running'],
	source:
		'OpenSlides guide, "Configure PostgreSQL" (listen_addresses); PostgreSQL manual, "Connections and Authentication"',
	verify: 'runuser -u postgres -- psql -c "SHOW listen_addresses"; ss -ltn',
	facts: {clusters: postgresClusters, listeners, interfaces},
	kinds,
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts, expect}) {
		const known = (await ifTold(() => facts.interfaces)) ?? new Map<string, string>();
		const intended = expect.flat().map(String);
		const all = await Promise.all(
			facts.clusters.map(async cluster => {
				const [file, runtime, kernel] = await Promise.all([
					seeAs(() => fileBound(host, cluster)),
					seeAs(() => runtimeBound(host, cluster)),
					seeAs(() => kernelBound(host, () => facts.listeners, cluster.port)),
				]);
				const {exposure, ...found} = boundFinding({
					item: `${cluster.version}/${cluster.name}`,
					layers: {file, runtime, kernel},
					known,
					intended,
				});
				const sight: Sight = {
					...(found.item !== undefined && {item: found.item}),
					expected: found.expected,
					layers: found.layers,
				};
				if (exposure === undefined) return {...sight, is: 'ok' as const};
				const path = 'because' in file ? undefined : (file.seen.path ?? `${cluster.directory}/postgresql.conf`);
				const right = !('because' in runtime) && runtime.seen.value === 'localhost';
				return {...sight, is: 'open' as const, data: {...exposure, path, right, item: sight.item, unit: cluster.unit}};
			}),
		);
		return findings(all);
	},
});

const fileBound = async (host: Reader, cluster: Cluster): Promise<Bound> => {
	const line = (await postgresConf(host, cluster)).get('listen_addresses');
	const value = line?.value ?? 'localhost';
	return {
		addresses: addressesOf(value),
		seen:
			line === undefined
				? {value, where: `${cluster.directory}/postgresql.conf: no such line, so the default`}
				: {value, where: line.where, path: line.path},
	};
};

const runtimeBound = async (host: Reader, cluster: Cluster): Promise<Bound> => {
	const value = (await host.fact(postgresHealth(cluster))).settings.get('listen_addresses')?.value ?? '';
	return {addresses: addressesOf(value), seen: {value, where: "current_setting('listen_addresses')"}};
};

/** None listens on its Unix socket only. */
const addressesOf = (value: string): readonly string[] =>
	value
		.split(',')
		.map(one => one.trim())
		.filter(one => one !== '')
		.map(one => (one === '*' ? '0.0.0.0' : one));
