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
};

const names = [
	'mynetworks',
	'smtpd_relay_restrictions',
	'smtpd_recipient_restrictions',
	'inet_interfaces',
	'relay_domains',
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
		return {main: parsePostconf(main), overrides: parsePostconf(overrides), how: 'postconf'};
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

const fromFile = async (host: Reader): Promise<Postfix> => ({
	main: parsePostconf(Buffer.from((await host.read('/etc/postfix/main.cf')) ?? '').toString('utf8')),
	overrides: new Map(),
	how: '/etc/postfix/main.cf',
});
