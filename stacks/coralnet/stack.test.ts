import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {nginx} from '#edit/nginx/nginx.ts';
import type {Item} from '#engine/order.ts';
import {createReader} from '#host/reader.ts';
import {accounts} from '#host/system/accounts.ts';
import {reveal, Secret} from '#model/secret.ts';
import {openStack} from '#tasks/open-stack.ts';
import {dotEnv, environmentText, secretsJson} from './settings-files.ts';
import {environmentOf} from './settings-values.ts';
import {siteSettings} from './site-settings.ts';
import {appSettings} from './steps/app-settings.ts';

const file = join(import.meta.dirname, 'answers.yaml');

let items: readonly Item[];
beforeAll(async () => {
	items = await (await openStack(file, [], createReader())).items();
}, 60_000);

const find = (id: string) => items.find(({resource}) => resource.id === id)?.resource;

describe('the coralnet stack', () => {
	test('gives people keys before the rule that lets them be root, and checks the rule before it stands', () => {
		const rule = find('edit:/etc/sudoers.d/mysudoers');
		expect(rule?.needs).toEqual(expect.arrayContaining(['user:ada', 'package:sudo']));
		expect(find('edit:/home/ada/.ssh/authorized_keys')?.needs).toContain('path:/home/ada/.ssh');
	});

	test('puts keys where an account that is there has its home, with the group that it has', async () => {
		const who = (await createReader().fact(accounts)).users.get('games')!;
		const persons = [
			{login: 'games', keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFZm8Vq2uU4xw1pWmYyoxkNl1T5aA6zJ3m3sRk9w0oQh a@b']},
		];
		const opened = await openStack(file, [`people.persons=${JSON.stringify(persons)}`], createReader());
		const keys = (await opened.items()).find(({resource}) => resource.id.endsWith('/.ssh/authorized_keys'))?.resource;
		expect(keys?.id).toBe(`edit:${who.home}/.ssh/authorized_keys`);
	});

	test('collects static files before the first request, and serves nothing before the tables are there', () => {
		expect(find('unit:coralnet.service')?.needs).toEqual(
			expect.arrayContaining(['done:static-files', 'done:tables', 'done:app-settings']),
		);
	});

	test('makes no migrations: the repository has all of its own', () => {
		expect(items.map(({resource}) => resource.type)).not.toContain('django-make-migrations');
	});

	test('asks a server elsewhere as the application, and its administrator only for what is missing', async () => {
		const opened = await openStack(
			file,
			[
				'postgres.mode=administered',
				'postgres.host=db.example.org',
				'postgres.tls=verify',
				'postgres.ca=/etc/ssl/rds.pem',
				'postgres.administratorPassword={"env":"MASTER"}',
			],
			createReader(),
		);
		const all = (await opened.items()).map(({resource}) => resource.id);
		expect(all).toContain('postgres-owner:coralnet@db.example.org:5432');
		expect(all.filter(id => id.startsWith('apt:postgresql'))).toEqual([]);
	});
});

describe('AWS', () => {
	const keys = ['aws.by=setup', 'aws.id=AKIA1', 'aws.key={"env":"KEY"}', 'aws.from=["203.0.113.7","2001:db8::7"]'];
	const made = async (...sets: readonly string[]) =>
		(await (await openStack(file, sets, createReader())).items()).map(({resource}) => resource);

	test('is not asked unless somebody answers with a key', async () => {
		expect(items.map(({resource}) => resource.type).filter(type => /^(s3|security|iam|aws)-/.test(type))).toEqual([]);
	});

	test('gets a bucket and the group of the site, and that of the database where that is elsewhere', async () => {
		const ids = (all: Awaited<ReturnType<typeof made>>) =>
			all.map(({id}) => id).filter(id => /^(s3-bucket|security-group|iam-user):/.test(id));
		expect(ids(await made(...keys))).toEqual(['s3-bucket:coralnet', 'security-group:coralnet-web']);
		const elsewhere = [
			'postgres.mode=administered',
			'postgres.host=db.example.org',
			'postgres.administratorPassword={"env":"MASTER"}',
		];
		expect(ids(await made(...keys, ...elsewhere))).toEqual([
			's3-bucket:coralnet',
			'security-group:coralnet-web',
			'security-group:coralnet-database',
		]);
	});

	test('hands the key of its user to the settings, and only where setup makes it', async () => {
		const all = await made(...keys, 'app-settings.bucket={"credentials":"made","name":"reef-images"}');
		expect(all.find(({id}) => id === 'iam-user:coralnet')?.provides).toContain('path:/etc/coralnet/aws-key');
		expect(all.find(({id}) => id.endsWith('/secrets.json'))?.needs).toContain('path:/etc/coralnet/aws-key');
		expect((await made(...keys)).map(({id}) => id)).not.toContain('iam-user:coralnet');
		const byHand = await made('app-settings.bucket={"credentials":"made","name":"reef-images"}');
		expect(byHand.map(({id}) => id)).toContain('aws-key:/etc/coralnet/aws-key');
	});
});

describe("the repository's own site file", () => {
	const of = async (as: string) =>
		(await (await openStack(file, [`app-settings.into.siteFile.as=${as}`], createReader())).items()).map(
			({resource}) => resource,
		);
	const enabled = '/etc/nginx/sites-enabled/coralnet';

	test("comes as root's copy, with https beside it on port 443 and the way there on 80", async () => {
		const ids = (await of('copy')).map(({id}) => id);
		expect(ids).toEqual(
			expect.arrayContaining([`root-copy:${enabled}`, 'file:/etc/nginx/sites-enabled/coralnet-http.conf']),
		);
		expect(ids).not.toContain('file:/etc/nginx/sites-available/coralnet');
	});

	test('or as a link, after what it lacks was written into it', async () => {
		const all = await of('link');
		expect(all.find(({id}) => id === `symlink:${enabled}`)?.needs).toContain('done:own-site');
		expect(all.map(({id}) => id)).toContain('edit:/srv/www/coralnet/project/config/nginx.conf');
	});

	test('says then which name was asked for, and by which scheme', () => {
		const text = readFileSync(
			join(import.meta.dirname, '../../fixtures/apps/coralnet/project/config/nginx.conf'),
			'utf8',
		);
		const site = {
			to: {unit: 'coralnet.service', address: '127.0.0.1', port: 8002, timeout: 600},
			site: {host: 'reef.example.org'},
			timeout: 590,
			certificate: {
				certificate: '/c.pem',
				key: '/k.pem',
				names: ['reef.example.org'],
				made: 'done:certificate' as const,
			},
		};
		const edited = (source: string): string => spliced(source, nginx.edit(source, siteSettings(site)));
		const made = edited(text);
		expect(made).toContain('proxy_set_header Host $http_host;');
		expect(made).toContain('proxy_set_header X-Forwarded-Proto $scheme;');
		expect(made).toContain('proxy_pass http://127.0.0.1:8002;');
		expect(made).toContain('listen 443 ssl;');
		// It would come before the one that leads to https, and nginx takes the first.
		expect(made).not.toMatch(/listen [^;]*\b80\b/);
		const wide = edited(text.replace('listen 80;', 'listen 80 default_server;\n    listen [::]:80;'));
		expect(wide.match(/listen [^;]*;/g)).toEqual(['listen 443 ssl;', 'listen [::]:443 ssl;']);
		const {certificate: _none, ...bare} = site;
		expect(spliced(text, nginx.edit(text, siteSettings(bare)))).toContain('listen 80;');
		expect(made).toMatch(/location \/static \{\s*alias/);
		expect(edited(made)).toBe(made);
	});
});

describe("today's release", () => {
	const today = [
		'application.settings=config.settings',
		'app-settings.into.admins=[{"name":"Ada","email":"ada@example.org"}]',
	];
	const of = async (...sets: readonly string[]) => {
		const opened = await openStack(file, [...today, ...sets], createReader());
		return {opened, all: (await opened.items()).map(({resource}) => resource)};
	};

	test('has its secrets in .env, and both of its queues worked off, after the application', async () => {
		const {all} = await of();
		expect(all.map(({id}) => id)).toEqual(
			expect.arrayContaining([
				'file:/srv/www/coralnet/.env',
				'apt:redis',
				'unit:coralnet-realtime.service',
				'unit:coralnet-background.service',
			]),
		);
		expect(all.find(({id}) => id === 'unit:coralnet-realtime.service')?.needs).toEqual(
			expect.arrayContaining(['unit:coralnet.service', 'unit:redis-server.service']),
		);
		expect(all.map(({id}) => id)).not.toContain('directory:/srv/www/coralnet/project/logs');
	});

	test("keeps Redis to the application's user, before Redis starts and before anybody works its queues off", async () => {
		const {all} = await of('tasks.by=huey', 'tasks.alsoLet=["www-data"]');
		const needs = (id: string) => all.find(one => one.id === id)?.needs;
		expect(needs('redis-accounts')).toEqual(['package:nftables', 'user:coralnet', 'user:www-data']);
		expect(needs('unit:redis-server.service')).toContain('done:redis-shut');
		expect(needs('redis-set-aside')).toEqual(['done:redis-accounts', 'unit:redis-server.service']);
		for (const queue of ['realtime', 'background'])
			expect(needs(`file:/etc/systemd/system/coralnet-${queue}.service`)).toContain('done:queues');
		const open = (await of('tasks.by=huey', 'tasks.shut=false')).all.map(({id}) => id);
		expect(open.filter(id => /redis-(accounts|set-aside)|accounts\.conf/.test(id))).toEqual([]);
		expect(open).toContain('unit:coralnet-realtime.service');
	});

	test("the guide's revision serves without a queue", () => {
		expect(items.map(({resource}) => resource.id).filter(id => /redis|realtime/.test(id))).toEqual([]);
	});

	test('is started in directories that are there: one that is not lets no unit start', async () => {
		const writes = (uses: object) =>
			appSettings.offers!(
				{into: {file: '.env'}, bucket: {credentials: 'role', name: 'b', region: 'r'}} as never,
				{uses: {app: {home: '/srv/www', directory: '/srv/www/coralnet/project', ...uses}}, facts: {}} as never,
			).surroundings?.writes;
		expect(writes({})).toEqual(['/srv/www/spacer_models']);
		const {all} = await of();
		expect(all.map(({id}) => id)).toContain('directory:/srv/www/spacer_models');
	});

	test('has its keys and the address of its store in the environment of its processes, where its settings take none', async () => {
		const keys =
			'app-settings.bucket={"credentials":"keys","name":"reef","id":"AKIA1","key":{"env":"KEY"},"endpoint":"https://s.example"}';
		const {all} = await of(keys);
		expect(all.find(({id}) => id === 'unit:coralnet.service')?.needs).toContain('path:/etc/coralnet/environment');
		expect(all.find(({id}) => id === 'unit:coralnet-background.service')?.needs).toContain(
			'path:/etc/coralnet/environment',
		);
		const answers = {
			into: {file: '.env'},
			bucket: {
				credentials: 'keys',
				id: 'AKIA1',
				key: new Secret('k', 'a/b+$"\\'),
				endpoint: 'https://s.example',
				region: 'r',
			},
		};
		expect(reveal(environmentText(environmentOf(answers as never)))).toBe(
			'# Written by setup.\nAWS_DEFAULT_REGION="r"\nAWS_ACCESS_KEY_ID="AKIA1"\nAWS_SECRET_ACCESS_KEY="a/b+\\$\\"\\\\"\nAWS_ENDPOINT_URL="https://s.example"\n',
		);
		expect(environmentOf({into: {file: 'secrets.json'}, bucket: answers.bucket} as never)).toEqual([]);
		expect((await of()).all.map(({id}) => id)).not.toContain('file:/etc/coralnet/environment');
	});

	test('is told by its settings module; another one beside .env is refused before anything is made', async () => {
		const state = async (settings: string, into: string) => {
			const [probe] = appSettings.probes!(
				{into: {file: into}} as never,
				{uses: {app: {settings, settingsFile: '/x'}}, facts: {}} as never,
			);
			return (await probe!.run(createReader())).state;
		};
		expect(await state('config.settings', '.env')).toBe('ok');
		expect(await state('config.settings.production', 'secrets.json')).toBe('ok');
		expect(await state('config.settings.production', '.env')).toBe('failed');
		expect(await state('config.settings', 'secrets.json')).toBe('failed');
	});
});

describe('the files of settings', () => {
	const hostile = [
		'plain',
		"it's",
		'say "no"',
		'a$b',
		'$HOME',
		'#x',
		'two words',
		'ü€',
		'',
		'back\\slash',
		'{x}',
		'a=b',
	];

	test('secrets.json reads back what was written', () => {
		const text = reveal(secretsJson(hostile.map((value, at) => [`N${at}`, [new Secret('x', value)]])));
		expect(Object.values(JSON.parse(text))).toEqual(hostile);
	});

	test('.env takes what one kind of quotes can hold, and refuses the rest by name', () => {
		const line = (value: string): string => reveal(dotEnv([['NAME', [new Secret('x', value)]]]));
		expect(line('plain')).toBe('NAME=plain\n');
		expect(line('a$b # c')).toBe("NAME='a$b # c'\n");
		expect(line('back\\slash')).toBe("NAME='back\\slash'\n");
		expect(line("it's")).toBe('NAME="it\'s"\n');
		for (const value of ['a\nb', `'"`, "'\\", "$'"]) expect(() => line(value), value).toThrow('NAME');
	});
});
