import {compareVersions} from '#host/apt/deb-version.ts';
import type {NginxConfig} from '#host/nginx/config.ts';
import {nginxBuild} from '#host/nginx/now.ts';
import {askedName, effective, indexIn, isRead, nameOf, nginxSites, type Server, tlsServers} from '#host/nginx/sites.ts';
import {isSeen, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {listed, notListening, reachable, seen} from '../shared/seeing.ts';
import {weakIn, weaknesses} from '../shared/tls-weakness.ts';

type Setting = Extract<Parameters<typeof edit>[0], {readonly format: 'nginx'}>['settings'][number];

/** What is written where, to offer only what is strong; of one site of one nginx. */
type Weak = {
	readonly site: string;
	readonly argv: readonly string[];
	readonly unit: string;
	readonly edits: readonly {readonly path: string; readonly directive: string; readonly setting: Setting}[];
	readonly weak: readonly string[];
};

const example: Weak = {
	site: 'example.org',
	argv: ['nginx'],
	unit: 'nginx.service',
	edits: [
		{
			path: '/etc/nginx/nginx.conf',
			directive: 'ssl_protocols',
			setting: {block: ['http'], directive: 'ssl_protocols', args: [['TLSv1.2'], ['TLSv1.3']]},
		},
	],
	weak: ['TLS 1.0'],
};

const strong = {
	remedy: ({argv}: Weak) => ({
		sentence:
			'Write "ssl_protocols TLSv1.2 TLSv1.3;" and leave ssl_ciphers to OpenSSL, or name only ciphers with AEAD; then test and reload.',
		commands: [[...argv, '-t']],
	}),
	fix: ({site, argv, unit: of, edits}: Weak) =>
		edits.map(({path, directive, setting}) =>
			edit(
				{path, format: 'nginx', settings: [setting], checkAfter: [...argv, '-t', '-q']},
				{id: `edit:${path}#${directive} ${site}`, owes: [{unit: of, do: 'reload'}]},
			),
		),
};

const kinds = defineKinds({
	takes: {state: 'fail', example, says: ({weak}) => `it takes ${listed(weak)}`, ...strong},
	takesStill: {
		state: 'fail',
		example,
		says: ({weak}) =>
			`it takes ${listed(weak)}, though its file allows neither: changed in the file, not in the process`,
		remedy: ({argv, unit: of}) => ({
			sentence:
				'Test and reload; where it still takes them, the first server of that port decides which versions are offered.',
			commands: [
				[...argv, '-t'],
				['systemctl', 'reload', of],
			],
		}),
		fix: ({unit: of}) => [unit({name: of, running: true, takesUp: 'reload', notBefore: Date.now()})],
	},
	allows: {
		state: 'warn',
		example,
		says: ({weak}) => `its file allows ${listed(weak)}`,
		...strong,
	},
	allowsOnly: {
		state: 'warn',
		example,
		says: ({weak}) => `its file allows ${listed(weak)}, which only the defaults of OpenSSL still refuse`,
		...strong,
	},
});

/** The file says what nginx may offer; what it does offer also depends on its OpenSSL, so both are looked at. */
export const check = defineCheck({
	id: 'nginx.tls',
	title: 'nginx offers only TLS 1.2 and newer, and no weak cipher',
	why: "TLS 1.0 and 1.1 and the ciphers RC4 and 3DES are broken; browsers dropped them years ago. The guides still name them, and Debian's nginx.conf did until release 13.",
	reads: [
		'ssl_protocols and ssl_ciphers of every server with TLS',
		'three TLS hellos to each of them on this host: TLS 1.0, TLS 1.1, and TLS 1.2 with nothing but weak ciphers',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['nginx.running'],
	source: 'openslides: Nginx setup (ssl_protocols, ssl_ciphers), by what RFC 8996 and RFC 7465 say of it',
	verify: 'openssl s_client -connect localhost:443 -tls1_1 -cipher ALL:@SECLEVEL=0 </dev/null   # must fail',
	deadline: 10_000,
	facts: {sites: nginxSites, listeners},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return 'neither nginx nor OpenResty is installed';
		const read = facts.sites.every(({config}) => isRead(config));
		return !read || tlsServers(facts.sites).length > 0 || 'no server of nginx answers with TLS';
	},
	async inspect({host, facts}) {
		const found = facts.sites.flatMap(site => {
			const {config} = site;
			return isRead(config) ? tlsServers([site]).map(server => findingOf(server, config, facts.listeners, host)) : [];
		});
		return findings(await Promise.all(found));
	},
});

const findingOf = async (
	server: Server,
	config: NginxConfig,
	sockets: readonly Listener[],
	host: Reader,
): Promise<FoundOf<typeof kinds>> => {
	const version = effective(server, 'ssl_protocols') ? '0' : (await nginxBuild(server.nginx.binary, host)).version;
	const protocols = protocolsOf(server, version);
	const ciphers = ciphersOf(server);
	const inFile = [...oldIn(protocols.value), ...weakIn(ciphers)];
	const listen = server.listens.find(({tls}) => tls)!;
	let taken: readonly string[] = [];
	const runtime = await see(async () => {
		const address = reachable(sockets, listen.port, listen.address);
		if (address === undefined) throw new Blocked(notListening(listen.port, host.root));
		const name = askedName(server);
		taken = await weaknesses({host: address, port: listen.port, ...(name !== undefined && {serverName: name})});
		return seen(
			taken.length === 0 ? 'refuses all that is old or weak' : `takes ${listed(taken)}`,
			`TLS hello to ${address}:${listen.port}${name === undefined ? '' : ` for ${name}`}`,
		);
	});
	const {nginx} = server;
	const sight = {
		item: nameOf(server),
		expected: 'TLS 1.2 and newer, no weak cipher',
		layers: {file: seen(`${protocols.value}; ${ciphers}`, protocols.where), runtime},
	};
	const weak = {site: nameOf(server), argv: nginx.argv, unit: nginx.unit, edits: editsOf(server, config)};
	if (taken.length > 0)
		return {...sight, is: inFile.length === 0 ? 'takesStill' : 'takes', data: {...weak, weak: taken}};
	if (inFile.length > 0)
		return {...sight, is: isSeen(runtime) ? 'allowsOnly' : 'allows', data: {...weak, weak: inFile}};
	return {...sight, is: 'ok', says: `offers ${protocols.value}`};
};

/** What its file is to say, for what it says wrong. */
const editsOf = (server: Server, config: NginxConfig): Weak['edits'] =>
	[
		{
			directive: 'ssl_protocols',
			args: [['TLSv1.2'], ['TLSv1.3']],
			needed: oldIn(protocolsOf(server, '0').value).length > 0,
		},
		{
			directive: 'ssl_ciphers',
			args: [['HIGH:!aNULL:!eNULL:!MD5:!3DES:!RC4']],
			needed: weakIn(ciphersOf(server)).length > 0,
		},
	]
		.filter(({needed}) => needed)
		.map(({directive, args}) => {
			const stands = effective(server, directive);
			return {
				directive,
				path: stands?.file ?? server.block.file,
				setting: stands
					? {anywhere: true as const, directive, index: indexIn(config, stands), args}
					: {block: server.steps, directive, args},
			};
		});

/** What nginx takes where nothing is written changed twice. */
const protocolsOf = (server: Server, version: string): {readonly value: string; readonly where: string} => {
	const stands = effective(server, 'ssl_protocols');
	if (stands) return {value: stands.args.join(' '), where: stands.where};
	const value =
		compareVersions(version, '1.27.3') >= 0
			? 'TLSv1.2 TLSv1.3'
			: compareVersions(version, '1.23.4') >= 0
				? 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3'
				: 'TLSv1 TLSv1.1 TLSv1.2';
	return {value, where: `${server.block.where} (nginx's own default)`};
};

const ciphersOf = (server: Server): string => effective(server, 'ssl_ciphers')?.args[0] ?? 'HIGH:!aNULL:!MD5';

const oldIn = (protocols: string): readonly string[] =>
	protocols
		.split(' ')
		.flatMap(word => ({SSLv2: 'SSL 2', SSLv3: 'SSL 3', TLSv1: 'TLS 1.0', 'TLSv1.1': 'TLS 1.1'})[word] ?? []);
