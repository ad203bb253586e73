/** Debian keeps each PostgreSQL cluster in /etc/postgresql/VERSION/NAME; which one is meant decides every later question. */
import {Fault} from '#model/fault.ts';
import type {Fact, Reader} from '#model/host.ts';
import {confLines} from './conf-lines.ts';

export type Cluster = {
	readonly version: string;
	readonly name: string;
	/** /etc/postgresql/15/main */
	readonly directory: string;
	readonly port: number;
	/** Where its socket lies. */
	readonly socket: string;
	/** /usr/lib/postgresql/15/bin: called directly, because /usr/bin/psql is a Perl wrapper that costs 20 ms. */
	readonly programs: string;
	/** postgresql@15-main.service */
	readonly unit: string;
};

/** All of them; empty where there is none. */
export const postgresClusters: Fact<readonly Cluster[]> = {
	id: 'postgres-clusters',
	async read(host) {
		const versions = ((await host.list('/etc/postgresql')) ?? []).filter(name => /^\d+(\.\d+)?$/.test(name));
		const found = await Promise.all(
			versions.map(async version =>
				Promise.all(
					((await host.list(`/etc/postgresql/${version}`)) ?? []).map(name => clusterAt(host, version, name)),
				),
			),
		);
		return found.flat().filter(one => one !== undefined);
	},
};

/** The cluster that is meant; undefined while there is none. Throws Fault 'postgres.which-cluster' when there are several and none was named. */
export const theCluster = async (host: Reader, wanted: string | undefined): Promise<Cluster | undefined> => {
	const all = await host.fact(postgresClusters);
	const [first, ...others] = wanted === undefined ? all : all.filter(one => `${one.version}/${one.name}` === wanted);
	if (others.length > 0) {
		throw new Fault(
			'postgres.which-cluster',
			`this host has ${all.length} PostgreSQL clusters: ${all.map(one => `${one.version}/${one.name}`).join(', ')}`,
			'Answer which one is meant, for example 15/main; pg_lsclusters lists them.',
		);
	}
	return first;
};

const clusterAt = async (host: Reader, version: string, name: string): Promise<Cluster | undefined> => {
	const directory = `/etc/postgresql/${version}/${name}`;
	const conf = `${directory}/postgresql.conf`;
	if ((await host.read(conf)) === undefined) return undefined;
	const lines = await confLines(host, conf);
	const last = (name: string): string | undefined => lines.findLast(line => line.name === name)?.value;
	return {
		version,
		name,
		directory,
		port: Number(last('port') ?? 5432),
		socket: last('unix_socket_directories')?.split(',')[0]?.trim() || '/var/run/postgresql',
		programs: `/usr/lib/postgresql/${version}/bin`,
		unit: `postgresql@${version}-${name}.service`,
	};
};
