import {join} from 'node:path';
import {parse} from 'smol-toml';
import {beforeAll, describe, expect, test} from 'vitest';
import type {Schema} from '#answers/questions/shape.ts';
import {limitsOf} from '#answers/secrets/secret-file.ts';
import type {Item} from '#engine/order.ts';
import {createReader} from '#host/reader.ts';
import {reveal, Secret} from '#model/secret.ts';
import {openStack} from '#tasks/open-stack.ts';
import {afterServers} from './after-servers.ts';
import {type ConfigToml, configToml} from './config-toml.ts';
import {siteText} from './site-file.ts';
import {mongodb} from './steps/mongodb.ts';

const file = join(import.meta.dirname, 'answers.yaml');

let items: readonly Item[];
beforeAll(async () => {
	items = await (await openStack(file, [], createReader())).items();
});

const find = (id: string) => items.find(({resource}) => resource.id === id)?.resource;

describe('the cc-server stack', () => {
	test('starts Apache after the engine, the image, the database and the accounts', () => {
		expect(find('apache-site:cc-server')?.needs).toEqual(
			expect.arrayContaining([
				'unit:docker.service',
				'done:image:127.0.0.1:5001/cc/data:1',
				'done:cc-admin',
				'done:python',
			]),
		);
		expect(find('cc-user:admin')?.needs).toContain('done:database');
		expect(find('unit:apache2.service')?.needs).toContain('done:apache-site:cc-server');
	});

	test('restarts Apache after whatever mends the engine, the registry or MongoDB: a dead node stays dead', () => {
		for (const unit of ['docker', 'docker-registry', 'mongodb'])
			expect(find(`unit:${unit}.service`)?.owes, unit).toContainEqual({unit: 'apache2.service', do: 'restart'});
	});

	test('Apache waits at boot for what CC-Server asks once, when it starts', () => {
		const file = '/etc/systemd/system/apache2.service.d/cc-server.conf';
		expect(find('unit:apache2.service')?.needs).toContain(`path:${file}`);
		expect(find(`file:${file}`)).toBeDefined();
		const text = afterServers([{unit: 'docker.service'}, {unit: 'a.service', port: 1}, {unit: 'b.service', port: 2}]);
		expect(text).toContain('\nAfter=docker.service a.service b.service\n');
		// What systemd does not take for a variable of its own.
		expect(text).toMatch(
			/^ExecStartPre=-\/usr\/bin\/timeout 45 .*for port in 1 2; do until \(: <>\/dev\/tcp\/127\.0\.0\.1\/\$\$port\)/m,
		);
	});

	test('makes the administrator of MongoDB before the account that it makes', () => {
		expect(find('mongodb-user:ccdbAdmin@ccdb')?.needs).toContain('role:mongodb/admin/setupAdmin');
	});

	test('gives CC-Server copies of the certificates of further engines, and an image that all of them reach', async () => {
		const opened = await openStack(
			file,
			[
				'nodes.nodes=[{name: one, address: 10.0.0.2, certificates: /root/one}]',
				'image.from=registry',
				'image.reference=images.example.org/cc/data:1',
			],
			createReader(),
		);
		const all = (await opened.items()).map(({resource}) => resource);
		const ids = all.map(({id}) => id);
		for (const name of ['ca', 'cert', 'key']) expect(ids).toContain(`file:/srv/cc-server/nodes/one/${name}.pem`);
		expect(ids.filter(id => id.startsWith('container-image:'))).toEqual([]);
		expect(all.find(({id}) => id === 'apache-site:cc-server')?.needs).toContain('done:cc-nodes');
	});

	test('refuses a password of the database account that would break the address it is put into', () => {
		const {shape} = mongodb.questions as unknown as {readonly shape: Readonly<Record<string, Schema>>};
		expect(limitsOf(shape['password']!)?.plain).toBe(true);
	});

	test('takes MongoDB from a directory of packages, under the names that its makers gave it, and asks no other archive', async () => {
		const opened = await openStack(
			file,
			['mongodb.from.by=packages', 'mongodb.from.directory=/srv/mongodb', 'mongodb.from.server=mongodb-org-server'],
			createReader(),
		);
		const all = (await opened.items()).map(({resource}) => resource);
		expect(all.find(({id}) => id === 'apt:mongodb')).toMatchObject({type: 'deb-files', locks: ['apt']});
		const ids = all.map(({id}) => id);
		expect(ids.filter(id => id.includes('sources.list.d') || id.startsWith('apt-lists:'))).toEqual([]);
		expect(ids).toContain('file:/etc/mongod.conf');
		expect(ids).toContain('unit:mongod.service');
	});

	test('asks an existing server, and installs none', async () => {
		const opened = await openStack(
			file,
			['mongodb.from.by=existing', 'mongodb.from.host=db.example.org'],
			createReader(),
		);
		const ids = (await opened.items()).map(({resource}) => resource.id);
		expect(ids).toContain('mongodb-user:ccdbAdmin@ccdb');
		expect(ids.filter(id => id.startsWith('apt') && id.includes('mongodb'))).toEqual([]);
	});
});

describe('config.toml', () => {
	const hostile = 'it\'s "no" \\ $HOME #x ü€ 😀 \u007f {x} = [a]';
	const wanted: ConfigToml = {
		host: 'https://172.17.0.1/cc',
		schedulingSeconds: 60,
		logDirectory: '/srv/cc/log',
		suppressStdout: true,
		deadNodeInvalidation: true,
		notification: {send: 'login', url: 'https://example.org/x', user: hostile, password: new Secret('n', hostile)},
		teePort: 14_736,
		workerPort: 14_737,
		ipcSecret: new Secret('i', hostile),
		mongo: {user: 'u', password: new Secret('m', hostile), host: 'localhost', port: 27_017, database: 'ccdb'},
		nodes: [
			{
				name: 'cc-node1',
				address: '192.168.99.101',
				port: 2376,
				certificates: '/srv/cc/nodes/cc-node1',
				checkName: true,
			},
			{name: 'cc_2', address: 'fd00::1', port: 2377, certificates: '/n', checkName: false},
		],
		network: 'cc-overlay-network',
		threadLimit: 8,
		apiTimeout: 30,
		image: '127.0.0.1:5001/x:1',
		containerRam: 512,
		registry: {user: 'cc', password: new Secret('r', hostile)},
		allocation: 'spread',
		taskTrials: 3,
		loginAttempts: 3,
		blockSeconds: 120,
		tokenSeconds: 172_800,
	};

	test('reads back what was answered, in every section', () => {
		const read = parse(reveal(configToml(wanted))) as Record<string, Record<string, unknown>>;
		expect(Object.keys(read)).toEqual(['server', 'ipc', 'mongo', 'docker', 'defaults']);
		expect(read['ipc']).toEqual({tee_port: 14_736, worker_port: 14_737, secret: hostile});
		expect(read['mongo']?.['password']).toBe(hostile);
		expect(read['docker']).toEqual({
			thread_limit: 8,
			api_timeout: 30,
			net: 'cc-overlay-network',
			nodes: {
				local: {base_url: 'unix://var/run/docker.sock'},
				'cc-node1': {
					base_url: 'tcp://192.168.99.101:2376',
					tls: {
						verify: '/srv/cc/nodes/cc-node1/ca.pem',
						client_cert: ['/srv/cc/nodes/cc-node1/cert.pem', '/srv/cc/nodes/cc-node1/key.pem'],
						ssl_version: 5,
					},
				},
				cc_2: {
					base_url: 'tcp://[fd00::1]:2377',
					tls: {
						verify: '/n/ca.pem',
						client_cert: ['/n/cert.pem', '/n/key.pem'],
						assert_hostname: false,
						ssl_version: 5,
					},
				},
			},
		});
		expect(read['defaults']).toMatchObject({
			data_container_description: {registry_auth: {username: 'cc', password: hostile}},
			error_handling: {
				dead_node_invalidation: true,
				dead_node_notification: {auth: {auth_type: 'basic', username: hostile, password: hostile}},
			},
		});
	});

	test('is ASCII whatever was answered: under Apache CC-Server decodes no more, and passes over the file without a word', () => {
		expect(reveal(configToml(wanted))).toMatch(/^[\n\t -~]*$/);
	});

	test('leaves out who is told where nobody is, and who pulls what is public', () => {
		const text = reveal(configToml({...wanted, notification: {send: 'no'}, registry: undefined, network: undefined}));
		expect(text).not.toMatch(/notification|registry_auth|^net = /m);
	});
});

test('the site has no Listen of its own, and its pages only where they are', () => {
	const site = {
		host: 'cc.example.org',
		alias: '172.17.0.1',
		certificate: '/c',
		key: '/k',
		user: 'ccuser',
		repository: '/srv/cc-server/cc-server',
		environment: '/srv/cc-server/venv',
		processes: 4,
		threads: 16,
	};
	expect(siteText(site)).not.toMatch(/^\s*Listen|DocumentRoot/m);
	expect(siteText({...site, pages: '/srv/ui'})).toMatch(/DocumentRoot "\/srv\/ui"/);
});
