/** `setup plan --root DIR`: files of an image answer, what only a running host can tell is unknown with its reason, and nothing is written. */
import {cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect} from 'vitest';
import {layersOf, machineTest} from './support/with-host.ts';

type Node = {
	readonly id: string;
	readonly type: string;
	readonly state: 'ok' | 'change' | 'unknown' | 'failed';
	readonly why?: {readonly because: string; readonly need?: string; readonly thing?: string};
};
type Planned = {
	readonly code: number | undefined;
	readonly root: string;
	readonly counts: Readonly<Record<Node['state'], number>>;
	readonly nodes: readonly Node[];
};

const checkout = join(import.meta.dirname, '../..');

describe('an image that does not run', () => {
	machineTest('is planned from its files, and left as it is', {network: 'none'}, async () => {
		const [image = ''] = await layersOf('bookworm', undefined);
		const before = metadata(image);
		const {code, root, counts, nodes} = await planOf(image);
		expect(metadata(image)).toEqual(before);
		expect({code, root}).toEqual({code: 3, root: image});
		expect(counts.failed).toBe(0);
		expect(
			nodes
				.filter(one => one.state === 'unknown')
				.map(one => one.why?.because)
				.filter(because => because !== 'offline-root' && because !== 'until'),
		).toEqual([]);

		// A minimal Debian has a whole package database, and no proxy is where none was answered; of the rest of the stack it has nothing.
		expect(idsOf(nodes, 'ok')).toEqual(['proxy-file:/etc/systemd/host-setup-proxy.env', 'dpkg-consistent:dpkg']);
		expect(idsOf(nodes, 'change')).toEqual(
			expect.arrayContaining(['apt:packages', 'user:ipynbsrv', 'directory:/srv/ipynbsrv', 'edit:/etc/nsswitch.conf']),
		);
		// What must be asked of a program, a server or the kernel is not guessed from files, and never asked of the machine we are on.
		for (const id of [
			'requirements',

			'unit:slapd.service',
			'ldap-entry:ou=users,dc=ipynbsrv,dc=ldap',
			'proof:getent:passwd:ada',
			'proof:http:login-page',
			'proof:http:ldap-user',
		])
			expect(nodes.find(one => one.id === id)).toMatchObject({
				state: 'unknown',
				why: {because: 'offline-root', need: expect.stringMatching(/./)},
			});
	});

	machineTest('has links of its own: an absolute one stays inside', {network: 'none'}, async () => {
		const [image = ''] = await layersOf('bookworm', undefined);
		const root = mkdtempSync(join(tmpdir(), 'hs-root-'));
		try {
			for (const path of ['etc', 'usr/lib/os-release', 'var/lib/dpkg'])
				cpSync(join(image, path), join(root, path), {recursive: true, verbatimSymlinks: true});
			for (const path of ['data', 'srv/elsewhere']) mkdirSync(join(root, path), {recursive: true});
			writeFileSync(join(root, 'data/hosts'), '127.0.0.1 localhost ipynbsrv.ldap\n127.0.0.1 ipynbsrv.postgresql\n');
			rmSync(join(root, 'etc/hosts'), {force: true});
			symlinkSync('/data/hosts', join(root, 'etc/hosts'));
			symlinkSync('/srv/elsewhere', join(root, 'srv/ipynbsrv'));
			const before = metadata(root);
			const {nodes} = await planOf(root);
			expect(metadata(root)).toEqual(before);
			expect(idsOf(nodes, 'ok')).toEqual(
				expect.arrayContaining(['hosts-name:ipynbsrv.ldap', 'hosts-name:ipynbsrv.postgresql']),
			);
		} finally {
			rmSync(root, {recursive: true, force: true});
		}
	});

	machineTest('must be there', {network: 'none'}, async () => {
		const {exitCode, stderr} = await setup('--root', '/nonexistent');
		expect(exitCode).toBe(64);
		expect(stderr).toMatch(/\[usage\.no-root\] \/nonexistent is not a directory[\s\S]*next {2}Name the directory/);
	});
});

const setup = (...argv: readonly string[]) =>
	execa(
		process.execPath,
		[
			'--disable-warning=ExperimentalWarning',
			join(checkout, 'src/cli.ts'),
			'plan',
			join(checkout, 'fixtures/answers/ipynbsrv.yaml'),
			...argv,
		],
		{reject: false, stdin: 'ignore'},
	);

const planOf = async (root: string): Promise<Planned> => {
	const {exitCode, stdout, stderr} = await setup('--root', root, '--format', 'json');
	expect(stderr).toBe('');
	return {...(JSON.parse(stdout) as Planned), code: exitCode};
};

const idsOf = (nodes: readonly Node[], state: Node['state']): readonly string[] =>
	nodes.filter(one => one.state === state).map(one => one.id);

/** A write, a new name or another mode moves the change time, which nobody can set. */
const metadata = (path: string): readonly string[] => {
	const stat = lstatSync(path, {bigint: true});
	return [
		`${path} ${stat.ctimeNs}`,
		...(stat.isDirectory()
			? readdirSync(path)
					.sort()
					.flatMap(name => metadata(join(path, name)))
			: []),
	];
};
