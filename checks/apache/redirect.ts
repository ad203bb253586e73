import {apacheFiles} from '#host/apache/modules.ts';
import {answersTo, hostName, type VirtualHost, virtualHosts} from '#host/apache/sites.ts';
import {everywhere, type Node} from '#host/nginx/config.ts';
import {isSeen, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Sight} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {notListening, reachable, seen} from '../shared/seeing.ts';
import {reloads} from './take-up.ts';

const kinds = defineKinds({
	none: {
		state: 'warn',
		example: {name: 'example.org', where: '/etc/apache2/sites-enabled/site.conf:1'},
		says: 'nothing sends http on to https',
		remedy: ({name, where}) => ({
			sentence: `Add: Redirect permanent / https://${name}/ to the virtual host on port 80 (${where}), test and reload.`,
		}),
	},
	notLoaded: {
		state: 'warn',
		example: {shows: 'answers 200'},
		says: ({shows}) => `changed in the file, not in the process: http ${shows}`,
		remedy: {
			sentence:
				'Let Apache read its files, which have the redirection already; where it still answers itself, another rule or virtual host decides before it.',
			commands: reloads,
		},
		fix: () => [unit({name: 'apache2.service', running: true, takesUp: 'reload', notBefore: Date.now()})],
	},
});

/** TLS that nobody is sent to protects nobody. */
export const check = defineCheck({
	id: 'apache.redirect',
	title: 'http is sent on to https',
	why: 'Who types the name of the site comes by http first. Without a redirection the login goes over the network in the clear, though the site has a certificate.',
	reads: [
		'the virtual hosts on port 80 of every name that also has one with TLS: Redirect, RedirectMatch, RewriteRule',
		'GET by http on this host: a status of 301, 302, 307 or 308 and a Location with https',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['apache.running'],
	source: 'weblab-deusto: SSL certificates (RedirectMatch ^/weblab/(.*)$)',
	verify: 'curl -sI http://NAME/ | grep -i location',
	facts: {files: apacheFiles, listeners},
	kinds,
	appliesTo: ({facts: {files}}) => {
		if (files === undefined) return 'apache2 is not installed';
		if ('because' in files) return true;
		return (
			virtualHosts(files).some(({listens}) => listens.some(({tls}) => tls)) ||
			'no virtual host of Apache answers with TLS'
		);
	},
	async inspect({host, facts: {files, listeners: sockets}}) {
		if (files === undefined || 'because' in files)
			throw new Blocked(files ?? {because: 'unreadable', need: '/etc/apache2'});
		const all = virtualHosts(files);
		const secured = all.filter(({listens}) => listens.some(({tls}) => tls));
		return findings(await Promise.all(secured.map(one => findingOf(one, all, sockets, host.root))));
	},
});

const findingOf = async (
	secured: VirtualHost,
	all: readonly VirtualHost[],
	sockets: readonly Listener[],
	root: string,
): Promise<FoundOf<typeof kinds>> => {
	const name = secured.names[0];
	const plain = all.filter(({listens}) => listens.some(({tls, port}) => !tls && port === 80));
	// A name that no virtual host claims is answered by the first one.
	const answering = plain.find(one => name !== undefined && answersTo(one, name)) ?? plain[0];
	const rule = answering && ruleIn(answering.block);
	const item = hostName(secured);
	const expected = 'a redirection to https';
	if (answering === undefined) {
		const said = {because: 'unreadable' as const, need: 'nobody listens on port 80'};
		const open = reachable(sockets, 80) !== undefined;
		return {
			item,
			is: 'ok',
			says: 'nothing answers by http',
			expected,
			layers: {
				file: seen('no virtual host on port 80', secured.block.where),
				runtime: open
					? seen('another program has port 80', 'the sockets of the kernel')
					: seen(said.need, 'the sockets of the kernel'),
			},
		};
	}
	const path = rule?.path ?? '/';
	let sends = false;
	const runtime = await see(async () => {
		const host = reachable(sockets, 80);
		if (host === undefined) throw new Blocked(notListening(80, root));
		const {status, headers} = await askLocal({host, port: 80, tls: false, path, ...(name !== undefined && {name})});
		sends = [301, 302, 303, 307, 308].includes(status) && /^https:/.test(headers.location ?? '');
		return seen(sends ? `${status} to https` : `answers ${status}`, `GET http://${host}${path} as ${name ?? 'any'}`);
	});
	const sight: Sight = {
		item,
		expected,
		layers: {
			file: rule
				? seen(rule.text, rule.where)
				: seen(sends ? 'not in the virtual host' : 'no redirection', answering.block.where),
			runtime,
		},
	};
	if (sends) return {...sight, is: 'ok', says: `http://${item}${path} is sent on to https`};
	if (rule === undefined) return {...sight, is: 'none', data: {name: item, where: answering.block.where}};
	if (!isSeen(runtime)) return {...sight, is: 'ok'};
	return {...sight, is: 'notLoaded', data: {shows: String(runtime.value)}};
};

/** The first rule that leads to https, and a path that it is about. */
const ruleIn = (block: Node): {readonly text: string; readonly where: string; readonly path: string} | undefined => {
	const rules = ['redirect', 'redirectmatch', 'redirectpermanent', 'redirecttemp', 'rewriterule'].flatMap(name =>
		everywhere(block.children ?? [], name),
	);
	const rule = rules.find(({args}) => args.some(word => /^https:\/\//.test(word)));
	if (rule === undefined) return undefined;
	const at = rule.args.findIndex(word => /^https:\/\//.test(word));
	const from = rule.args[at - 1] ?? '/';
	const path = rule.name === 'rewriterule' ? '/' : `/${/^\^?\/?([\w/.-]*)/.exec(from)?.[1] ?? ''}`;
	return {
		text: `${rule.name} ${rule.args.join(' ')}`,
		where: rule.where,
		path: path.startsWith('//') ? path.slice(1) : path,
	};
};
