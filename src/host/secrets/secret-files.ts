/** Files of this host that hold secrets, found where their own services name them: so that a check can look who else reads them, and whether a copy lies beside one. */
import {dirname, resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {certificates} from '../certificates/certificates.ts';
import {textOf} from '../files/text-of.ts';
import {everywhere} from '../nginx/config.ts';
import {isRead, nginxSites} from '../nginx/sites.ts';
import {ifTold} from '../see.ts';
import {unitEnvironment} from '../units/environment.ts';
import {writtenServices} from '../units/written.ts';

export type SecretFile = {
	readonly path: string;
	/** What is secret in it: `passwords of accounts`. */
	readonly what: string;
	/** What a file must hold to be a copy of it, so that a template or an example is none. */
	readonly looksLike: RegExp;
	/** Another check tells who reads the file itself. */
	readonly onlyCopies: boolean;
};

export const secretFiles: Fact<readonly SecretFile[]> = {
	id: 'secret-files',
	async read(host) {
		const found = await Promise.all([fixed(host), keys(host), accountsOfWeb(host), environments(host)]);
		return [...new Map(found.flat().map(one => [one.path, one])).values()];
	},
};

const hash = /^[^:\s]+:(\$|\{)[^:]+/m;
/** Of /etc/shadow, whoever has a password in it. */
const entry = /^[^:\s]+:[^:\s]*:\d*:/m;
const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** A setting of a configuration file, by its name. All of these are for lines that somebody else may have written, of any length: none tries twice. */
const setting =
	/^[ \t]*(?:requirepass|masterauth|bindpw|rootpwmodpw|password|passwd)[ \t=]+(?![ \t=])["']?[^\s"']{4,}|^\S*:[^\s:]{4,}$|^\S+[ \t]+[^\s:]+:\S{4,}$/im;
/** A variable by its name, or an address with a password in it. A path is none. */
const variable =
	/^[ \t]*(?:export[ \t]+)?(?=\w*(?:PASS|SECRET|TOKEN|_KEY))\w+=["']?(?!\/)[^\s"']{8,}|:\/\/[^\s:/@]*:[^\s@/]{4,}@/im;

const fixed = async (host: Reader): Promise<readonly SecretFile[]> => {
	const of = (what: string, looksLike: RegExp, paths: readonly string[], onlyCopies = false): readonly SecretFile[] =>
		paths.map(path => ({path, what, looksLike, onlyCopies}));
	const ssh = (await host.list('/etc/ssh')) ?? [];
	const all = [
		...of('passwords of accounts', entry, ['/etc/shadow']),
		...of('passwords of groups', /^[^:\s]+:\$/m, ['/etc/gshadow']),
		...of(
			'a private key',
			key,
			ssh.flatMap(name => (/^ssh_host_\w+_key$/.test(name) ? [`/etc/ssh/${name}`] : [])),
		),
		...of('a password', setting, [
			'/root/.my.cnf',
			'/root/.pgpass',
			'/etc/mysql/debian.cnf',
			'/etc/redis/redis.conf',
			'/etc/nslcd.conf',
			'/etc/postfix/sasl_passwd',
		]),
		...of('a password', /\S{4,}/, ['/etc/pam_ldap.secret', '/etc/ldap.secret', '/etc/libnss-ldap.secret']),
	];
	return (await Promise.all(all.map(async one => ((await holds(host, one)) ? [one] : [])))).flat();
};

const keys = async (host: Reader): Promise<readonly SecretFile[]> =>
	((await ifTold(() => host.fact(certificates)))?.all ?? []).flatMap(one =>
		one.key === undefined ? [] : [{path: one.key, what: 'a private key', looksLike: key, onlyCopies: true}],
	);

const accountsOfWeb = async (host: Reader): Promise<readonly SecretFile[]> =>
	((await ifTold(() => host.fact(nginxSites))) ?? []).flatMap(({config}) => {
		if (!isRead(config)) return [];
		const base = dirname(config.files[0] ?? '/etc/nginx/nginx.conf');
		return everywhere(config.top, 'auth_basic_user_file').flatMap(({args: [path = '']}) =>
			path.includes('$') || path === 'off'
				? []
				: [{path: resolve(base, path), what: 'passwords of accounts', looksLike: hash, onlyCopies: false}],
		);
	});

/** What units read their secrets from: a twelve-factor application has its passwords there. */
const environments = async (host: Reader): Promise<readonly SecretFile[]> => {
	const services = (await ifTold(() => host.fact(writtenServices))) ?? [];
	const files = await Promise.all(services.map(async one => (await unitEnvironment(host, one)).files));
	const all = [...new Set(files.flat())].map(path => ({
		path,
		what: 'secrets of a service',
		looksLike: variable,
		onlyCopies: false,
	}));
	return (await Promise.all(all.map(async one => ((await holds(host, one)) ? [one] : [])))).flat();
};

const holds = async (host: Reader, {path, looksLike}: SecretFile): Promise<boolean> =>
	looksLike.test(withoutComments(await textOrNone(host, path)));

/** Comments of the formats above; what is commented out is no secret in use. */
export const withoutComments = (text: string): string => text.replace(/^[ \t]*[#;].*$/gm, '');

const textOrNone = async (host: Reader, path: string): Promise<string> =>
	(await ifTold(() => textOf(host, path))) ?? '';
