/** Servers whose packages take data with them: what each holds, and how that is saved before it goes. Never guessed: what cannot be asked counts as data. */
import {aptEnvironment} from '#host/apt/environment.ts';
import {waitForDebconf} from '#host/apt/script-locks.ts';
import {parseLdif} from '#host/ldap/ldif.ts';
import {asSuperuser, localPostgres} from '#host/postgres/client.ts';
import {postgresClusters} from '#host/postgres/clusters.ts';
import {postgresFacts} from '#host/postgres/now.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {fetchFile} from '#host/web/fetch-file.ts';
import {faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {lockPatience} from '../postgres/dump.ts';
import {dumpFile, takeDraft} from '../shared/dumps.ts';

/** One database, one entry. `thing` is what the journal calls it where a stack made it. */
export type HeldData = {readonly thing: string; readonly name: string};

export type DataServer = {
	readonly name: string;
	/** The package whose removal ends it. */
	readonly package: RegExp;
	/** It is asked about its data while it runs. */
	readonly unit: string;
	/** What it holds, without what a walk of undo took away already. */
	holds(host: Reader, gone: ReadonlySet<string>): Promise<readonly HeldData[]>;
	/** How much of that is told. */
	tell(held: readonly HeldData[]): string;
	/** Saves all of it below /var/lib/host-setup/dumps. */
	save(host: Host): Promise<void>;
	/** Directories that its package leaves. */
	readonly leaves: readonly string[];
	/** Answers to debconf for a purge that takes the data along, or does not. */
	answers(pack: string, dropped: boolean): string;
};

/** What the server holds; what cannot be told is one of it. `known` is what it held when it was stopped. */
export const heldData = async (
	server: DataServer,
	host: Reader,
	gone: ReadonlySet<string>,
	known: readonly HeldData[] | undefined,
): Promise<readonly HeldData[]> => {
	try {
		return await server.holds(host, gone);
	} catch (error) {
		if (known !== undefined) return known.filter(({thing}) => !gone.has(thing));
		const why = error instanceof Blocked ? error.message : faultData(error).sentence;
		return [{thing: 'unknown', name: `what could not be looked at (${why})`}];
	}
};

/** Of what it holds, what no stack put there: others use it. */
export const ofOthers = async (held: readonly HeldData[], host: Reader): Promise<readonly HeldData[]> => {
	if (held.length === 0) return [];
	const journal = Buffer.from((await host.read('/var/lib/host-setup/journal.jsonl')) ?? '')
		.toString('utf8')
		.toLowerCase();
	return held.filter(({thing}) => !journal.includes(JSON.stringify(thing.toLowerCase())));
};

/** Tells the packages what their purge may take. */
export const answerPurge = async (texts: readonly string[], host: Host): Promise<void> => {
	if (texts.length === 0) return;
	await waitForDebconf(host, 'what a purge may take');
	await host.exec(['debconf-set-selections'], {env: aptEnvironment, stdin: [texts.join('')]});
};

function namesOf(held: readonly HeldData[]): string {
	return held.map(({name}) => name).join(', ');
}

const postgres: DataServer = {
	name: 'PostgreSQL',
	package: /^postgresql-\d+$/,
	unit: 'postgresql.service',
	async holds(host, gone) {
		const clusters = await host.fact(postgresClusters);
		if (clusters.length > 1)
			return clusters.map(({version, name}) => ({
				thing: `cluster:${version}/${name}`,
				name: `the cluster ${version}/${name}`,
			}));
		const facts = await host.fact(postgresFacts(localPostgres));
		return facts === 'absent'
			? []
			: [...facts.databases.keys()]
					.filter(name => !/^(postgres|template[01])$/.test(name) && !gone.has(`database:${name}`))
					.map(name => ({thing: `database:${name}`, name: `the database ${name}`}));
	},
	tell: namesOf,
	async save(host) {
		for (const {version, name, programs, socket, port} of await host.fact(postgresClusters)) {
			const draft = `/var/lib/postgresql/.host-setup-${version}-${name}-${process.pid}.sql`;
			const as = ['-w', '-h', socket, '-p', String(port), '-U', 'postgres', `--dbname=${asSuperuser('postgres')}`];
			const argv = [`${programs}/pg_dumpall`, ...as, `--lock-wait-timeout=${lockPatience}`, '-f', draft];
			await host.exec(argv, {as: 'postgres'});
			await keepDraft(draft, `postgresql-${version}-${name}.sql`, host);
		}
	},
	leaves: ['/var/lib/postgresql'],
	answers: (pack, dropped) => `${pack} ${pack}/postrm_purge_data boolean ${dropped}\n`,
};

const slapd: DataServer = {
	name: 'slapd',
	package: /^slapd$/,
	unit: 'slapd.service',
	async holds(host, gone) {
		const found: HeldData[] = [];
		for (const suffix of await suffixesOf(host)) {
			const text = await host.query(['slapcat', '-o', 'ldif-wrap=no', '-b', suffix], {as: 'openldap'});
			for (const {dn} of parseLdif(text)) {
				// Debian's package makes these two itself.
				const own = [suffix, `cn=admin,${suffix}`].some(one => one.toLowerCase() === dn.toLowerCase());
				if (!own && !gone.has(`entry:${dn.toLowerCase()}`)) found.push({thing: `entry:${dn}`, name: dn});
			}
		}
		return found;
	},
	tell: held => (held.length <= 2 ? namesOf(held) : `${held.length} entries, ${held[0]!.name} and others`),
	async save(host) {
		for (const suffix of await suffixesOf(host)) {
			const safe = suffix.replaceAll(/[^\w.=-]/g, '_').slice(0, 80);
			const draft = `/var/lib/ldap/.host-setup-${safe}-${process.pid}.ldif`;
			await host.exec(['slapcat', '-b', suffix, '-l', draft], {as: 'openldap'});
			await keepDraft(draft, `${safe}.ldif`, host);
		}
	},
	leaves: ['/var/lib/ldap', '/run/slapd'],
	answers: (_pack, dropped) => `slapd slapd/purge_database boolean ${dropped}\n`,
};

/** While Redis is down anybody may listen there, and say that it holds nothing. */
const redisAddress = {host: '127.0.0.1', port: 6379};

const redis: DataServer = {
	name: 'Redis',
	package: /^redis-server$/,
	unit: 'redis-server.service',
	async holds(host) {
		await refuseStrangers(host, redisAddress, ['redis']);
		const {stdout, code} = await host.probe(['redis-cli', 'info', 'keyspace']);
		if (code === 0 && stdout.includes('# Keyspace'))
			return [...stdout.matchAll(/^(db\d+):keys=(\d+)/gm)].map(([, db = '', keys]) => ({
				thing: `redis:${db}`,
				name: `${keys} keys in ${db}`,
			}));
		const size = (await host.stat('/var/lib/redis/dump.rdb'))?.size ?? 0;
		// An empty one has 88 to 110 bytes.
		return size > 128 ? [{thing: 'redis:dump', name: '/var/lib/redis/dump.rdb'}] : [];
	},
	tell: namesOf,
	async save(host) {
		await refuseStrangers(host, redisAddress, ['redis']);
		await host.exec(['redis-cli', 'save'], {codes: [0, 1]});
		if ((await host.stat('/var/lib/redis/dump.rdb')) !== undefined)
			await copyOf('/var/lib/redis/dump.rdb', 'redis.rdb', host);
	},
	leaves: [],
	answers: () => '',
};

/** All that are known. */
export const dataServers: readonly DataServer[] = [postgres, slapd, redis];

/** From its configuration, which it need not run for. */
const suffixesOf = async (host: Reader): Promise<readonly string[]> => {
	if ((await host.stat('/etc/ldap/slapd.d/cn=config.ldif')) === undefined) return [];
	const text = await host.query(['slapcat', '-o', 'ldif-wrap=no', '-n', '0', '-a', '(olcSuffix=*)'], {as: 'openldap'});
	return parseLdif(text)
		.filter(({dn}) => /^olcdatabase=\{\d+\}(mdb|hdb|bdb),/i.test(dn))
		.flatMap(({attributes}) => attributes.get('olcsuffix') ?? []);
};

const keepDraft = async (draft: string, name: string, host: Host): Promise<void> =>
	takeDraft(host, draft, await dumpFile(host, name));

/** By a descriptor, and as root's new file: the server's account may put anything at that name. */
const copyOf = async (from: string, name: string, host: Host): Promise<void> => {
	const path = await dumpFile(host, name);
	await host.act(`keep ${from} as ${path}`, async () => {
		await fetchFile({from, to: path, limit: Number.MAX_SAFE_INTEGER, progress: () => undefined});
	});
};
