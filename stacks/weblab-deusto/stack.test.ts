import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {expectsOf} from '#answers/resolve/expects.ts';
import {type Item, orderOf} from '#engine/order.ts';
import {createReader} from '#host/reader.ts';
import {Secret} from '#model/secret.ts';
import {openStack} from '#tasks/open-stack.ts';
import {confinement} from './steps/deployment-files.ts';
import {instance} from './steps/instance.ts';
import {httpText, siteText} from './steps/site-file.ts';

const file = join(import.meta.dirname, 'answers.yaml');
const itemsOf = async (...sets: readonly string[]): Promise<readonly Item[]> =>
	(await openStack(file, sets, createReader())).items();
const find = (items: readonly Item[], id: string) => items.find(({resource}) => resource.id === id)?.resource;

describe('the WebLab-Deusto stack', () => {
	test('makes the instance after its program, its database and its scheduler, and starts it after its settings', async () => {
		const items = await itemsOf();
		expect(find(items, 'instance:/srv/weblab/deployments/example')?.needs).toEqual(
			expect.arrayContaining(['done:setup-py:weblabdeusto', 'done:database', 'done:redis']),
		);
		expect(find(items, 'supervisor-program:weblab-example')?.needs).toContain(
			'done:upgrade:/srv/weblab/deployments/example',
		);
	});

	test('keeps a Redis without a password to its own user, and one with a password to whoever has that', async () => {
		const ids = async (...sets: readonly string[]) => (await itemsOf(...sets)).map(({resource}) => resource.id);
		const items = await itemsOf();
		expect(find(items, 'redis-accounts')?.needs).toEqual(['package:nftables', 'user:weblab']);
		expect(find(items, 'unit:redis-server.service')?.needs).toContain('done:redis-shut');
		for (const open of ['scheduling.password={"env":"P"}', 'scheduling.shut=false'])
			expect(await ids(open)).not.toContain('redis-accounts');
	});

	test('proves nothing of a program that is started by hand', async () => {
		const ids = async (...sets: readonly string[]) => (await itemsOf(...sets)).map(({resource}) => resource.id);
		expect(await ids()).toEqual(
			expect.arrayContaining(['proof:weblab:example', 'loopback-only:10000', 'loopback-only:10001']),
		);
		expect((await ids('deployment.autostart=false')).filter(id => /^(proof:weblab|loopback-only:1)/.test(id))).toEqual(
			[],
		);
	});

	test('lets the laboratory answer on this host alone before it runs, and the program write what it packs', async () => {
		const items = await itemsOf();
		expect(find(items, 'supervisor-program:weblab-example')?.needs).toContain('done:laboratory-here');
		expect(
			confinement(['/srv/weblab/deployments/example', '/srv/weblab/.virtualenvs/weblab'], '/srv/weblab'),
		).toContain(
			'ReadWritePaths=/run /var/log/supervisor /srv/weblab/deployments/example /srv/weblab/.virtualenvs/weblab\n',
		);
		const without = await itemsOf('instance.laboratory=false');
		expect(without.map(({resource}) => resource.id).filter(id => /configuration\.yml|10001/.test(id))).toEqual([]);
	});

	test('with an authority serves its challenge first, and the site that shows the certificate after it', async () => {
		const items = await itemsOf('website.certificate={from: certbot}');
		const ids = orderOf(items).items.map(({resource}) => resource.id);
		const at = (id: string): number => ids.indexOf(id);
		const [plain, asked, site, sent] = [
			'apache-site:weblab-example-http',
			'certbot:weblab-example',
			'apache-site:weblab-example',
			'hsts:/etc/weblab-deusto/example-hsts.conf',
		].map(at) as [number, number, number, number];
		expect(plain).toBeGreaterThan(-1);
		expect([plain < asked, asked < site, site < sent]).toEqual([true, true, true]);
	});

	test('refuses passwords that the program dies of, before anything is made', async () => {
		const {probes} = instance;
		const of = async (plain: string, database = 'plain') => {
			const uses = {
				app: {home: '/srv/weblab'},
				database: {password: new Secret('database', database)},
				scheduling: {by: 'redis', password: undefined},
			};
			const answers = {name: 'example', password: new Secret('password', plain)};
			const [probe] = probes!(answers as never, {uses, facts: {}} as never);
			return (await probe!.run(createReader())).state;
		};
		expect([await of(`it's "q" %41 $HOME \\ two words`), await of('ünï'), await of('漢')]).toEqual([
			'ok',
			'failed',
			'failed',
		]);
		for (const hostile of ["it's", 'a%41b', 'two words', 'a@b/c', 'é'])
			expect(await of('plain', hostile)).toBe('failed');
	});

	test('tells the doctor which wishes of the guide are its own', async () => {
		const expects = async (...sets: readonly string[]) =>
			expectsOf((await openStack(file, sets, createReader())).loaded);
		expect(await expects()).toMatchObject({'redis.persistence': [true], 'apache.modules': [true]});
		expect(await expects('scheduling.by=mysql')).not.toHaveProperty('redis.persistence');
	});
});

describe("the site's file", () => {
	const text = (front: boolean, base = '') =>
		siteText({
			name: 'weblab-example',
			host: 'lab.example.org',
			base,
			certificate: '/c',
			key: '/k',
			include: '/i',
			front,
		});
	const redirects = (of: string): readonly string[] => of.match(/RedirectMatch .*/g) ?? [];

	test('sends exactly its path on, and the bare name where that is answered', () => {
		expect(redirects(text(false, '/a.b'))).toEqual([
			'RedirectMatch 301 ^/a\\.b/weblab/(.*)$ https://lab.example.org/a.b/weblab/$1',
			'RedirectMatch 301 ^/a\\.b/weblab$ https://lab.example.org/a.b/weblab/',
		]);
		expect(redirects(text(true)).filter(line => line.includes('^/$'))).toHaveLength(2);
	});

	test('serves a challenge on port 80 in a file of its own, before there is a certificate', () => {
		const site = {
			name: 'w',
			host: 'lab.example.org',
			base: '',
			certificate: '/c',
			key: '/k',
			include: '/i',
			front: true,
		};
		expect(siteText({...site, alone: true, hsts: '/h*.conf'})).toMatch(/^# Written by setup\.\n<VirtualHost \*:443>/);
		expect(siteText({...site, hsts: '/h*.conf'})).toContain('\tIncludeOptional "/h*.conf"\n');
		const plain = httpText({...site, challenge: '/var/lib/acme'});
		expect(plain).toContain('Alias "/.well-known/acme-challenge/" "/var/lib/acme/.well-known/acme-challenge/"');
		expect(plain).not.toContain(':443');
	});

	test('includes what the program generated for 443 alone', () => {
		const [, plain = '', secure = ''] = text(true).split('<VirtualHost');
		expect([plain.includes('Include'), secure.includes('Include "/i"')]).toEqual([false, true]);
	});
});
