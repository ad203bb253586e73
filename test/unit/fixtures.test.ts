import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parser} from '@lezer/python';
import {execa, execaSync} from 'execa';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeRepository, type Repository} from '../../fixtures/apps/make-repository.ts';

const application = join(import.meta.dirname, '../../fixtures/apps/ipynbsrv');
const noGit = execaSync('git', ['--version'], {reject: false}).exitCode !== 0;
let scratch: string;

beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), 'fixtures-'));
});
afterAll(() => rm(scratch, {recursive: true, force: true}));

const git = async (repository: string, ...words: readonly string[]): Promise<string> =>
	(await execa('git', ['-c', 'safe.directory=*', '-C', repository, ...words])).stdout;

describe.skipIf(noGit)('the application as a git repository (needs git)', () => {
	let repository: Repository;

	beforeAll(async () => {
		repository = await makeRepository(join(scratch, 'served.git'), {bare: true});
	});

	it('has a tag, then master, then develop', async () => {
		expect(await git(repository.path, 'log', '--format=%H', 'develop')).toBe(
			[repository.develop, repository.master, repository.tag.commit].join('\n'),
		);
		expect(await git(repository.path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/master');
		expect(await git(repository.path, 'rev-parse', `${repository.tag.name}^{commit}`)).toBe(repository.tag.commit);
	});

	it('is the same wherever it is made, with or without a work tree', async () => {
		const other = await makeRepository(join(scratch, 'worked'));
		expect({...other, path: ''}).toEqual({...repository, path: ''});
		expect(await git(other.path, 'status', '--short')).toBe('');
	});

	it('may be read by everybody, and manage.py be run', async () => {
		for (const name of await readdir(repository.path, {recursive: true})) {
			const found = await stat(join(repository.path, name));
			expect([name, found.mode & 0o777]).toEqual([name, found.isDirectory() ? 0o755 : 0o644]);
		}
		expect(await git(repository.path, 'ls-tree', 'master', 'wui/manage.py')).toMatch(/^100755 /u);
	});

	it('tracks the .gitkeep that mkdocs removes, and not the migration that is missing', async () => {
		const names = (await git(repository.path, 'ls-tree', '-r', '--name-only', 'master')).split('\n');
		expect(names).toContain('docs/user-guide/site/img/.gitkeep');
		expect(names.filter(name => /migrations\/0/u.test(name))).toEqual(['wui/ipynbsrv/wui/migrations/0001_initial.py']);
	});

	it('never writes over what is there', async () => {
		await writeFile(join(scratch, 'note'), 'mine');
		await expect(makeRepository(scratch)).rejects.toThrow('is not empty');
	});
});

describe('the application', () => {
	it('is Python that parses', async () => {
		const files = (await readdir(application, {recursive: true})).filter(name => name.endsWith('.py'));
		expect(files.length).toBeGreaterThan(10);
		for (const name of files) {
			const faults: number[] = [];
			parser.parse(await readFile(join(application, name), 'utf8')).iterate({
				enter: node => {
					if (node.type.isError) faults.push(node.from);
				},
			});
			expect([name, faults]).toEqual([name, []]);
		}
	});

	it.each([
		'SECRET_KEY',
		'DEBUG',
		'TEMPLATE_DEBUG',
		'ALLOWED_HOSTS',
		'DATABASES',
		'TIME_ZONE',
		'DOCKER_API_VERSION',
		'DOCKER_IFACE_IP',
		'STATIC_ROOT',
	])('assigns %s once, as the guide has it', async name => {
		const settings = await readFile(join(application, 'wui/ipynbsrv/settings.py'), 'utf8');
		expect(settings.match(new RegExp(`^ *${name} *=`, 'gmu'))).toEqual([`${name} =`]);
	});

	it('has the base DN in the settings and once more in the code', async () => {
		for (const name of ['settings.py', 'models.py']) {
			expect(await readFile(join(application, 'wui/ipynbsrv', name), 'utf8')).toContain(
				"'ou=users,dc=ipynbsrv,dc=ldap'",
			);
		}
	});

	it('has the line that the guide has replaced in the site file', async () => {
		const site = await readFile(join(application, 'confs/nginx/ipynbsrv.conf'), 'utf8');
		expect(site.match(/proxy_pass {2}http:\/\/172\.17\.42\.1:\$1;/gu)).toHaveLength(1);
	});

	it('imports in its styles only what bower or its stand-ins bring', async () => {
		const less = await readFile(join(application, 'wui/ipynbsrv/wui/static/less/main.less'), 'utf8');
		const assets = join(application, '../assets');
		for (const [, name] of less.matchAll(/@import "\.\.\/(bower_components\/[^"]+)"/gu))
			expect((await stat(join(assets, `${name}.less`))).isFile()).toBe(true);
		expect((await stat(join(assets, 'bower_components/jquery/dist/jquery.min.js'))).isFile()).toBe(true);
	});
});
