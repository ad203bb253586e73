/** A stack out of nothing but shared makers, under names of its own: what they make fits together, and nothing in it is another stack's. */
import {beforeAll, describe, expect, test} from 'vitest';
import {z} from 'zod';
import {loadAnswers} from '#answers/file/load.ts';
import {answersTemplate} from '#answers/file/template.ts';
import {type Item, orderOf} from '#engine/order.ts';
import type {Resource} from '#model/resource.ts';
import {type AnyStep, defineStack, defineStep} from '#model/step.ts';
import {djangoApplication} from '#steps/django-application.ts';
import {djangoSuperuser} from '#steps/django-superuser.ts';
import {djangoTables} from '#steps/django-tables.ts';
import {gunicorn} from '#steps/gunicorn.ts';
import {nginx} from '#steps/nginx.ts';
import {nginxSite} from '#steps/nginx-site.ts';
import {postgres} from '#steps/postgres.ts';
import {nginxSiteText} from '#steps/sites/nginx-site-text.ts';
import {tls} from '#steps/tls.ts';
import {withGrounds} from '#tasks/grounds.ts';

const guide = 'a guide';

/** What a stack of Django has of its own: where its settings get what was answered. */
const settings = defineStep({
	id: 'app-settings',
	title: 'Settings',
	about: 'What only the application knows.',
	guide,
	uses: {app: 'project', database: 'database'},
	questions: z.strictObject({name: z.string().meta({title: 'Name of the site', help: 'As visitors type it.'})}),
	offers: ({name}) => ({site: {host: name, further: [`www.${name}`]}}),
	resources: () => [],
});

const stack = defineStack({
	id: 'example',
	title: 'An example',
	about: 'Made of makers.',
	guide,
	steps: [
		postgres({name: 'example', hostName: 'example.postgresql', guide}),
		djangoApplication({
			about: 'The application.',
			guide,
			name: 'example',
			home: '/srv/example',
			homeHelp: 'All lies in it.',
			data: ['media'],
			checkout: 'code',
			environment: 'environment',
			source: {ref: 'main', help: 'A URL.', example: 'https://example.org/example.git'},
			project: 'project',
			settings: 'config.settings',
			python: {requirements: ['requirements/production.txt'], debian: []},
			own: [],
		}),
		settings,
		djangoTables({guide}),
		djangoSuperuser({guide}),
		gunicorn({
			name: 'example',
			about: 'gunicorn.',
			guide,
			module: 'config.wsgi:application',
			port: 8001,
			timeout: 30,
			writes: ({home}) => [`${home}/media`],
			after: ['postgresql.service'],
			needs: ['done:tables'],
			notifies: true,
		}),
		nginx({guide}),
		tls({guide, name: 'example'}),
		nginxSite({
			name: 'example',
			about: 'The site.',
			guide,
			statics: ({home}) => [{at: '/static', directory: `${home}/static`}],
			body: 40,
		}),
	],
});

const facts = async (): Promise<Record<string, unknown>> => ({});
const answers = {
	version: 1,
	stack: 'example',
	application: {repository: 'https://example.org/example.git'},
	'app-settings': {name: 'example.org'},
	superuser: {email: 'admin@example.org'},
	tls: {by: 'self-signed'},
};

const itemsOf = async (given: object): Promise<readonly Item[]> => {
	const loaded = await loadAnswers({text: JSON.stringify(given), name: 'answers'}, stack, {facts});
	const items = stack.steps.flatMap((step: AnyStep) =>
		step
			.resources(loaded.answers.get(step.id), {facts: {}, uses: loaded.uses.get(step.id) ?? {}})
			.map((resource: Resource) => ({step: step.id as string, resource})),
	);
	return withGrounds('example', items);
};

describe('a stack made of shared steps', () => {
	let items: readonly Item[];
	beforeAll(async () => {
		items = await itemsOf(answers);
	});

	test('needs nothing that none of them makes, but what any Debian has and its own settings', () => {
		const {makers} = orderOf(items);
		const lacking = items.flatMap(({resource}) => (resource.needs ?? []).filter(thing => !makers.has(thing)));
		expect([...new Set(lacking)].sort()).toEqual([
			'done:app-settings',
			'path:/etc',
			'path:/etc/systemd/system',
			'path:/srv',
		]);
	});

	test('lets the site wait for its server and its certificate', () => {
		const site = items.find(({resource}) => resource.id === 'file:/etc/nginx/sites-available/example')?.resource;
		expect(site?.needs).toEqual(
			expect.arrayContaining(['unit:example.service', 'done:certificate', 'unit:nginx.service']),
		);
		expect(site?.owes).toEqual([{unit: 'nginx.service', do: 'reload'}]);
	});

	test('serves the challenge of an authority before there is a certificate, and shows that one after', async () => {
		const all = await itemsOf({...answers, tls: {by: 'certbot'}});
		const find = (id: string) => all.find(({resource}) => resource.id === id)?.resource;
		const {before} = orderOf(all);
		const asked = before.get('certbot:example')!;
		expect([...asked]).toEqual(
			expect.arrayContaining(['file:/etc/nginx/sites-enabled/example-http.conf', 'unit:nginx.service']),
		);
		expect([...before.get('file:/etc/nginx/sites-available/example')!]).toContain('certbot:example');
		expect(find('file:/etc/nginx/sites-enabled/example-http.conf')?.owes).toEqual([
			{unit: 'nginx.service', do: 'reload'},
		]);
		expect(find('unit:certbot.timer')).toBeDefined();
	});

	test('has names of its own and none of another stack', async () => {
		const template = await answersTemplate(stack, facts);
		expect(template).not.toContain('ipynbsrv');
		expect(JSON.stringify(items.map(({resource}) => resource))).not.toContain('ipynbsrv');
		expect(items.map(({resource}) => resource.id)).toEqual(
			expect.arrayContaining(
				[
					'path:/srv/example/media',
					'file:/etc/systemd/system/example.service',
					'self-signed:/etc/ssl/example/site.crt',
				].map(id => expect.stringContaining(id.split(':')[1]!)),
			),
		);
	});

	test('needs no certificate where none is answered, and looks at those that are brought', async () => {
		expect((await itemsOf({...answers, tls: {by: 'none'}})).some(({step}) => step === 'tls')).toBe(false);
		const own = await itemsOf({...answers, tls: {by: 'files', certificate: '/root/a.pem', key: '/root/a.key'}});
		expect(own.filter(({step}) => step === 'tls').map(({resource}) => resource.id)).toEqual([
			'own-certificate:/root/a.pem',
		]);
	});
});

describe('the text of a site', () => {
	const site = {
		names: ['example.org', 'www.example.org'],
		to: {address: '127.0.0.1', port: 8001},
		timeout: 33,
		body: 40,
		statics: [{at: '/static', directory: '/srv/an example/static'}],
	} as const;

	test('leads to https where there is a certificate, and serves there only', () => {
		const text = nginxSiteText({...site, certificate: {certificate: '/etc/ssl/a.crt', key: '/etc/ssl/a.key'}});
		const [plain = '', secure = ''] = text.split('\n\n');
		expect(plain).toContain('return 301 https://$host$request_uri;');
		expect(plain).not.toContain('proxy_pass');
		expect(secure).toContain('listen 443 ssl;');
		expect(secure).toContain('proxy_set_header X-Forwarded-Proto $scheme;');
	});

	test('closes the way out of a directory of static files, and quotes what has blanks', () => {
		expect(nginxSiteText(site)).toContain(
			'location /static/ {\n\t\talias "/srv/an example/static/";\n\t\tdisable_symlinks if_not_owner;',
		);
	});
});
