import {allServers, askedName, isRead, nginxSites, type Server} from '#host/nginx/sites.ts';
import {type WebDirectory, webDirectories} from '#host/nginx/web-directories.ts';
import {ifTold} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {reachable, seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	served: {
		state: 'fail',
		example: {url: 'https://shop.example/static/dump.sql', file: '/srv/shop/static/dump.sql'},
		says: ({url, file}) => `nginx gives ${file} to everybody who asks for ${url}`,
		remedy: ({file}) => ({
			sentence: `Move ${file} to where no web server has a directory; then, because others may have read it, change what is secret in it.`,
		}),
	},
});

/** What an administrator puts down for a moment in a directory of a site is found by those who look for exactly these names, within days. */
export const check = defineCheck({
	id: 'nginx.leaks',
	title: 'No dump, key or repository lies where nginx gives it away',
	why: 'Whatever lies below a root or alias is sent to whoever guesses its name, and the names are always the same: dump.sql, backup.tar.gz, .env, .git. Each is asked for as a stranger would, so a rule that keeps it back counts.',
	reads: [
		'root and alias of every server of nginx and its locations, and two levels of what lies there: names only',
		'GET of each such name from this host, against the beginning of the file',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['nginx.running'],
	source: 'OWASP WSTG, Review Old Backup and Unreferenced Files for Sensitive Information; nginx: root, alias',
	verify: 'curl -s -o /dev/null -w "%{http_code}\\n" URL   # must not print 200',
	facts: {sites: nginxSites, listeners},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		if (!facts.sites.every(({config}) => isRead(config))) return true;
		return allServers(facts.sites).some(server => webDirectories(server).length > 0) || 'nginx serves no directory';
	},
	async inspect({host, facts}) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'nginx must be asked on the running host'});
		const places = allServers(facts.sites).flatMap(server => webDirectories(server).map(one => ({server, ...one})));
		const found = await Promise.all(places.map(one => leaksIn(one, facts.listeners, host)));
		return findings([...new Map(found.flat().map(one => [one.item, one])).values()], {
			is: 'ok',
			expected: [],
			layers: {runtime: seen([], `GET below ${places.length} directories`)},
		});
	},
});

type Place = WebDirectory & {readonly server: Server};

const leaksIn = async (
	{server, prefix, directory}: Place,
	sockets: readonly Listener[],
	host: Reader,
): Promise<readonly FoundOf<typeof kinds>[]> => {
	const listen = server.listens.find(({address}) => !/^(127\.|::1$|localhost$)/.test(address));
	const address = listen && reachable(sockets, listen.port, listen.address);
	// One for this host alone gives nothing to strangers.
	if (listen === undefined || address === undefined) return [];
	const names = await suspects(host, directory);
	const name = askedName(server);
	const found: FoundOf<typeof kinds>[] = [];
	for (const one of names.slice(0, most)) {
		const path = `${prefix.replace(/\/$/, '')}/${one}`;
		const file = `${directory.replace(/\/$/, '')}/${one}`;
		const answer = await askLocal({
			host: address,
			port: listen.port,
			tls: listen.tls,
			path: path.split('/').map(encodeURIComponent).join('/'),
			...(name !== undefined && {name}),
		});
		if (answer.status !== 200 || !answer.body.startsWith(await beginning(host, file))) continue;
		const url = `${listen.tls ? 'https' : 'http'}://${name ?? address}${path}`;
		found.push({
			item: file,
			is: 'served',
			data: {url, file},
			expected: 'not given',
			layers: {runtime: seen('given', `GET ${url}`)},
		});
	}
	return found;
};

/** Questions for one directory; who has more of these has been told by then. */
const most = 12;

/** Below the directory, two levels deep. */
const suspects = async (host: Reader, directory: string): Promise<readonly string[]> => {
	const names = ((await ifTold(() => host.list(directory))) ?? []).slice(0, 1000);
	const own = names.filter(name => tempting.test(name));
	const git = names.includes('.git') ? ['.git/HEAD'] : [];
	const plain = names.filter(name => !name.includes('.')).slice(0, 50);
	const below = await Promise.all(
		plain.map(async name =>
			((await ifTold(() => host.list(`${directory.replace(/\/$/, '')}/${name}`))) ?? [])
				.filter(one => tempting.test(one))
				.map(one => `${name}/${one}`),
		),
	);
	return [...git, ...own, ...below.flat()];
};

const tempting =
	/^\.env(\..*)?$|^\.?htpasswd|^\.(my\.cnf|pgpass|git-credentials)$|\.(sql|dump|sqlite3?|pgdump)([._-]?(gz|xz|bz2|zst|zip|bak|old|orig))?~?$|(backup|dump).*\.(tar|tgz|zip|gz|7z|xz|zst)$|\.(key|p12|pfx)([._-]?(bak|old|orig))?~?$|^id_(rsa|dsa|ecdsa|ed25519)$|^shadow\b|(settings|config|database|secrets?|credentials|parameters)[\w.-]*\.(php|py|ya?ml|ini|json|conf)([._-]?(bak|old|orig|save|swp)|~)$/i;

/** The first characters of a file, as an answer's body shows them; what cannot be read is taken for what no answer begins with. */
const beginning = async (host: Reader, file: string): Promise<string> => {
	const stat = await ifTold(() => host.stat(file));
	if (stat?.kind !== 'file' || stat.size === 0 || stat.size > 64 * 1024 * 1024) return '\0';
	const bytes = await ifTold(() => host.read(file));
	return bytes === undefined ? '\0' : Buffer.from(bytes.subarray(0, 256)).toString('utf8').slice(0, 100);
};
