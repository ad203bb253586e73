/** What the checks of CC-Server and OpenSlides read, with samples written from their guides and from the pages of interfaces(5). */

import {expect, test} from 'vitest';
import {check as files} from '#checks/openslides/files.ts';
import {parseImages} from '#checks/openslides/images.ts';
import {check as instances, judge} from '#checks/openslides/instances.ts';
import {parseJson} from '#checks/openslides/json.ts';
import {said} from '#doctor/kinds.ts';
import {parseCcConfig} from '#host/cc-server/config.ts';
import {ccServers} from '#host/cc-server/servers.ts';
import {bringerOf, ifupdownIn} from '#host/network/brings-up.ts';
import {openslidesPlace} from '#host/openslides/backend.ts';
import {failureIn} from '#host/openslides/role-log.ts';
import {redact} from '#host/secrets/redact.ts';
import {there} from '#host/see.ts';
import type {UnitState} from '#host/units/units.ts';
import {fileReader} from '../support/file-reader.ts';

const tap = `auto lo tap0
iface lo inet loopback
iface tap0 inet static
        pre-up ip tuntap add mode tap
        address 172.16.28.1
        netmask 255.255.0.0
`;

test('what brings an address up', async () => {
	expect(ifupdownIn(tap, '/i', '172.16.28.1')).toEqual({
		how: 'ifupdown',
		where: '/i:5',
		interface: 'tap0',
		before: 'networking.service',
	});
	expect(ifupdownIn(tap.replace('auto lo tap0', 'allow-hotplug tap0'), '/i', '172.16.28.1')).toMatchObject({
		before: undefined,
		late: expect.stringContaining('hotplug'),
	});
	expect(ifupdownIn(tap.replace('auto lo tap0', 'auto lo'), '/i', '172.16.28.1')).toMatchObject({
		late: expect.stringContaining('nothing brings it up'),
	});
	expect(ifupdownIn(tap, '/i', '172.16.28.10')).toBeUndefined();
	const networkd = fileReader({
		'/etc/systemd/network/tap.network': '[Network]\n# Address=172.16.28.2/16\nAddress=172.16.28.1/16\n',
	});
	expect(await bringerOf('172.16.28.1', networkd)).toMatchObject({
		how: 'systemd-networkd',
		where: '/etc/systemd/network/tap.network:3',
	});
	expect(await bringerOf('172.16.28.2', networkd)).toBeUndefined();
});

test('the state of an instance, as the guide lists them', () => {
	const hour = 3_600_000;
	const unit = (active: string, enabled = false): UnitState => ({active, enabled, result: 'exit-code'}) as UnitState;
	const units = (service: string, proxy = 'inactive', socket = 'inactive', enabled = false) => ({
		service: unit(service),
		proxy: unit(proxy),
		socket: unit(socket, enabled),
	});
	const meta = {there: true, changedAt: 0};
	const state = (...args: Parameters<typeof judge>): string => {
		const [{state: is, says = ''}] = said(instances, [{...judge(...args), expected: '', layers: {}}]);
		return `${is} ${says}`;
	};
	expect(state(meta, true, units('active'), 0)).toBe('ok active');
	expect(state(meta, true, units('failed', 'active', 'active'), 0)).toBe('fail error: its service failed (exit-code)');
	expect(state(meta, true, units('inactive', 'active'), 0)).toBe('ok starting');
	expect(state(meta, true, units('inactive', 'inactive', 'active'), 0)).toBe('ok sleeping');
	expect(state(meta, true, units('inactive'), 0)).toBe('ok stopped');
	expect(state(meta, true, units('inactive', 'inactive', 'inactive', true), 0)).toMatch(
		/^warn stopped, and it will start/,
	);
	expect(state(meta, false, undefined, hour / 2)).toBe('ok installing');
	expect(state(meta, false, undefined, hour * 2)).toMatch(/^fail installing for more/);
	expect(state({...meta, state: 'installing-failed'}, false, undefined, 0)).toBe('fail installing failed');
	expect(state({...meta, failed: 'make its tables: it ended'}, false, undefined, 0)).toBe(
		'fail installing failed: make its tables: it ended',
	);
	expect(state({...meta, failed: 'stop'}, true, units('active'), 0)).toBe('ok active');
	expect(state({there: false, changedAt: 0}, false, units('active'), 0)).toMatch(/^warn has units/);
});

test('the log of a role tells a failed one from one at work', () => {
	const entry = (words: Readonly<Record<string, unknown>>) => ({localhost: words});
	const log = (...entries: readonly unknown[]): string => JSON.stringify(entries);
	expect(failureIn(log(entry({changed: true}), entry({failed: true, msg: 'no such image', cmd: 'secret'})))).toBe(
		'no such image',
	);
	expect(failureIn(log(entry({failed: true, msg: 'once'}), entry({changed: true})))).toBeUndefined();
	expect(failureIn(log(entry({task: 'make its tables'})).slice(0, -3))).toBeUndefined();
	expect(failureIn(log(entry({failed: true})))).toBe('a step failed');
	expect(failureIn('null')).toBeUndefined();
});

test('where the backend has its files; its password is boxed', async () => {
	const unit =
		'[Service]\nExecStart=/usr/bin/python3 \\\n    /home/o/openslides-multiinstance-backend/python/backend.py \\\n    --versions-meta-dir=/data/v/ \\\n    --postgres-password hinter-dem-mond\nUser=o\n';
	const place = await fileReader({'/etc/systemd/system/os.service': unit}).fact(openslidesPlace);
	expect(place).toEqual({
		unit: {
			name: 'os.service',
			user: 'o',
			where: '/etc/systemd/system/os.service:2',
			password: true,
			apiOnly: false,
			podman: false,
		},
		versions: '/data/v',
		metadata: '/srv/openslides/instances',
		instances: '/srv/openslides/instances',
	});
	expect(redact('psql hinter-dem-mond')).not.toContain('mond');
	const ours = unit.replace('hinter-dem-mond', 'file:/etc/openslides/x --python-ansible /bin/false');
	expect(await fileReader({'/etc/systemd/system/os.service': ours}).fact(openslidesPlace)).toMatchObject({
		unit: {password: false, apiOnly: true},
	});
	expect(await fileReader({'/etc/hostname': 'x'}).fact(openslidesPlace)).toBe('absent');
});

test('versions and images', async () => {
	const rows = async (versions: string) => {
		const host = fileReader({
			'/srv/openslides/versions/openslides_versions.json': versions,
			'/srv/openslides/versions/domains.json': '[{"id": "1", "domain": "x.org"}]',
			'/srv/openslides': '',
		});
		const facts = there({place: await host.fact(openslidesPlace)}, ['place']);
		return said(files, await files.inspect({host, facts, expect: [], now: 0})).map(({item, state, says = ''}) =>
			`${item} ${state} ${says}`.trim(),
		);
	};
	expect(await rows('[{"id": "1", "name": "2.1", "image": "sha512-6a229c6187cb6168eaac1d11ce85b14c"}]')).toEqual([
		'openslides_versions.json ok',
		'domains.json ok',
		'version 1 ok',
	]);
	expect(await rows('[{"id": "1", "name": "2.1", "image": "openslides:latest"}]')).toContain(
		'version 1 fail has no hash of rkt (sha512-…)',
	);
	expect(await rows('[{"id": "1", "name": "a", "image": "x"}, {"id": "1", "name": "b", "image": "x"}]')).toContain(
		'openslides_versions.json fail the id 1 is there twice',
	);
	expect(await rows('{}')).toContain('openslides_versions.json fail is no list');
	expect((await rows('[{"id": "1",]'))[0]).toMatch(/fail is no JSON/);
	expect(parseJson('{\n"secret": "hidden-word",,\n}')).toMatchObject({
		broken: expect.not.stringContaining('hidden-word'),
	});
	expect(parseImages('sha512-6a229c6187cb6168eaac1d11ce85b14c\nno image\n')).toEqual([
		'sha512-6a229c6187cb6168eaac1d11ce85b14c',
	]);
});

test('a config.toml of CC-Server: lines, and secrets that are judged and never told', async () => {
	const config = await parseCcConfig(
		"[server]\nhost = 'http://172.17.0.1:5000'\n[ipc]\ntee_port = 14736\nsecret = 'SECRET'\n[mongo]\npassword = 'kurz-und-klein'\n",
		'/c',
	);
	if ('broken' in config) throw new Error(config.broken);
	expect(config.at('ipc.tee_port')).toEqual({value: 14_736, where: '/c:4'});
	expect(config.at('ipc.secret')).toBeUndefined();
	expect([...config.secrets].map(([key, {is, where}]) => [key, {is, where}])).toEqual([
		['ipc.secret', {is: 'the sample', where: '/c:5'}],
		['mongo.password', {is: 'its own', where: '/c:7'}],
	]);
	expect(redact('kurz-und-klein')).toBe('••••');
	expect(await parseCcConfig("[ipc]\nsecret = 'lost\n", '/c')).toMatchObject({where: expect.stringMatching(/^\/c:2:/)});
});

test('where a CC-Server is found: the home directory wins over the code, as its guide says', async () => {
	const passwd = 'cc:x:1000:1000::/home/cc:/bin/sh\n';
	const at = async (more: Record<string, string>) =>
		(await fileReader({'/etc/passwd': passwd, ...more}).fact(ccServers)).map(({item, config, wsgi}) => ({
			item,
			config,
			wsgi,
		}));
	const home = '/home/cc/.config/curious-containers/config.toml';
	expect(await at({})).toEqual([]);
	expect(await at({[home]: ''})).toEqual([{item: home, config: home, wsgi: false}]);
	expect(await at({'/home/cc/cc-server/cc_server': ''})).toEqual([
		{item: '/home/cc/cc-server', config: undefined, wsgi: false},
	]);
	expect(await at({'/home/cc/cc-server/cc_server': '', '/home/cc/cc-server/config.toml': '', [home]: ''})).toEqual([
		{item: home, config: home, wsgi: false},
	]);
	const apache = 'WSGIDaemonProcess cc-server user=cc group=cc\nWSGIScriptAlias /cc /var/cc/wsgi.py\n';
	expect(await at({'/etc/apache2/apache2.conf': apache, '/var/cc/cc_server': '', '/var/cc/config.toml': ''})).toEqual([
		{item: '/var/cc/config.toml', config: '/var/cc/config.toml', wsgi: true},
	]);
});
