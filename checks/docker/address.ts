import {djangoSites, languageOf} from '#host/django/sites.ts';
import {docker0} from '#host/docker/now.ts';
import {everywhere} from '#host/nginx/config.ts';
import {indexIn, isRead, nginxSites} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {seen} from '../shared/seeing.ts';

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
	appliesTo: ({facts}) => {
		if (facts.settings.length === 0) return "no application here has docker0's address in its settings";
		return facts.docker0.address !== undefined || 'there is no docker0 on this host';
	},
	async inspect({facts}) {
		const address = facts.docker0.address!;
		return findings(
			facts.settings.map(
				({item, value, where}): Finding => ({
					item,
					state: typeof value === 'string' && value !== address ? 'fail' : 'ok',
					says:
						typeof value !== 'string'
							? 'its address could not be read'
							: value === address
								? `${address}, as docker0 has it`
								: `it says ${value}, and docker0 has ${address}`,
					expected: address,
					layers: {
						file: typeof value === 'string' ? seen(value, where) : value,
						kernel: seen(address, '/proc/net/fib_trie'),
					},
				}),
			),
		);
	},
	remedy: ({expected, layers}) => ({
		sentence: `Write ${String(expected)} in its place${layers.file && 'where' in layers.file ? ` (${layers.file.where})` : ''}, and restart or reload what reads it; or give docker0 a fixed address with "bip" in /etc/docker/daemon.json.`,
	}),
	fix: ({item}, {facts}) => {
		const told = facts.settings.find(one => one.item === item);
		const address = facts.docker0.address;
		if (told === undefined || address === undefined) return [];
		const owes =
			told.unit === undefined
				? []
				: [{unit: told.unit, do: told.kind === 'nginx' ? ('reload' as const) : ('restart' as const)}];
		const path = told.where.replace(/:\d+$/, '');
		return told.kind === 'nginx'
			? [
					edit(
						{
							path,
							format: 'nginx',
							settings: [
								{
									anywhere: true,
									directive: 'proxy_pass',
									index: told.index,
									args: [[`http://${address}:$1`]],
									variables: true,
								},
							],
						},
						{id: `edit:${path}#docker0`, owes},
					),
				]
			: [
					edit(
						{
							path,
							format: 'python',
							settings: [{path: ['DOCKER_IFACE_IP'], value: {text: [address]}, language: told.language}],
							secretFile: true,
						},
						{id: `edit:${path}#docker0`, owes},
					),
				];
	},
});

type Told = {
	readonly item: string;
	readonly value: string | Unknown;
	readonly where: string;
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
					where: `${file}:${line + 1}`,
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
							where: one.where,
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
