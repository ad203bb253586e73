import {dirname, resolve} from 'node:path';
import {everywhere} from '#host/nginx/config.ts';
import {isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {hashKind} from '../shared/password-hash.ts';
import {listed, seen} from '../shared/seeing.ts';

const anew = ({path}: {readonly path: string}) => ({
	sentence: `Set the password anew with bcrypt: htpasswd -B ${path} NAME asks for it. nginx reads the file at the next request.`,
});

const kinds = defineKinds({
	missing: {
		state: 'fail',
		example: {path: '/etc/nginx/htpasswd'},
		says: ({path}) => `${path} is not there: nobody gets in`,
		remedy: ({path}) => ({
			sentence: `Make it with its first account: htpasswd -B -c ${path} NAME asks for a password; or name the right file.`,
		}),
	},
	weak: {
		state: 'fail',
		/** `hashes`: how they are made, and on which lines they stand. */
		example: {
			path: '/etc/nginx/htpasswd',
			hashes: [{kind: 'MD5 (apr1)', lines: [1]}] as readonly {
				readonly kind: string;
				readonly lines: readonly number[];
			}[],
		},
		says: ({hashes}) => listed(hashes.map(({kind, lines}) => `${linesOf(lines)} ${wordsOf(kind)}`)),
		remedy: anew,
	},
});

/** `htpasswd` without -B still makes MD5 hashes, which a graphics card guesses by the thousand million. */
export const check = defineCheck({
	id: 'nginx.htpasswd',
	title: 'Passwords of HTTP authentication are hashed well',
	why: 'A password file leaks with a backup or a wrong location. Hashes by DES, MD5 or SHA-1 are guessed in minutes then; bcrypt and SHA-512 take years.',
	reads: [
		'auth_basic_user_file in the configuration, and the kind of each hash in those files; hashes themselves are never shown',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'openslides: Configure HTTP Auth (htpasswd -c), by what htpasswd(1) says of its own default',
	verify: 'cut -d: -f1,2 /etc/nginx/conf.d/htpasswd | cut -c1-12   # the hash begins with $2y$, $6$ or $5$',
	facts: {sites: nginxSites},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		return (
			!facts.sites.every(({config}) => isRead(config)) ||
			facts.sites.flatMap(filesIn).length > 0 ||
			'no location of nginx asks for a password'
		);
	},
	async inspect({host, facts}) {
		const files = [...new Map(facts.sites.flatMap(filesIn).map(one => [one.path, one])).values()];
		return findings((await Promise.all(files.map(one => findingsOf(one, host)))).flat());
	},
});

type File = {readonly path: string; readonly where: string};

const filesIn = ({config}: Site): readonly File[] => {
	if (!isRead(config)) throw new Blocked(config);
	const base = dirname(config.files[0] ?? '/etc/nginx/nginx.conf');
	return everywhere(config.top, 'auth_basic_user_file').flatMap(({args: [path = ''], where}) =>
		path.includes('$') || path === 'off' ? [] : [{path: resolve(base, path), where}],
	);
};

const findingsOf = async ({path, where}: File, host: Reader): Promise<readonly FoundOf<typeof kinds>[]> => {
	const bytes = await host.read(path);
	const expected = 'bcrypt, SHA-512 or SHA-256';
	if (bytes === undefined)
		return [
			{
				item: path,
				is: 'missing',
				data: {path},
				expected,
				layers: {file: seen('missing', where)},
			},
		];
	// Whatever a configuration calls a file of accounts: no word of it becomes part of a report.
	const accounts = Buffer.from(bytes)
		.toString('utf8')
		.split('\n')
		.flatMap((line, at) =>
			line.trim() === '' || line.startsWith('#') ? [] : [{at: at + 1, ...hashKind(line.split(':')[1] ?? '')}],
		);
	const weak = accounts.filter(({good}) => !good);
	if (weak.length === 0)
		return [
			{
				item: path,
				is: 'ok',
				says: `${accounts.length} accounts`,
				expected,
				layers: {file: seen(listed([...new Set(accounts.map(({kind}) => kind))]), path)},
			},
		];
	const hashes = [...Map.groupBy(weak, ({kind}) => kind)].map(([kind, all]) => ({kind, lines: all.map(({at}) => at)}));
	return [
		{
			item: path,
			is: 'weak',
			data: {path, hashes},
			expected,
			layers: {file: seen(listed(hashes.map(({kind}) => kind)), `${path}:${weak[0]?.at}`)},
		},
	];
};

const linesOf = (lines: readonly number[]): string =>
	`line${lines.length === 1 ? '' : 's'} ${listed([...lines.slice(0, 5).map(String), ...(lines.length > 5 ? [`${lines.length - 5} more`] : [])])}`;

const wordsOf = (kind: string): string =>
	kind === 'plain text' ? 'hold plain text, or no hash that crypt(3) knows' : `hold a password hashed with ${kind}`;
