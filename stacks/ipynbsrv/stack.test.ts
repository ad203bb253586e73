import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import {beforeAll, describe, expect, test} from 'vitest';
import {expectsOf} from '#answers/resolve/expects.ts';
import {type Item, orderOf} from '#engine/order.ts';
import {makePlan} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import {Secret} from '#model/secret.ts';
import {planJson} from '#report/plan-json.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import {type Opened, openStack} from '#tasks/open-stack.ts';

const file = join(import.meta.dirname, 'answers.yaml');
const guide = [
	'slapd',
	'libpam-ldap',
	'nslcd',
	'libreadline-dev',
	'libncurses5-dev',
	'libpcre3-dev',
	'libssl-dev',
	'perl',
	'make',
	'wget',
	'python-pip',
	'uwsgi-plugin-python',
	'python-dev',
	'libldap2-dev',
	'libsasl2-dev',
	'python3-psycopg2',
	'mkdocs',
	'git',
	'postgresql',
];

let opened: Opened;
let items: readonly Item[];
beforeAll(async () => {
	opened = await openStack(file, [], createReader());
	items = await opened.items();
});

describe('the ipynbsrv stack', () => {
	test('asks apt for every package that the guide names', () => {
		const provided = items.flatMap(({resource}) => resource.provides ?? []);
		for (const name of guide) expect(provided).toContain(`package:${name}`);
	});

	test('lets the LDAP client wait for the directory', () => {
		const {before} = orderOf(items);
		const all = (id: string): ReadonlySet<string> => {
			const seen = new Set<string>();
			const visit = (one: string): void =>
				[...(before.get(one) ?? [])].forEach(earlier => {
					if (!seen.has(earlier)) {
						seen.add(earlier);
						visit(earlier);
					}
				});
			visit(id);
			return seen;
		};
		expect([...all('apt:ldap-client')]).toEqual(expect.arrayContaining(['apt:slapd', 'unit:slapd.service']));
		expect([...all('unit:ipynbsrv.service')]).toEqual(
			expect.arrayContaining(['apt:slapd', 'apt:postgresql', 'apt:uwsgi']),
		);
	});

	test('tells the doctor where the password of the database is kept, and which files hold what was answered', () => {
		expect(expectsOf(opened.loaded)).toMatchObject({
			'postgres.application': [
				{role: 'ipynbsrv', password: {key: 'ipynbsrv/postgres.password', ref: {secret: 'generate'}}},
			],
			'ldap.base': [{base: 'dc=ipynbsrv,dc=ldap'}],
			'ldap.getent': [{user: 'ada'}],
			'nginx.settings': [{user: 'www-data', binary: '/usr/local/openresty/nginx/sbin/nginx'}],
			'django.debug': [{file: '/srv/ipynbsrv/_repo/wui/ipynbsrv/settings.py', debug: false}],
		});
	});

	test('does not know its secrets in a plan', () => {
		expect(opened.loaded.secrets.length).toBeGreaterThanOrEqual(5);
		for (const {secret} of opened.loaded.secrets) {
			expect(secret).toBeInstanceOf(Secret);
			expect(secret.known).toBe(false);
		}
	});

	test('plans on this machine without being root, as text and as JSON of the shipped schema', async () => {
		const plan = await makePlan(items, createReader());
		expect(plan.counts.change).toBeGreaterThan(20);
		const json = JSON.parse(planJson(plan, {stack: 'ipynbsrv', version: '0', root: '/'})) as unknown;
		const validate = new Ajv2020({strict: false}).compile(
			JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/plan.schema.json'), 'utf8')) as object,
		);
		expect([validate(json), validate.errors]).toEqual([true, null]);
		const text = planText(plan, 'Plan', {style: styleFor({}), diffs: true, verbose: false});
		expect(text).toMatch(/\[openresty\]/);
		expect(text).not.toContain('undefined');
	});
});
