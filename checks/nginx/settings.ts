import {lastIn, type NginxConfig} from '#host/nginx/config.ts';
import {type Nginx, nginxBuild} from '#host/nginx/now.ts';
import {inUse, isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Layers, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Resource} from '#model/resource.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {seen} from '../shared/seeing.ts';

/** The nginx whose file is to be mended; `argv`: its program, with the file that it reads. */
type Target = {readonly name: string; readonly conf: string; readonly unit: string; readonly argv: readonly string[]};

const targetOf = ({name, conf, unit: of, argv}: Nginx): Target => ({name, conf, unit: of, argv});

const example: Target = {
	name: 'nginx',
	conf: '/etc/nginx/nginx.conf',
	unit: 'nginx.service',
	argv: ['nginx', '-c', '/etc/nginx/nginx.conf'],
};

const set = (what: string, {conf, argv}: Target) => ({
	sentence: `Set ${what} in ${conf}, test, and reload.`,
	commands: [[...argv, '-t']],
});

type Settings = Extract<Parameters<typeof edit>[0], {readonly format: 'nginx'}>['settings'];

/** `id`: tells apart the edits of one file. */
const written = ({conf, argv, unit: of}: Target, id: string, settings: Settings): readonly Resource[] => [
	edit(
		{path: conf, format: 'nginx', settings, checkAfter: [...argv, '-t', '-q']},
		{id: `edit:${conf}#${id}`, owes: [{unit: of, do: 'reload'}]},
	),
];

const userExample = {...example, owners: 'daemon', wanted: 'www-data', root: false};

const kinds = defineKinds({
	user: {
		state: ({root}) => (root ? 'fail' : 'warn'),
		example: userExample,
		says: ({owners}) => `the workers run as ${owners}`,
		remedy: data => set(`user ${data.wanted}`, data),
		fix: data => written(data, `${data.name} user`, [{block: [], directive: 'user', args: [[data.wanted]]}]),
	},
	userStale: {
		state: ({root}) => (root ? 'fail' : 'warn'),
		example: userExample,
		says: ({owners}) => `changed in the file, not in the process: the workers run as ${owners}`,
		remedy: ({unit: of}) => ({
			sentence: `Let it read its file: systemctl reload ${of}.`,
			commands: [['systemctl', 'reload', of]],
		}),
		fix: ({unit: of}) => [unit({name: of, running: true, takesUp: 'reload', notBefore: Date.now()})],
	},
	workers: {
		state: 'warn',
		example: {...example, written: '1'},
		says: ({written: count}) => `${count} ${count === '1' ? 'worker' : 'workers'} whatever the number of cores`,
		remedy: data => set('worker_processes auto', data),
		fix: data => written(data, `${data.name} workers`, [{block: [], directive: 'worker_processes', args: [['auto']]}]),
	},
	include: {
		state: 'warn',
		example: {...example, pattern: '/etc/nginx/sites-enabled/*'},
		says: ({conf, pattern}) => `${conf} does not include ${pattern}`,
		remedy: data => set(`include ${data.pattern} (in its http block)`, data),
		fix: data => written(data, `${data.name} include`, [{block: ['http'], include: data.pattern}]),
	},
});

type Found = FoundOf<typeof kinds>;

/** The three settings that the guide makes in nginx.conf: who the workers are, how many, and where the sites come from. */
export const check = defineCheck({
	id: 'nginx.settings',
	title: 'User, workers and include of nginx are as set',
	why: 'Workers under another user cannot reach the sockets and files of the sites, or can reach too much; one worker leaves the other cores idle; without the include there is no site.',
	reads: [
		'user, worker_processes and the includes in nginx.conf',
		'/proc/PID/status of the workers: the user they run as, and how many they are',
		'the answers that setup installed OpenResty with',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['nginx.running'],
	source: 'ipynbsrv: Django/Application (nginx.conf)',
	verify: "ps -o user=,args= -C nginx; grep -E '^ *(user|worker_processes|include)' /etc/nginx/nginx.conf",
	facts: {sites: nginxSites, accounts},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({host, facts, expect}) {
		const used = inUse(facts.sites.map(({nginx}) => nginx));
		const sites = facts.sites.filter(({nginx}) => used.includes(nginx));
		return findings((await Promise.all(sites.map(site => findingsOf(site, expect, facts.accounts, host)))).flat());
	},
});

const findingsOf = async (
	{nginx, config}: Site,
	expect: readonly Json[],
	known: Accounts,
	host: Reader,
): Promise<readonly Found[]> => {
	if (!isRead(config)) throw new Blocked(config);
	const ours = wantedFor(nginx, expect);
	const workers = nginx.running?.workers ?? [];
	const down: Unknown = {
		because: host.root === '/' ? 'unreadable' : 'offline-root',
		need: `the workers of ${nginx.name}`,
	};
	const builtIn = lastIn({children: config.top}, 'user') ? 'nobody' : await builtInUser(nginx, host);
	const user = lastIn({children: config.top}, 'user');
	const asked = user?.args[0] ?? builtIn;
	const owners = [
		...new Set(workers.map(({uid}) => [...known.users.values()].find(one => one.uid === uid)?.name ?? String(uid))),
	];
	const wanted = ours?.user ?? 'www-data';
	const count = lastIn({children: config.top}, 'worker_processes');
	const written = count?.args[0] ?? '1';
	const sites = includeFor(nginx, expect);
	return [
		userFinding(nginx, {
			asked,
			owners,
			wanted,
			layers: {
				file: seen(asked, user?.where ?? `${nginx.binary} -V`),
				runtime: owners.length === 0 ? down : seen(owners.join(', '), `/proc/${workers[0]?.pid}/status`),
			},
		}),
		{
			item: `${nginx.name} workers`,
			...(written === 'auto'
				? {is: 'ok', says: `one for each core: ${workers.length}`}
				: {is: 'workers', data: {...targetOf(nginx), written}}),
			expected: 'auto',
			layers: {
				file: seen(written, count?.where ?? `${nginx.conf} (nginx's own default)`),
				runtime: workers.length === 0 ? down : seen(workers.length, `children of process ${nginx.running?.master.pid}`),
			},
		},
		...(nginx.name === 'openresty' || ours
			? [includeFinding(nginx, config, sites, workers.length > 0 ? undefined : down)]
			: []),
	];
};

const userFinding = (
	nginx: Nginx,
	{
		asked,
		owners,
		wanted,
		layers,
	}: {
		readonly asked: string;
		readonly owners: readonly string[];
		readonly wanted: string;
		readonly layers: Layers;
	},
): Found => {
	const sight: Sight = {item: `${nginx.name} user`, expected: wanted, layers};
	const run = owners.join(', ') || asked;
	if (asked === wanted && owners.every(one => one === asked))
		return {...sight, is: 'ok', says: `the workers run as ${run}`};
	const data = {...targetOf(nginx), owners: run, wanted, root: owners.includes('root') || asked === 'root'};
	return asked === wanted ? {...sight, is: 'userStale', data} : {...sight, is: 'user', data};
};

/** A site is only there when its directory is read. */
const includeFinding = (
	nginx: Nginx,
	{directories, files}: NginxConfig,
	pattern: string,
	down: Unknown | undefined,
): Found => {
	const directory = pattern.replace(/\/[^/]*$/, '');
	const read = directories.includes(directory);
	const found = files.filter(file => file.startsWith(`${directory}/`));
	return {
		item: `${nginx.name} include`,
		...(read
			? {is: 'ok', says: `${found.length} sites from ${directory}`}
			: {is: 'include', data: {...targetOf(nginx), pattern}}),
		expected: pattern,
		layers: {
			file: seen(read ? pattern : 'not included', nginx.conf),
			runtime: down ?? seen(`${found.length} sites`, 'what nginx.current compares'),
		},
	};
};

/** `sites`: the include that brings them. */
type Wanted = {readonly binary: string; readonly user: string; readonly sites: string};

const wantedFor = ({binary}: Nginx, expect: readonly Json[]): Wanted | undefined =>
	(expect as readonly Wanted[]).find(wanted => wanted.binary === binary);

const includeFor = (nginx: Nginx, expect: readonly Json[]): string =>
	wantedFor(nginx, expect)?.sites ??
	(nginx.name === 'openresty' ? '/usr/local/openresty/nginx/conf/sites-enabled/*.conf' : '/etc/nginx/sites-enabled/*');

const builtInUser = async (nginx: Nginx, host: Reader): Promise<string> =>
	(await nginxBuild(nginx.binary, host)).arguments
		.map(word => /^--user=(.+)$/.exec(word)?.[1])
		.find(name => name !== undefined) ?? 'nobody';
