/** What the test of OpenSlides asks of a host with instances. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {request} from 'node:https';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {setup} from './setup.ts';
import {until} from './until.ts';

export const site = 'openslides.example.org';
/** Below the root of the host. */
const instances = 'var/lib/openslides/instances';

/** As the backend is asked on this host itself, past nginx and its password. */
export const inside = (method: string, path: string, body?: unknown): readonly string[] => [
	'python3',
	'-c',
	"import sys,urllib.request as u\nm, p, b = sys.argv[1:]\nprint(u.urlopen(u.Request('http://127.0.0.1:5000/api/instances' + p, method=m, data=b.encode() or None, headers={'Content-Type': 'application/vnd.api+json'}), timeout=300).read().decode())",
	method,
	path,
	body === undefined ? '' : JSON.stringify(body),
];

export const makeInstance = async (host: ThrowAway, words: Readonly<Record<string, string>>): Promise<string> => {
	const names = [
		'admin_first_name',
		'admin_last_name',
		'event_name',
		'event_description',
		'event_date',
		'event_location',
	];
	const attributes = {
		...Object.fromEntries(names.map(name => [name, 'A'])),
		...{db: 'postgresql', mode: 'subdomain', parent_domain: site},
		...words,
	};
	const data = {type: 'instances', attributes, relationships: {osversion: {data: {type: 'osversions', id: '1'}}}};
	return (JSON.parse(await host.must(inside('POST', '', {data}))) as {readonly data: {readonly id: string}}).data.id;
};

/** Of a machine in a machine crun and the limit of processes ask too much; runc is there already. */
export const nestedPodman = async (host: ThrowAway): Promise<void> => {
	await host.must(['mkdir', '-p', '/etc/containers/containers.conf.d']);
	writeFileSync(
		join(host.root, 'etc/containers/containers.conf.d/nested.conf'),
		'[containers]\npids_limit = 0\n[engine]\nruntime = "runc"\n',
	);
};

/** Makes one, and waits until it answers out of its container and its database. */
export const instanceThere = async (host: ThrowAway, slug: string): Promise<string> => {
	const id = await makeInstance(host, {slug});
	await until(() => existsSync(join(host.root, instances, id, 'installed')), {
		deadline: 180_000,
		every: 500,
		what: 'the instance',
	});
	await answersOutside(host, slug);
	return id;
};

/** Through nginx, which takes up a new site a moment after it was told. */
export const answersOutside = async (host: ThrowAway, slug: string): Promise<void> => {
	let status = 0;
	try {
		await until(
			async () => {
				({status} = await ask(host, '/users/whoami/', `${slug}.${site}`));
				return status === 200;
			},
			{deadline: 120_000, every: 1000, what: 'the answer of the instance'},
		);
	} catch (error) {
		throw new Error(`${(error as Error).message}: ${status}\n${await saysOfInstances(host)}`, {cause: error});
	}
};

/** For a failing test. */
const saysOfInstances = async (host: ThrowAway): Promise<string> => {
	const words = [
		['systemctl', 'list-units', '--all', '--no-legend', '--plain', 'openslides*'],
		['podman', 'ps', '--all'],
		['journalctl', '--boot', '--no-pager', '--lines=80', '--unit=openslides_instance_*'],
		['ip', '-brief', 'address'],
		['bridge', '-details', 'link'],
		['networkctl', '--no-pager', 'list'],
		['journalctl', '--boot', '--no-pager', '--lines=60', '--unit=systemd-networkd', '--unit=openslides-network'],
		['sh', '-c', 'podman inspect --format "{{json .NetworkSettings.Networks}}" $(podman ps --quiet)'],
		['iptables', '-t', 'nat', '-S'],
		['nft', 'list', 'ruleset'],
		['ip', 'neighbour'],
		['sh', '-c', 'tail -n 5 /var/lib/openslides/instances/*/data/*.err /var/lib/openslides/instances/*/data/*.out'],
	];
	const said: string[] = [];
	for (const argv of words) said.push(`${argv.join(' ')}\n${(await host.run(argv)).stdout.slice(-6000)}`);
	return said.join('\n');
};

/** What the backend's user may ask of root, and what it may not. */
export const noWayToRoot = async (host: ThrowAway, id: string): Promise<void> => {
	const as = (...argv: readonly string[]) => host.run(['runuser', '-u', 'openslides', '--', ...argv]);
	const role = (...words: readonly string[]) => as('sudo', '-n', '/usr/local/lib/openslides/instances', ...words);
	expect((await role('stop', id)).stdout).toMatch(/done\n$/);
	expect((await role('start', id)).stdout).toMatch(/done\n$/);
	for (const words of [
		['--serve'],
		['add'],
		['stop', id, 'x'],
		['stop', '../../etc'],
		['stop', `${id} x`],
		['shell', id],
	])
		expect([words, (await role(...words)).stderr]).toEqual([words, expect.stringContaining('a password is required')]);
	for (const argv of [['id'], ['/usr/local/lib/openslides/rkt', 'image', 'list'], ['podman', 'ps']])
		expect([argv, (await as('sudo', '-n', ...argv)).code]).toEqual([argv, 1]);
	for (const path of ['/etc/openslides/postgres-password', '/etc/ssl/openslides-instances/instances.key'])
		expect([path, (await as('cat', path)).code]).toEqual([path, 1]);
	for (const path of [`/${instances}/${id}/settings.py`, `/${instances}/link`, '/usr/local/lib/openslides/instances'])
		expect([path, (await as('ln', '-sfn', '/etc/shadow', path)).code]).toEqual([path, 1]);

	// Its own file says what it likes: an image of others, a device in its place, a link to what only root reads.
	const file = `/srv/openslides/metadata/openslides_instance_${id}.json`;
	const kept = await host.must(['cat', file]);
	const refused = async (why: RegExp, ...argv: readonly string[]): Promise<void> => {
		await as('sh', '-c', 'rm -f "$0"; exec "$@"', file, ...argv);
		const {stdout} = await role('update', id);
		expect(stdout).toMatch(why);
		expect(stdout).not.toMatch(/root:|done/);
	};
	const said = (change: Readonly<Record<string, unknown>>): readonly string[] => [
		'python3',
		'-c',
		'import sys; open(sys.argv[1], "w").write(sys.argv[2])',
		file,
		JSON.stringify({...(JSON.parse(kept) as Readonly<Record<string, unknown>>), ...change}),
	];
	await refused(/none of those that instances are made of/, ...said({image: 'docker.io/library/debian:12'}));
	await refused(/parent_domain is none of/, ...said({parent_domain: 'example.com'}));
	await refused(/is no JSON|cannot be read/, 'ln', '-s', '/etc/shadow', file);
	await refused(/cannot be read/, 'mkfifo', file);
	await as('rm', '-f', file);
	await as(...said({}));

	// In the container nothing is root, and nothing becomes it: what it wrote with a bit of root's would be root's here.
	const pid = (
		await host.must(['podman', 'container', 'inspect', '--format={{.State.Pid}}', `openslides_${id}`])
	).trim();
	const status = await host.must(['cat', `/proc/${pid}/status`]);
	expect(status).toMatch(/NoNewPrivs:\t1/);
	expect(status).toMatch(/CapBnd:\t0{16}/);
	expect(status).not.toMatch(/^Uid:.*\t0\b/m);
	expect(
		(await host.run(['podman', 'exec', `openslides_${id}`, 'python', '-c', "open('/data/settings.py', 'a')"])).code,
	).not.toBe(0);
	expect(await host.must(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'])).not.toContain(
		(JSON.parse(kept) as {readonly superadmin_password: string}).superadmin_password,
	);
};

type Told = {readonly key: string; readonly state: string; readonly says: string};

export const doctorIn = async (host: ThrowAway): Promise<ReadonlyMap<string, Told>> => {
	const {stdout} = await host.run([setup, 'doctor', '--format', 'json'], {timeout: 120_000});
	return new Map((JSON.parse(stdout) as {readonly rows: readonly Told[]}).rows.map(row => [row.key, row]));
};

/** As a browser elsewhere asks; the certificate vouches for itself. */
export const ask = (host: ThrowAway, path: string, name = site): Promise<{readonly status: number}> =>
	new Promise((done, failed) => {
		request(
			{
				host: host.address,
				port: 443,
				path,
				servername: name,
				headers: {host: name},
				ca: readFileSync(
					join(host.root, name === site ? 'etc/ssl/openslides/site.crt' : 'etc/ssl/openslides-instances/instances.crt'),
				),
				checkServerIdentity: () => undefined,
				timeout: 20_000,
			},
			answer => {
				answer.resume().on('end', () => done({status: answer.statusCode ?? 0}));
			},
		)
			.on('error', failed)
			.end();
	});
