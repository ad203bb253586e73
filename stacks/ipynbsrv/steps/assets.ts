import {z} from 'zod';
import {absolutePath} from '#answers/questions/questions.ts';
import type {Resource} from '#model/resource.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {assetBuild} from '#resources/assets/build.ts';
import {npmTool} from '#resources/assets/npm-tool.ts';
import {djangoCollectstatic} from '#resources/django/migrate-and-collect.ts';
import {copyTree} from '#resources/files/copy-tree.ts';
import {pathThere} from '#steps/probes/files.ts';
import {urlThere} from '#steps/probes/url.ts';
import {mkdocsProbes, mkdocsQuestion, userGuide} from '#steps/shared/mkdocs.ts';
import {projectOf} from '#steps/shared/project.ts';
import {treePath} from '#steps/shared/tree-path.ts';

const version = z.string().regex(/^\d+(\.\d+){0,2}$/, {error: 'must be a version such as 4.2.0'});

/** Front-end dependencies, styles, the user guide, then collectstatic: in that order, each again only when what it reads or made has changed. */
export const assets = defineStep({
	id: 'assets',
	title: 'Static files',
	about:
		"bower, lessc, mkdocs, collectstatic, in that order and as the application's user. Each runs again when its sources, its tool or its output changed; bower's registry is often out of reach, so a directory can stand in for it.",
	guide: 'ipynbsrv: manage.py (bower, lessc, mkdocs, collectstatic)',
	uses: {app: 'project', database: 'database', frontend: 'frontend', sources: 'sources'},
	questions: z
		.strictObject({
			bower: z
				.discriminatedUnion('use', [
					z.strictObject({use: z.literal('none').meta({title: 'The project needs none'})}),
					z.strictObject({
						use: z.literal('copy').meta({title: 'Copy them from this host'}),
						from: absolutePath().meta({
							reads: 'path',
							title: 'Directory with the components',
							help: 'Its folders are copied to where bower would have put them.',
							example: '/root/bower_components',
						}),
					}),
					z.strictObject({
						use: z.literal('bower').meta({title: 'bower install'}),
						version: version
							.default('1.8.14')
							.meta({title: 'Version of bower', help: 'From the npm registry.', from: 'setup'}),
					}),
				])
				.prefault({use: 'bower'})
				.meta({
					title: 'Front-end dependencies',
					help: "Bower's registry is often out of reach; the same components can come from a folder of this host.",
					from: 'guide',
				}),
			staticDirectory: treePath().default('wui/ipynbsrv/wui/static').meta({
				title: 'Directory of bower.json and less/, in the tree',
				help: 'From the top of the repository.',
				from: 'guide',
			}),
			less: z.boolean().default(true).meta({
				title: 'Compile less/main.less to css/main.css',
				help: 'Without it the pages have no style, unless the repository holds the result.',
				from: 'guide',
			}),
			lessVersion: version
				.default('4.2.0')
				.meta({title: 'Version of less', help: 'Where it comes from npm.', from: 'setup'}),
			guide: z
				.boolean()
				.default(true)
				.meta({title: 'Build the user guide', help: 'With mkdocs, into the pages of the site.', from: 'guide'}),
			guideDirectory: treePath()
				.default('docs/user-guide')
				.meta({title: 'Directory of mkdocs.yml, in the tree', help: 'From the top of the repository.', from: 'guide'}),
			mkdocs: mkdocsQuestion(),
			collect: z.boolean().default(true).meta({
				title: 'collectstatic',
				help: 'Gathers the style sheets and pictures of all parts where the web server serves them.',
				from: 'guide',
			}),
		})
		.meta({title: 'Static files'}),
	defaults: ({uses}) =>
		uses.sources.demo === undefined
			? {}
			: {bower: {value: {use: 'copy', from: `${uses.sources.demo}/bower_components`}, from: 'sources'}},
	probes: ({bower, guide, mkdocs}, {uses: {sources}}) => [
		...(bower.use === 'bower'
			? [urlThere('registry', 'https://registry.bower.io/packages/jquery', ['bower.use'], ['done:bower'])]
			: []),
		...(bower.use === 'copy' && !(sources.demo !== undefined && bower.from.startsWith(`${sources.demo}/`))
			? [pathThere('components', bower.from, ['bower.from'], 'directory', ['done:bower'])]
			: []),
		...(guide ? mkdocsProbes(mkdocs) : []),
	],
	resources: (answers, {uses: {app, database, frontend}}) => {
		const statics = `${app.repository}/${answers.staticDirectory}`;
		const tree = [`path:${app.repository}`] as const;
		const npm = frontend.npm;
		const out: Resource[] = [];
		if (answers.bower.use === 'copy')
			out.push(
				copyTree(
					{name: 'bower', from: answers.bower.from, to: `${statics}/bower_components`, as: app.user},
					{needs: tree, provides: ['done:bower']},
				),
			);
		if (answers.bower.use === 'bower') {
			if (!npm)
				out.push(
					aptPackages(
						{names: ['nodejs', 'npm'], recommends: false},
						{id: 'apt:bower', needs: ['done:requirements', 'done:dpkg-consistent']},
					),
				);
			out.push(
				npmTool(
					{name: 'bower', version: answers.bower.version, prefix: '/usr/local/lib/host-setup/bower', bin: 'bower'},
					{needs: ['package:npm']},
				),
				assetBuild(
					{
						name: 'bower',
						argv: ['/usr/local/lib/host-setup/bower/bin/bower', 'install', '--config.interactive=false'],
						cwd: statics,
						as: app.user,
						fetches: true,
						inputs: ['bower.json'],
						outputs: ['bower_components/'],
						tool: answers.bower.version,
					},
					{needs: [...tree, 'path:/usr/local/lib/host-setup/bower/bin/bower'], provides: ['done:bower']},
				),
			);
		}
		if (answers.less && npm)
			out.push(
				npmTool(
					{name: 'less', version: answers.lessVersion, prefix: '/usr/local/lib/host-setup/less', bin: 'lessc'},
					{needs: ['package:npm']},
				),
			);
		if (answers.less) {
			out.push(
				assetBuild(
					{
						name: 'less',
						argv: [
							npm ? '/usr/local/lib/host-setup/less/bin/lessc' : '/usr/bin/lessc',
							'--compress',
							'less/main.less',
							'css/main.css',
						],
						cwd: statics,
						as: app.user,
						inputs: ['less/', 'bower_components/'],
						outputs: ['css/main.css'],
						tool: npm ? answers.lessVersion : 'debian',
					},
					{
						needs: [
							...tree,
							npm ? ('path:/usr/local/lib/host-setup/less/bin/lessc' as const) : ('package:node-less' as const),
							...(answers.bower.use === 'none' ? [] : ['done:bower' as const]),
						],
						provides: ['done:less'],
					},
				),
			);
		}
		if (answers.guide)
			out.push(...userGuide(answers.mkdocs, {app, directory: answers.guideDirectory, installed: frontend.mkdocs}));
		if (answers.collect) {
			out.push(
				djangoCollectstatic(
					{project: projectOf(app, database)},
					{
						needs: [
							'done:app-settings',
							'done:python',
							...(answers.bower.use === 'none' ? [] : ['done:bower' as const]),
							...(answers.less ? ['done:less' as const] : []),
							...(answers.guide ? ['done:guide' as const] : []),
						],
						provides: ['done:static'],
					},
				),
			);
		}
		return out;
	},
});
