import {appServers} from '#host/app-servers/app-servers.ts';
import type {Nginx} from '#host/nginx/now.ts';
import {passesOf} from '#host/nginx/passes.ts';
import {allServers, inUse, isRead, nameOf, nginxSites} from '#host/nginx/sites.ts';
import {accounts} from '#host/system/accounts.ts';
import {defineCheck} from '#model/check.ts';
import {findings} from '#model/finding.ts';
import {type Front, handedOnFinding, handedOnKinds} from '../shared/handed-on.ts';
import {seen} from '../shared/seeing.ts';

const kinds = handedOnKinds({name: 'nginx', answer: 502, where: '/etc/nginx/sites-enabled/shop:12'});

/** A site whose application is gone answers with 502 while nginx itself is well; only what its files plainly name on this host is judged. */
export const check = defineCheck({
	id: 'nginx.upstreams',
	title: 'What nginx hands requests on to is there',
	why: 'While nobody listens where a site hands its requests on to, or nginx may not reach that socket, everybody who asks for the site gets 502, and nginx itself looks well.',
	reads: [
		'every proxy_pass, uwsgi_pass, fastcgi_pass, scgi_pass and grpc_pass to a Unix socket or a port of the loopback, through an upstream as well',
		'/proc/net/tcp, tcp6 and unix: who listens there; where nobody does, a connection that is closed at once',
		'what the workers may do with the socket, by the kernel',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	requires: ['nginx.running', 'nginx.config'],
	source: 'nginx: ngx_http_proxy_module, ngx_http_upstream_module',
	verify: 'curl -sI http://localhost/; ss -ltnx   # 502 where nobody listens',
	facts: {sites: nginxSites, accounts, servers: appServers},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		return (
			!facts.sites.every(({config}) => isRead(config)) ||
			allServers(facts.sites).some(one => passesOf(one).length > 0) ||
			'nginx hands nothing on to a fixed place of this host'
		);
	},
	async inspect({host, facts}) {
		const used = inUse(facts.sites.map(({nginx}) => nginx));
		const passes = allServers(facts.sites.filter(({nginx}) => used.includes(nginx))).flatMap(server =>
			passesOf(server).map(pass => ({nginx: server.nginx, site: nameOf(server), pass})),
		);
		const once = [...new Map(passes.map(one => [`${one.nginx.binary} ${one.site} ${one.pass.name}`, one])).values()];
		const found = await Promise.all(
			once.map(({nginx, site, pass}) => handedOnFinding(host, {front: frontOf(nginx), site, pass}, facts)),
		);
		return findings(
			found.filter(one => one !== undefined),
			{
				is: 'ok',
				expected: 'somebody listens',
				layers: {
					file: seen(`${once.length} places`, 'the configuration of nginx'),
					kernel: seen('all are there', 'the sockets of the kernel'),
				},
			},
		);
	},
});

/** What was written since the workers came is not in force. */
const frontOf = ({running}: Nginx): Front => {
	const since = Math.max(0, ...(running?.workers ?? []).map(({startedAt}) => startedAt));
	return {
		main: running?.master,
		worker: running?.workers[0],
		readAt: async () => (since === 0 ? undefined : since),
	};
};
