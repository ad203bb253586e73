/** A medium with what pip takes: found out by an install in a throw-away host, the packages that others are built with included; the target reaches no index. */
import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {mediumMaker} from './support/medium-maker.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {applyIn, buildProgram, checkout, setup} from './support/setup.ts';
import {hostTest, layersOf, packageLists, withHost, withPackages} from './support/with-host.ts';

beforeAll(buildProgram, 300_000);

const program = {binds: [bring(checkout)], timeout: 900_000};

/** docopt has no wheel: it is built, with what pip fetches for that. */
const snake = `[step({
	id: 'app', title: 'App', about: 'Of a test.', guide: 'none', questions: z.strictObject({packages: z.array(z.string()).default([])}),
	resources: ({packages}) => [
		makers.dpkgConsistent(),
		makers.aptPackages({names: ['python3-venv'], recommends: false}, {id: 'apt:python', needs: ['done:dpkg-consistent']}),
		makers.user({name: 'snake', home: '/srv/snake', system: true, shell: '/usr/sbin/nologin'}),
		makers.directory({path: '/srv/snake', mode: 0o755, owner: 'snake:snake'}),
		makers.venv(
			{directory: '/srv/snake/venv', python: '/usr/bin/python3', kind: {tool: 'venv'}, packages, user: 'snake'},
			{needs: ['package:python3-venv', 'path:/srv/snake']},
		),
	],
})]`;

const put = (host: ThrowAway, ...packages: readonly string[]): string => {
	ownStack(host, 'snake', snake);
	return answersOf(host, 'snake', {app: {packages}});
};

hostTest(
	'an environment of Python is made from a medium alone; what no index gave is refused where the medium is made',
	{...program, layer: withPackages('node', ['libatomic1']), network: 'none'},
	async target => {
		const file = put(target, 'six==1.16.0', 'docopt==0.6.2');
		const [base] = await layersOf('bookworm', undefined);
		await withHost(
			{
				...program,
				binds: [...program.binds, {from: base!, to: '/opt/base', readOnly: true}],
				plain: ['/var/lib/host-setup'],
				layer: {...packageLists, on: mediumMaker},
			},
			async host => {
				put(host, 'six==1.16.0', 'docopt==0.6.2');
				const make = (...words: readonly string[]) =>
					host.run([setup, 'bundle', '/root/snake.medium', ...words, '--base', '/opt/base'], {timeout: 600_000});
				const made = await make(file);
				expect(made, made.stderr).toMatchObject({code: 0});
				copyFileSync(join(host.root, 'root/snake.medium'), join(target.root, 'root/snake.medium'));
				// As nobody nothing can be installed anywhere.
				await host.must(['cp', file, '/srv/snake.yaml']);
				const nobody = await host.run([setup, 'bundle', '/tmp/a', '/srv/snake.yaml'], {as: 'nobody'});
				expect(nobody.stderr).toContain('[bundle.needs-root]');
			},
		);

		const lacks = await target.run([setup, 'plan', put(target, 'six==1.15.0'), '--bundle', '/root/snake.medium']);
		expect(lacks.stderr).toContain('[bundle.lacks]');
		put(target, 'six==1.16.0', 'docopt==0.6.2');
		const applied = await target.run([setup, 'apply', file, '--bundle', '/root/snake.medium', '--format', 'ndjson'], {
			timeout: 300_000,
		});
		expect(applied, applied.stderr + applied.stdout.slice(-3000)).toMatchObject({code: 0});
		const names = 'import docopt, six; print(docopt.__version__, six.__version__)';
		expect(await target.must(['/srv/snake/venv/bin/python', '-c', names], {as: 'nobody'})).toBe('0.6.2 1.16.0\n');
		expect(await applyIn(target, {file})).toMatchObject({code: 0, changed: 0});
	},
);
