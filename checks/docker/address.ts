import {djangoSites, languageOf} from '#host/django/sites.ts';
import {docker0} from '#host/docker/now.ts';
import {everywhere} from '#host/nginx/config.ts';
import {indexIn, isRead, nginxSites} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Sight} from '#model/finding.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {seen} from '../shared/seeing.ts';

type Moved = Told & {readonly value: string; readonly address: string};

const example: Moved = {
	kind: 'nginx',
	item: 'nginx proxy_pass',
	value: '172.17.42.1',
	address: '172.17.0.1',
	path: '/etc/nginx/sites-enabled/app',
	line: 7,
	unit: 'nginx.service',
	index: 0,
};

const kinds = defineKinds({
	moved: {
		state: 'fail',
		example: example as Moved,
		says: ({value, address}) => `it says ${value}, and docker0 has ${address}`,
		remedy: ({address, path, line}) => ({
			sentence: `Write ${address} in its place (${path}:${line}), and restart or reload what reads it; or give docker0 a fixed address with "bip" in /etc/docker/daemon.json.`,
		}),
		fix: told => {
			const {address, path, unit} = told;
			const id = `edit:${path}#docker0`;
			const owes =
				unit === undefined ? [] : [{unit, do: told.kind === 'nginx' ? ('reload' as const) : ('restart' as const)}];
			if (told.kind === 'nginx') {
				const args = [[`http://${address}:$1`]];
				const setting = {
					anywhere: true as const,
					directive: 'proxy_pass',
					index: told.index,
					args,
					variables: true as const,
				};
				return [edit({path, format: 'nginx', settings: [setting]}, {id, owes})];
			}
			const setting = {path: ['DOCKER_IFACE_IP'], value: {text: [address]}, language: told.language};
			return [edit({path, format: 'python', settings: [setting], secretFile: true}, {id, owes})];
		},
	},
});

/** The guide copies one address by hand into two files; Docker chooses another when the network it wants is taken. */
export const check = defineCheck({
	id: 'docker.address',
	title: "The application knows docker0's address",
	why: 'Notebooks are reached through the address of docker0. Where it moved, say because a VPN has 172.17.0.0/16, everything looks well and no notebook opens.',
	reads: [
		"DOCKER_IFACE_IP in the application's settings, and the address before :$1 in proxy_pass of the site file",
		'the address of docker0 in the routing tables of the kernel',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	source: 'ipynbsrv: settings.py (DOCKER_IFACE_IP); Dedicated Node (proxy_pass)',
	verify: 'ip -4 addr show docker0; grep -rn DOCKER_IFACE_IP /srv/ipynbsrv/_repo/wui/ipynbsrv/settings.py',
	deadline: 15_000,
	facts: {docker0, settings: {id: 'docker-address', read: host => settingsOf(host)} satisfies Fact<readonly Told[]>},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.settings.length === 0) return "no application here has docker0's address in its settings";
		return facts.docker0.address !== undefined || 'there is no docker0 on this host';
	},
	async inspect({facts}) {
		const address = facts.docker0.address!;
		return findings(
			facts.settings.map((told): FoundOf<typeof kinds> => {
				const {item, value, path, line} = told;
				const sight: Sight = {
					item,
					expected: address,
					layers: {
						file: typeof value === 'string' ? {value, where: `${path}:${line}`, path, line} : value,
						kernel: seen(address, '/proc/net/fib_trie'),
					},
				};
				if (typeof value !== 'string') return {...sight, is: 'ok', says: 'its address could not be read'};
				if (value === address) return {...sight, is: 'ok', says: `${address}, as docker0 has it`};
				return {...sight, is: 'moved', data: {...told, value, address}};
			}),
		);
	},
});

/** One place where the address is written. */
type Told = {
	readonly item: string;
	readonly value: string | Unknown;
	readonly path: string;
	readonly line: number;
	readonly unit?: string;
} & ({readonly kind: 'nginx'; readonly index: number} | {readonly kind: 'django'; readonly language: 2 | 3});

const settingsOf = async (host: Reader): Promise<readonly Told[]> => [
	...(await fromDjango(host)),
	...(await fromNginx(host)),
];

const fromDjango = async (host: Reader): Promise<readonly Told[]> => {
	const found = await Promise.all(
		(await host.fact(djangoSites)).map(async ({server, file, project}): Promise<readonly Told[]> => {
			const source = Buffer.from((await seenOr(host, file)) ?? '').toString('utf8');
			const line = source.split('\n').findIndex(text => /^DOCKER_IFACE_IP\s*=/.test(text));
			if (line < 0) return [];
			const value = /=\s*["']([\d.]+)["']\s*(?:#.*)?$/.exec(source.split('\n')[line] ?? '')?.[1];
			return [
				{
					kind: 'django',
					item: server.item,
					value: value ?? {because: 'unreadable', need: `DOCKER_IFACE_IP in ${file} is computed`},
					path: file,
					line: line + 1,
					language: languageOf(project),
					...(server.unit !== undefined && {unit: server.unit}),
				},
			];
		}),
	);
	return found.flat();
};

const fromNginx = async (host: Reader): Promise<readonly Told[]> =>
	(await host.fact(nginxSites)).flatMap(({nginx, config}) => {
		if (!isRead(config)) return [];
		return everywhere(config.top, 'proxy_pass').flatMap((one): readonly Told[] => {
			const value = /^http:\/\/(\d+\.\d+\.\d+\.\d+):\$\d$/.exec(one.args[0] ?? '')?.[1];
			return value === undefined
				? []
				: [
						{
							kind: 'nginx',
							item: `${nginx.name} proxy_pass`,
							value,
							path: one.file,
							line: one.line,
							unit: nginx.unit,
							index: indexIn(config, one),
						},
					];
		});
	});

/** Who may not read the settings is told so by the checks of Django. */
const seenOr = async (host: Reader, path: string): Promise<Uint8Array | undefined> => {
	try {
		return await host.read(path);
	} catch (error) {
		if (error instanceof Blocked) return undefined;
		throw error;
	}
};
