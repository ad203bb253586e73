// packages: git
import {appendFile, chown, mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {rootCopy} from '#resources/web-sites/root-copy.ts';
import {conformance} from './suite.ts';
import {output} from './tools.ts';

const tree = '/srv/conformance-tree';
const from = `${tree}/site.conf`;
const parent = '/etc/conformance';
const path = `${parent}/site.conf`;

const fresh = async (): Promise<void> => {
	for (const one of [tree, parent]) await rm(one, {recursive: true, force: true});
	await mkdir(tree);
	await mkdir(parent);
	await writeFile(from, 'server {\n    listen 8081;\n    location / { proxy_pass http://172.17.42.1:$1; }\n}\n');
	const git = (...args: string[]) =>
		output('git', '-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args);
	await git('init', '--quiet');
	await git('add', '.');
	await git('commit', '--quiet', '-m', 'one');
	await output('chown', '-R', 'games:games', tree);
};

const copy = () =>
	rootCopy(path, async () => ({
		format: 'nginx',
		settings: [{anywhere: true, directive: 'proxy_pass', args: [['http://10.0.0.1:$1']], variables: true}],
		from,
		checkout: tree,
		user: 'games',
		path,
		conf: '/etc',
		accepted: [],
		acceptedBy: 'some.answer',
	}));

conformance('root-copy', [
	{
		name: 'a new copy',
		prepare: fresh,
		resource: copy,
		breakIt: () => chown(path, 5, 60),
		touches: [parent, tree],
	},
	{
		name: 'of a source that somebody changed',
		async prepare() {
			await fresh();
			await writeFile(path, 'server { listen 8082; }\n', {mode: 0o600});
		},
		resource: copy,
		breakIt: () => appendFile(from, '# changed\n'),
		touches: [parent],
	},
	{
		name: "in the place of a link to root's",
		async prepare() {
			await fresh();
			await symlink('/etc/hostname', path);
		},
		resource: copy,
		touches: [parent, tree],
	},
]);
