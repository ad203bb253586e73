import {appendFile, chmod, mkdir, readFile, rm, symlink, utimes, writeFile} from 'node:fs/promises';
import {describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {assetBuild} from '#resources/assets/build.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';
import {output} from './tools.ts';

const root = '/srv/conformance-assets';
const tool = '/opt/conformance-assets.sh';

/** Like mkdocs --clean: sweeps the site, also what git tracks in it, and makes it anew. It leaves something in its home as well. */
const script = `#!/bin/sh
set -e
rm -rf site
mkdir -p site/img
cat docs/*.md > site/index.html
echo "made by $(id -un)" > site/img/note
`;

const fresh = async (): Promise<void> => {
	for (const path of [root, '/var/lib/host-setup/stamps']) await rm(path, {recursive: true, force: true});
	await mkdir(`${root}/docs`, {recursive: true});
	await mkdir(`${root}/less`);
	await writeFile(`${root}/docs/index.md`, 'hello\n');
	await writeFile(`${root}/less/main.less`, 'a { color: red }\n');
	await writeFile(tool, script);
	await chmod(tool, 0o755);
	await output('chown', '-R', 'games:games', root);
};

/** What a checkout holds where the tool writes: the tool takes it away, undo gives it back. */
const tracked = async (): Promise<void> => {
	await fresh();
	await mkdir(`${root}/site/old/deep`, {recursive: true});
	await writeFile(`${root}/site/old/deep/.gitkeep`, '');
	await symlink('old', `${root}/site/link`);
	await output('chown', '-hR', 'games:games', `${root}/site`);
};

const style = () =>
	assetBuild({
		name: 'style',
		argv: ['/usr/bin/install', '-D', '-m', '644', 'less/main.less', 'static/css/main.css'],
		cwd: root,
		as: 'games',
		inputs: ['less/'],
		outputs: ['static/css/main.css'],
		tool: '1',
	});
const guide = () =>
	assetBuild({name: 'guide', argv: [tool], cwd: root, as: 'games', inputs: ['docs/**/*.md'], outputs: ['site/']});

conformance('asset-build', [
	{
		name: 'one file',
		prepare: fresh,
		resource: style,
		breakIt: () => appendFile(`${root}/static/css/main.css`, 'x'),
		touches: [root],
	},
	{name: 'a directory', prepare: fresh, resource: guide, breakIt: () => rm(`${root}/site/img/note`), touches: [root]},
	{
		name: 'a directory that the tool sweeps first',
		prepare: tracked,
		resource: guide,
		breakIt: () => rm(`${root}/site/img/note`),
		touches: [root],
	},
]);

describe('asset-build, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-assets-state');
	const lookAt = async (resource: ReturnType<typeof style>): Promise<unknown> => {
		const look = await resource.look(createReader());
		return look.state === 'change' ? look.changes[0]!.from : look.state;
	};

	it('knows why something must be made again, and when it need not', async () => {
		await fresh();
		await bench.converge(style());
		await utimes(`${root}/less/main.less`, new Date(), new Date());
		expect(await lookAt(style())).toBe('ok');
		await appendFile(`${root}/less/main.less`, 'b {}\n');
		expect(await lookAt(style())).toBe('older than its sources');
		await bench.converge(style());
		await writeFile(`${root}/static/css/main.css`, 'by hand');
		expect(await lookAt(style())).toBe('changed since it was made');
		await rm(`${root}/static`, {recursive: true});
		expect(await lookAt(style())).not.toBe('ok');
		await bench.converge(style());
		expect(
			await lookAt(
				assetBuild({
					name: 'style',
					argv: ['/usr/bin/other'],
					cwd: root,
					as: 'games',
					inputs: ['less/'],
					outputs: ['static/css/main.css'],
				}),
			),
		).not.toBe('ok');
	});

	it('runs the tool as the user', async () => {
		await fresh();
		await bench.converge(guide());
		expect(await readFile(`${root}/site/img/note`, 'utf8')).toBe('made by games\n');
	});

	it('does not undo what somebody changed since', async () => {
		await fresh();
		const done = await bench.converge(guide());
		await writeFile(`${root}/site/mine.html`, 'mine');
		expect(['kept', 'conflict']).toContain((await bench.undo(done, {}))[0]?.outcome);
		expect(await readFile(`${root}/site/mine.html`, 'utf8')).toBe('mine');
	});

	it('says why a tool failed, and goes on when it is mended', async () => {
		await fresh();
		await writeFile(tool, '#!/bin/sh\necho "ParseError: Unrecognised input in main.less on line 3"; exit 1\n');
		await expect(bench.converge(guide())).rejects.toMatchObject({sentence: expect.stringContaining('line 3')});
		await writeFile(tool, '#!/bin/sh\n');
		await expect(bench.converge(guide())).rejects.toMatchObject({code: 'asset.nothing'});
		await writeFile(tool, script);
		await bench.converge(guide());
	});
});
