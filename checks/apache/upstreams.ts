import {passesOf} from '#host/apache/hands-on.ts';
import {apacheFiles} from '#host/apache/modules.ts';
import {type Apache, apache} from '#host/apache/now.ts';
import {type WsgiGroups, wsgiGroups, wsgiPasses} from '#host/apache/wsgi-groups.ts';
import {appServers} from '#host/app-servers/app-servers.ts';
import {processSlack} from '#host/files/changed-since.ts';
import {lastIn} from '#host/nginx/config.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {type Front, type HandedOnFound, handedOnFinding, handedOnKinds} from '../shared/handed-on.ts';
import {seen} from '../shared/seeing.ts';
import {restarts, startedAnew} from './take-up.ts';

const kinds = {
	...handedOnKinds({name: 'Apache', answer: 503, where: '/etc/apache2/sites-enabled/shop.conf:12'}),
	...defineKinds({
		noSocket: {
			state: 'fail',
			example: {site: 'shop.example', path: '/var/run/apache2/wsgi.4711.0.1.sock'},
			says: ({site, path}) => `requests to ${site} get 503: the socket of its daemon is gone (${path})`,
			remedy: {
				sentence:
					'Restart Apache, which makes it anew, and find out what takes it away (a cleaning of /run, a second start of Apache).',
				commands: restarts,
			},
			fix: startedAnew,
		},
		noGroup: {
			state: 'fail',
			example: {site: 'shop.example', group: 'shop', where: '/etc/apache2/sites-enabled/shop.conf:12'},
			says: ({site, group}) => `requests to ${site} get 500: no WSGIDaemonProcess is called ${group}`,
			remedy: ({group, where}) => ({
				sentence: `Write the name of a WSGIDaemonProcess at ${where}, or define ${group} by one; then test and reload.`,
			}),
		},
	}),
};

/** A site whose application is gone answers with 503 while Apache itself is well; only what its files plainly name on this host is judged. */
export const check = defineCheck({
	id: 'apache.upstreams',
	title: 'What Apache hands requests on to is there',
	why: 'While nobody listens where a site hands its requests on to, or Apache may not reach that socket, everybody who asks for the site gets 503, and Apache itself looks well. A daemon of mod_wsgi is reached by a socket that only a restart of Apache makes anew.',
	reads: [
		'every ProxyPass, ProxyPassMatch, RewriteRule with P and SetHandler proxy: to a Unix socket or a port of the loopback, through a balancer as well',
		'WSGIProcessGroup and process-group=, and the sockets of these daemons',
		'/proc/net/tcp, tcp6 and unix: who listens there; where nobody does, a connection that is closed at once',
		'what the workers may do with the socket, by the kernel',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	requires: ['apache.running', 'apache.config'],
	source: 'Apache: mod_proxy, mod_proxy_balancer; mod_wsgi: WSGIDaemonProcess, WSGISocketPrefix',
	verify: 'curl -sI http://localhost/; ss -ltnx   # 503 where nobody listens',
	facts: {apache, files: apacheFiles, accounts, servers: appServers},
	kinds,
	appliesTo: ({facts: {files}}) => {
		if (files === undefined) return 'apache2 is not installed';
		if ('because' in files) return true;
		return (
			passesOf(files).length > 0 ||
			wsgiGroups(files).used.length > 0 ||
			'Apache hands nothing on to a fixed place of this host'
		);
	},
	async inspect({host, facts}) {
		const {files} = facts;
		if (files === undefined || 'because' in files)
			throw new Blocked(files ?? {because: 'unreadable', need: '/etc/apache2'});
		const groups = wsgiGroups(files);
		const main = facts.apache.running?.main;
		const user = lastIn({children: files.top}, 'user')?.args[0];
		const front = frontOf(host, facts.apache, facts.accounts, user);
		const all = [...passesOf(files), ...(main === undefined ? [] : await wsgiPasses(host, groups, main.pid))];
		const once = [...new Map(all.map(one => [`${one.site} ${one.pass.name}`, one])).values()];
		const found = await Promise.all(once.map(one => handedOnFinding(host, {front, ...one}, facts)));
		return findings<FoundOf<typeof kinds>>(
			[...found.filter(one => one !== undefined).map(ofDaemon), ...undefinedIn(groups)],
			{
				is: 'ok',
				expected: 'somebody listens',
				layers: {
					file: seen(`${once.length} places`, 'the configuration of Apache'),
					kernel: seen('all are there', 'the sockets of the kernel'),
				},
			},
		);
	},
});

/** Its children come and go while it works: when it read its files systemd tells. */
const frontOf = (host: Reader, {running}: Apache, {users}: Accounts, user: string | undefined): Front => ({
	main: running?.main,
	worker: running?.children.find(({uid}) => uid !== 0 && uid === users.get(user ?? '')?.uid),
	async readAt() {
		if (running === undefined) return undefined;
		const {changedAt, activeSince} = await unitState('apache2.service', host);
		return Math.max(changedAt ?? 0, activeSince ?? 0) + processSlack;
	},
});

/** Only Apache itself makes the socket of a daemon of mod_wsgi. */
const ofDaemon = (found: HandedOnFound): FoundOf<typeof kinds> =>
	found.is === 'missing' && /\/wsgi(\.\d+){3}\.sock$/.test(found.data.path)
		? {...found, is: 'noSocket', data: {site: found.data.site, path: found.data.path}}
		: found;

const undefinedIn = ({defined, used}: WsgiGroups): readonly FoundOf<typeof kinds>[] =>
	used
		.filter(({group}) => !defined.includes(group))
		.map(({site, group, where}) => ({
			item: `${site} WSGI daemon ${group}`,
			is: 'noGroup' as const,
			data: {site, group, where},
			expected: 'a WSGIDaemonProcess of that name',
			layers: {file: seen('none', where)},
		}));
