/** That Apache runs says little of the program in it: a closed directory is 403, a module that is missing 500, a site that nobody enabled somebody else's page. */

import {type CcServer, type CcSite, ccServers} from '#host/cc-server/servers.ts';
import {see} from '#host/see.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {forEachServer, noCcServer} from '../shared/cc-findings.ts';

const kinds = defineKinds({
	nowhere: {
		state: 'fail',
		example: {directory: '/srv/cc-server/cc-server'},
		says: ({directory}) => `nothing runs what lies in ${directory}: no process does, and no site of Apache leads to it`,
		remedy: ({directory}) => ({
			sentence: `Enable its site (a2ensite cc-server, then systemctl restart apache2), or write one as the guide has it. Where ${directory} is no longer used, take it away.`,
		}),
	},
	closed: {
		state: 'fail',
		example: {directory: '/srv/cc-server/cc-server'},
		says: ({directory}) => `Apache answers 403: it may not reach wsgi.py in ${directory}`,
		remedy: ({directory}) => ({
			sentence: `Let its workers through: every directory above needs o+x (namei -l ${directory}/wsgi.py shows which one lacks it), and the site "Require all granted" for wsgi.py.`,
		}),
	},
	fails: {
		state: 'fail',
		example: {status: 500},
		says: ({status}) => `it answers ${status}: the program does not start in Apache`,
		remedy: {
			sentence:
				'Its last lines are in the ErrorLog of the site (/var/log/apache2): a module that its environment lacks, a config.toml that it does not take, a port that is taken. Mend that and restart Apache.',
		},
	},
	strange: {
		state: 'fail',
		example: {status: 404},
		says: ({status}) => `what answers there is not CC-Server (${status})`,
		remedy: {
			sentence:
				'Another site takes its name or its path: apachectl -S shows which one answers to which name. Give each a name of its own.',
		},
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'cc-server.site',
	title: 'It answers where its site says',
	why: 'CC-Server prepares itself when Apache starts. What goes wrong then is in a log, and Apache runs on.',
	reads: [
		'the site of Apache with WSGIScriptAlias to its wsgi.py; the processes of this host',
		'GET of that path on this host, under the name of the site: the version, for which no password is asked',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['apache.running'],
	source: 'CC-Server guide, "Apache 2 WSGI"',
	verify: 'curl -k https://SITE/cc/ answers {"version": …}',
	deadline: 15_000,
	facts: {servers: ccServers},
	kinds,
	appliesTo: ({facts}) => facts.servers.some(isProgram) || noCcServer,
	inspect: ({host, facts}) =>
		forEachServer(facts.servers.filter(isProgram), async server => [await findingOf(server, host)]),
});

/** A config.toml alone is no program. */
const isProgram = ({directory}: CcServer): boolean => directory !== undefined;

const expected = 'its version';

const findingOf = async ({directory, site, running}: CcServer, host: Reader): Promise<Found> => {
	if (host.root !== '/')
		return {is: 'ok', expected, layers: {runtime: {because: 'offline-root', need: 'it must be asked'} as Unknown}};
	if (site === undefined)
		return running === undefined
			? {
					is: 'nowhere',
					data: {directory: directory!},
					expected,
					layers: {runtime: {value: 'nothing', where: '/proc, the sites of Apache'}},
				}
			: {is: 'ok', expected, layers: {runtime: {value: `process ${running.pid}`, where: `/proc/${running.pid}`}}};
	let wrong: {readonly is: string; readonly data?: unknown} = {is: 'ok'};
	const runtime = await see(async () => {
		const seen = await asked(site);
		const {status, is} = seen;
		if (is !== 'ok') wrong = {is, data: is === 'closed' ? {directory} : {status}};
		return seen.seen;
	});
	return {...wrong, expected, layers: {runtime}} as Found;
};

const asked = async ({
	name,
	path,
	port,
	tls,
}: CcSite): Promise<{
	readonly is: 'ok' | 'closed' | 'fails' | 'strange';
	readonly status: number;
	readonly seen: Seen;
}> => {
	const url = `${path.replace(/\/$/, '')}/`;
	const answer = await askLocal({
		host: '127.0.0.1',
		port,
		tls,
		path: url,
		timeout: 6000,
		...(name !== undefined && {name}),
	});
	const {status, body} = answer;
	const is =
		status === 403
			? 'closed'
			: status >= 500
				? 'fails'
				: status === 200 && body.includes('"version"')
					? 'ok'
					: 'strange';
	return {is, status, seen: {value: status, where: `GET ${name ?? ''}${url} on port ${port} of this host`}};
};
