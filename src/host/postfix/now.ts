/** What Postfix will do with mail, as postconf computes it from main.cf and its defaults; from the file alone where it cannot be asked. */
import type {Fact, ProgramOptions, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {isInstalled, packages} from '../apt/packages.ts';

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
};

const names = [
	'mynetworks',
	'smtpd_relay_restrictions',
	'smtpd_recipient_restrictions',
	'inet_interfaces',
	'relay_domains',
	'mydestination',
];

/** 'absent' where Postfix is not installed. */
export const postfix: Fact<Postfix | 'absent'> = {
	id: 'postfix',
	async read(host) {
		if (!isInstalled((await host.fact(packages)).all.get('postfix'))) return 'absent';
		if (host.root !== '/') return fromFile(host);
		const [main, overrides] = await Promise.all([
			host.query(['postconf', '-x', ...names], asking()),
			host.query(['postconf', '-P', '-x'], asking()).catch((error: unknown) => {
				if (error instanceof Blocked && error.why.because === 'timeout') throw error;
				return '';
			}),
		]);
		const own = {main: parsePostconf(main), overrides: parsePostconf(overrides), how: 'postconf'};
		return {...own, ...(await askTables(host, own))};
	},
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
	const own = {
		main: parsePostconf(Buffer.from((await host.read('/etc/postfix/main.cf')) ?? '').toString('utf8')),
		overrides: new Map<string, string>(),
		how: '/etc/postfix/main.cf',
	};
	return {...own, letIn: [], unasked: tablesIn(own).map(({name, table}) => `${name} ${table}`)};
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
	own: Pick<Postfix, 'main' | 'overrides'>,
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
			for (const key of keys) {
				const ran = await host.probe(['postmap', '-q', key, table], {timeout: patience});
				if (ran.code === 0 && ran.stdout.trim() !== '') return void letIn.push(shown);
				// 1 and no words: it has no such key.
				if (ran.code !== 0 && ran.stderr.trim() !== '') return void unasked.push(shown);
			}
		}),
	);
	return {letIn, unasked};
};
