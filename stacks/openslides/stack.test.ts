/** What is OpenSlides' own: one site of the guide's two halves, no password in the unit, files for either manager of networks, and a backend that newer Pythons can run. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {bridgeFiles} from '#resources/network/bridge-files.ts';
import {openStack} from '#tasks/open-stack.ts';
import {filterRules} from './steps/network-files.ts';
import {siteText} from './steps/site-file.ts';

const site = {
	host: 'os.example.org',
	certificate: '/c.crt',
	key: '/c.key',
	htpasswd: '/p',
	challenged: false,
	to: {address: '127.0.0.1', port: 5000},
	instances: false,
	frontEnd: false,
	hsts: ['include /etc/nginx/openslides-hsts*.conf;'],
} as const;

test('the site has each location once, a password for all of it, and nothing that nginx of today refuses', () => {
	const text = siteText(site);
	expect(text.match(/location \/ \{/g)).toHaveLength(1);
	expect(text.match(/location \/api\/ \{/g)).toHaveLength(1);
	expect(text).not.toMatch(/spdy|ssl on;|TLSv1[ ;]|TLSv1\.1/);
	expect(text.indexOf('auth_basic_user_file')).toBeLessThan(text.indexOf('location'));
	expect(text).toContain('return 501;');
	expect(text).not.toContain('4200');
	expect(text.indexOf('openslides-hsts')).toBeGreaterThan(text.indexOf('listen 443'));
	expect(siteText({...site, instances: true, frontEnd: true, hsts: []})).not.toMatch(/return 501|hsts/);
});

test('one network everywhere, and the unit has no password', async () => {
	const text = JSON.stringify({
		version: 1,
		stack: 'openslides',
		sources: {from: 'demo'},
		application: {site: 'os.example.org'},
		network: {subnet: '10.20.30.0/24', bridge: 'meet0'},
	});
	const {items} = await openStack({text, name: 'answers'}, [], createReader());
	const all = (await items()).map(({resource}) => resource);
	const ids = all.map(({id}) => id);
	expect(all.find(({id}) => id === 'bridge:meet0')?.owes).toEqual([
		{unit: 'openslides-network.service', do: 'restart'},
	]);
	expect(ids).toEqual(expect.arrayContaining(['bridge:meet0', 'proof:tcp:10.20.30.1:6379', 'proof:tcp:10.20.30.1:25']));
	expect(ids.filter(id => id.includes('172.16'))).toEqual([]);
	expect(all.find(({id}) => id === 'unit:redis-server.service')?.needs).toContain('done:redis-shut');
	expect(filterRules('10.20.30.1', 'meet0')).toContain(
		'ip daddr 10.20.30.1 tcp dport { 5432, 6379 } iifname != { "lo", "meet0" } drop',
	);
});

test('ifupdown is told so that a second time does no harm', () => {
	const spec = {name: 'os0', member: 'os0-keep', address: '10.0.0.1', prefix: 24, by: 'ifupdown'} as const;
	const [{path, text} = {path: '', text: ''}] = bridgeFiles(spec);
	expect(path).toBe('/etc/network/interfaces.d/os0');
	for (const line of text.split('\n').filter(one => one.includes('ip link add')))
		expect(line).toMatch(/show dev \S+ .*\|\| ip link add/);
	expect(bridgeFiles({...spec, by: 'networkd'}).map(one => one.path.replace(/.*\//, ''))).toEqual([
		'30-os0.netdev',
		'30-os0-keep.netdev',
		'30-os0-keep.network',
		'30-os0-keep-e.network',
		'30-os0.network',
	]);
});

test('the backend starts from an unchanged checkout, with what newer Pythons took away', () => {
	const at = mkdtempSync(join(tmpdir(), 'openslides-'));
	try {
		for (const name of ['checkout/python', 'library/flask', 'library/jsonapi'])
			mkdirSync(join(at, name), {recursive: true});
		writeFileSync(
			join(at, 'library/flask/__init__.py'),
			'class Flask:\n    def __init__(self):\n        self.config = {"UPLOAD_FOLDER": "/tmp"}\n    def run(self):\n        import sys\n        sys.stderr.write(self.config["UPLOAD_FOLDER"])\n',
		);
		writeFileSync(
			join(at, 'library/jsonapi/__init__.py'),
			'import asyncio\n@asyncio.coroutine\ndef handle():\n    pass\n',
		);
		writeFileSync(join(at, 'list.json'), '["ä"]');
		writeFileSync(
			join(at, 'checkout/python/backend.py'),
			`import json, sys\nimport jsonapi, flask\nfrom beside import word\nassert json.load(open(${JSON.stringify(join(at, 'list.json'))}), encoding='utf-8') == ['ä']\nassert sys.argv[1:] == ['--upload-dir', '/up'] and word == 1\nprint('a request')\nif __name__ == '__main__':\n    flask.Flask().run()\n`,
		);
		writeFileSync(join(at, 'checkout/python/beside.py'), 'word = 1\n');
		const ran = execFileSync(
			'sh',
			[
				'-c',
				'exec python3 "$0" "$@" 2>&1',
				join(import.meta.dirname, 'programs/backend.py'),
				join(at, 'checkout'),
				join(at, 'library'),
				'--upload-dir',
				'/up',
			],
			{encoding: 'utf8', env: {...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1'}},
		);
		expect(ran).toContain('/up');
	} finally {
		rmSync(at, {recursive: true});
	}
});
