/** What Postfix will do with mail, as postconf computes it from main.cf and its defaults; from the file alone where it cannot be asked. */
import {wordsIn} from '#edit/blanks.ts';
import type {Fact, ProgramOptions, Ran, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {ifTold} from '../see.ts';
import {refuseSilentNames} from '../units/silent-names.ts';
import {type Relays, relays, restrictionLists, restrictionWords, type Tables} from './restrictions.ts';

export type Postfix = {
	/** Parameters, `$name` filled in. */
	readonly main: ReadonlyMap<string, string>;
	/** `smtp/inet/mynetworks` -> value, from master.cf's `-o`. */
	readonly overrides: ReadonlyMap<string, string>;
	readonly how: string;
	/** Tables and files that answer for a stranger's address, or for a domain that is not ours: `mynetworks cidr:/etc/postfix/nets`. */
	readonly letIn: readonly string[];
	/** Those that could not be asked. */
	readonly unasked: readonly string[];
	/** What each smtpd makes of a stranger: that of main.cf first, then those for which master.cf says something else. */
	readonly relays: readonly Relay[];
	/** Of this instance. */
	readonly directory: string;
	/** Further instances that are switched on. */
	readonly others: readonly Postfix[];
};

/** `service`: `smtp/inet`; undefined for what main.cf says. `sets`: the names of what master.cf sets for it. */
export type Relay = Relays & {readonly service: string | undefined; readonly sets: readonly string[]};

const names = [
	'mynetworks',
	...restrictionLists,
	'smtpd_restriction_classes',
	'multi_instance_directories',
	'multi_instance_enable',
	'inet_interfaces',
	'queue_directory',
	'relay_domains',
	'mydestination',
];

/** 'absent' where Postfix is not installed. */
export const postfix: Fact<Postfix | 'absent'> = {
	id: 'postfix',
	async read(host) {
		if (!isInstalled((await host.fact(packages)).all.get('postfix'))) return 'absent';
		if (host.root !== '/') return fromFile(host);
		const own = await instanceAt(host, ownDirectory);
		const directories = restrictionWords(own.main.get('multi_instance_directories') ?? '').filter(
			one => one.startsWith('/') && one !== ownDirectory,
		);
		const others = await Promise.all(directories.map(one => ifTold(() => instanceAt(host, one))));
		return {...own, others: others.filter(one => one?.main.get('multi_instance_enable') === 'yes') as Postfix[]};
	},
};

const ownDirectory = '/etc/postfix';

const instanceAt = async (host: Reader, directory: string): Promise<Postfix> => {
	await refuseSilentNames(host);
	const postconf = ['postconf', ...(directory === ownDirectory ? [] : ['-c', directory])];
	const quietly = (argv: readonly string[]): Promise<string> =>
		host.query(argv, asking()).catch((error: unknown) => {
			if (error instanceof Blocked && error.why.because === 'timeout') throw error;
			return '';
		});
	const [text, set, services] = await Promise.all([
		host.query([...postconf, '-x', ...names], asking()),
		quietly([...postconf, '-P', '-x']),
		quietly([...postconf, '-M']),
	]);
	const overrides = parsePostconf(set);
	const first = parsePostconf(text);
	const classes = restrictionWords(first.get('smtpd_restriction_classes') ?? '').filter(name => /^\w+$/.test(name));
	const more = classes.length === 0 ? '' : await quietly([...postconf, '-x', ...classes]);
	const main = new Map([...first, ...parsePostconf(more)]);
	const own = {main, overrides, how: postconf.join(' '), directory};
	const [tables, all] = await Promise.all([
		askTables(host, own),
		relaysOf(own, smtpdsIn(services), tablesOf(host, directory)),
	]);
	return {...own, ...tables, relays: all, others: []};
};

/** The smtpd of master.cf that somebody from outside can reach: `smtp/inet`. */
export const smtpdsIn = (text: string): readonly string[] =>
	text.split('\n').flatMap(line => {
		const [name = '', type = '', , , , , , command] = /^[^ \t#]/.test(line) ? wordsIn(line).map(one => one.text) : [];
		const outside =
			command === 'smtpd' && ['inet', 'pass'].includes(type) && !/^(127\.|\[?::1\]?:|localhost:)/.test(name);
		return outside ? [`${name}/${type}`] : [];
	});

const relaysOf = async (
	{main, overrides}: Pick<Postfix, 'main' | 'overrides'>,
	services: readonly string[],
	tables: Tables,
): Promise<readonly Relay[]> => {
	const weighty = [...restrictionLists, 'smtpd_restriction_classes'];
	const set = services
		.map(service => ({service, sets: weighty.filter(name => overrides.has(`${service}/${name}`))}))
		.filter(({sets}) => sets.length > 0);
	return Promise.all(
		[{service: undefined, sets: []}, ...set].map(async one => ({
			...one,
			...(await relays(
				name => (one.service === undefined ? undefined : overrides.get(`${one.service}/${name}`)) ?? main.get(name),
				tables,
			)),
		})),
	);
};

/** Everybody may read what it reads; as root it would load the libraries that its configuration names. */
const asking = (): ProgramOptions => ({timeout: patience, ...(process.getuid?.() === 0 && {as: 'nobody'})});

/** `name = value` lines; a line that begins with a blank goes on with the one before, as in main.cf. */
export const parsePostconf = (text: string): ReadonlyMap<string, string> =>
	new Map(
		text
			.replace(/^\s*#.*\n/gm, '')
			.replace(/\n[ \t]+/g, ' ')
			.split('\n')
			.flatMap(line =>
				line.includes('=')
					? [[line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()] as const]
					: [],
			),
	);

const patience = 3000;

const fromFile = async (host: Reader): Promise<Postfix> => {
	const main = new Map([
		['smtpd_relay_restrictions', 'permit_mynetworks permit_sasl_authenticated defer_unauth_destination'],
		...parsePostconf(Buffer.from((await host.read('/etc/postfix/main.cf')) ?? '').toString('utf8')),
	]);
	const own = {main, overrides: new Map<string, string>(), how: '/etc/postfix/main.cf', directory: ownDirectory};
	const nobody: Tables = {ask: () => Promise.resolve(undefined), all: () => Promise.resolve(undefined)};
	return {
		...own,
		letIn: [],
		unasked: tablesIn(own).map(({name, table}) => `${name} ${table}`),
		relays: await relaysOf(own, [], nobody),
		others: [],
	};
};

type Asked = {readonly name: string; readonly table: string; readonly keys: readonly string[]};

/** What nobody here owns: addresses and a name that are kept for documentation. */
const strangers: Readonly<Record<string, readonly string[]>> = {
	mynetworks: ['203.0.113.9', '2001:db8::9'],
	relay_domains: ['a-strangers-domain.example.net'],
};

const tablesIn = ({main, overrides}: Pick<Postfix, 'main' | 'overrides'>): readonly Asked[] =>
	Object.entries(strangers).flatMap(([name, keys]) =>
		[main.get(name) ?? '', ...[...overrides].filter(([key]) => key.endsWith(`/${name}`)).map(([, value]) => value)]
			.flatMap(value => value.split(/[\s,]+/))
			.filter(word => /^[a-z_]+:\S/.test(word) || word.startsWith('/'))
			.map(table => ({name, table, keys})),
	);

/** A table is asked as Postfix asks it; a file of patterns is none, and is left to people. */
const askTables = async (
	host: Reader,
	own: Pick<Postfix, 'main' | 'overrides' | 'directory'>,
): Promise<Pick<Postfix, 'letIn' | 'unasked'>> => {
	const letIn: string[] = [];
	const unasked: string[] = [];
	await Promise.all(
		tablesIn(own).map(async ({name, table, keys}) => {
			const shown = `${name} ${table}`;
			if (table.startsWith('/')) {
				const text = Buffer.from((await host.read(table)) ?? '').toString('utf8');
				if (/^[ \t]*(0\.0\.0\.0|::|\[::\])\/[0-3]?\b/m.test(text)) letIn.push(shown);
				else unasked.push(shown);
				return;
			}
			const {ask} = tablesOf(host, own.directory);
			for (const key of keys) {
				const said = await ask(table, key);
				if (said === undefined) return void unasked.push(shown);
				if (said !== 'none') return void letIn.push(shown);
			}
		}),
	);
	return {letIn, unasked};
};

/** As an account that owns nothing: a table may name a library, or a program. */
const tablesOf = (host: Reader, directory: string): Tables => {
	const postmap = (...words: readonly string[]): Promise<Ran> =>
		host.probe(['postmap', ...(directory === ownDirectory ? [] : ['-c', directory]), ...words], asking());
	return {
		async ask(table, key) {
			const ran = await postmap('-q', key, table);
			if (ran.code === 0 && ran.stdout.trim() !== '') return ran.stdout.trim();
			// 1 and no words: it has no such key.
			return ran.code !== 0 && ran.stderr.trim() !== '' ? undefined : 'none';
		},
		async all(table) {
			const ran = await postmap('-s', table);
			if (ran.code !== 0) return undefined;
			return ran.stdout.split('\n').flatMap(line => /^[^ \t]+[ \t]+(.+)$/.exec(line)?.[1] ?? []);
		},
	};
};
