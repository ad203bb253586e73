import {lastIn, type NginxConfig} from '#host/nginx/config.ts';
import {type Nginx, nginxBuild} from '#host/nginx/now.ts';
import {inUse, isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {seen} from '../shared/seeing.ts';

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
	appliesTo: ({facts}) => facts.sites.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({host, facts, expect}) {
		const used = inUse(facts.sites.map(({nginx}) => nginx));
		const sites = facts.sites.filter(({nginx}) => used.includes(nginx));
		return findings((await Promise.all(sites.map(site => findingsOf(site, expect, facts.accounts, host)))).flat());
	},
	remedy: () => ({sentence: 'Set it in nginx.conf, test, and reload.', commands: [['nginx', '-t']]}),
	fix: (finding, {facts, expect}) =>
		facts.sites
			.filter(({nginx}) => finding.item?.startsWith(`${nginx.name} `))
			.map(({nginx}) =>
				edit(
					{
						path: nginx.conf,
						format: 'nginx',
						settings: settingsFor(nginx, finding, expect),
						checkAfter: [...nginx.argv, '-t', '-q'],
					},
					{id: `edit:${nginx.conf}#${finding.item}`, owes: [{unit: nginx.unit, do: 'reload'}]},
				),
			),
});

const settingsFor = (nginx: Nginx, {item = '', expected}: Finding, expect: readonly Json[]) =>
	item.endsWith(' include')
		? [{block: ['http'], include: includeFor(nginx, expect)}]
		: [{block: [], directive: item.endsWith(' user') ? 'user' : 'worker_processes', args: [[String(expected)]]}];

const findingsOf = async (
	{nginx, config}: Site,
	expect: readonly Json[],
	known: Accounts,
	host: Reader,
): Promise<readonly Finding[]> => {
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
		{
			item: `${nginx.name} user`,
			state:
				owners.includes('root') || asked === 'root'
					? 'fail'
					: asked !== wanted || owners.some(one => one !== asked)
						? 'warn'
						: 'ok',
			says:
				asked === wanted && owners.some(one => one !== asked)
					? `changed in the file, not in the process: the workers run as ${owners.join(', ')}`
					: `the workers run as ${owners.join(', ') || asked}`,
			expected: wanted,
			layers: {
				file: seen(asked, user?.where ?? `${nginx.binary} -V`),
				runtime: owners.length === 0 ? down : seen(owners.join(', '), `/proc/${workers[0]?.pid}/status`),
			},
		},
		{
			item: `${nginx.name} workers`,
			state: written !== 'auto' ? 'warn' : 'ok',
			says:
				written === 'auto'
					? `one for each core: ${workers.length}`
					: `${written} ${written === '1' ? 'worker' : 'workers'} whatever the number of cores`,
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

/** A site is only there when its directory is read. */
const includeFinding = (
	nginx: Nginx,
	{directories, files}: NginxConfig,
	pattern: string,
	down: Unknown | undefined,
): Finding => {
	const directory = pattern.replace(/\/[^/]*$/, '');
	const read = directories.includes(directory);
	const found = files.filter(file => file.startsWith(`${directory}/`));
	return {
		item: `${nginx.name} include`,
		state: read ? 'ok' : 'warn',
		says: read ? `${found.length} sites from ${directory}` : `${nginx.conf} does not include ${pattern}`,
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
