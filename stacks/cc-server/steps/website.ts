import {z} from 'zod';
import {absolutePath} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {apacheModule} from '#resources/apache/module.ts';
import {apacheSite} from '#resources/apache/site.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {ccServerProof} from '#resources/web-proof/cc-server.ts';
import {pathThere} from '#steps/probes/files.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {afterServers} from '../after-servers.ts';
import {siteText} from '../site-file.ts';

const apache = 'apache2.service';
const dropIn = `${apache}.d/cc-server.conf`;
const available = '/etc/apache2/sites-available/cc-server.conf';

/** Apache with mod_wsgi, last of all; and the proof that a task comes back. */
export const website = defineStep({
	id: 'website',
	title: 'Web site',
	about:
		'Apache with mod_wsgi in the environment of CC-Server, started after all that it needs: a node that is dead when it starts stays dead until the next start, and group docker counts from a start on.',
	guide: 'CC-Server: Apache 2 WSGI',
	uses: {
		app: 'ccServer',
		site: 'ccSite',
		image: 'ccImage',
		config: 'ccConfig',
		registry: 'registry',
		engine: 'engine',
		database: 'database',
		engines: 'ccNodes',
	},
	questions: z.strictObject({
		stockSite: z.boolean().default(true).meta({
			title: "Keep Debian's stock site on port 80",
			help: 'It shows a page without a secret; CC-Server answers on 443 alone.',
			from: 'setup',
		}),
		interface: z
			.discriminatedUnion('from', [
				z.strictObject({from: z.literal('none').meta({title: 'None'})}),
				z.strictObject({
					from: z.literal('built').meta({title: 'CC-UI, built already'}),
					directory: absolutePath().meta({
						reads: 'path',
						title: 'Directory of its index.html',
						help: "What its `npm run build` made, root's alone to write.",
						example: '/srv/cc-ui',
					}),
				}),
			])
			.prefault({from: 'none'})
			.meta({
				title: 'Web interface',
				help: 'Its pages ask CC-Server from the browser; served at the top of the site.',
				from: 'setup',
			}),
		processes: z
			.int()
			.min(1)
			.max(64)
			.default(4)
			.meta({title: 'Processes', help: 'Of CC-Server in Apache.', from: 'guide'}),
		threads: z
			.int()
			.min(1)
			.max(256)
			.default(16)
			.meta({title: 'Threads of each', help: 'Of CC-Server in Apache.', from: 'guide'}),
	}),
	probes: answers => [
		portFree(443, {ours: ['apache2'], about: ['processes']}),
		...(answers.interface.from === 'built'
			? [pathThere('interface', `${answers.interface.directory}/index.html`, ['interface.directory'], 'file')]
			: []),
	],
	resources: (
		{stockSite, interface: pages, processes, threads},
		{uses: {app, site, image, config, registry, engine, database, engines}},
	) => [
		aptPackages(
			{names: ['apache2', 'libapache2-mod-wsgi-py3'], recommends: false},
			{
				id: 'apt:apache',
				needs: ['done:requirements', 'done:dpkg-consistent'],
				provides: ['path:/etc/apache2/sites-available', 'path:/etc/apache2'],
			},
		),
		apacheModule({names: ['ssl', 'wsgi']}, {needs: ['package:libapache2-mod-wsgi-py3']}),
		file(
			{
				path: available,
				text: siteText({
					host: site.host,
					alias: site.containersHost,
					certificate: site.certificate,
					key: site.key,
					user: app.user,
					repository: app.repository,
					environment: app.environment,
					...(pages.from === 'built' && {pages: pages.directory}),
					processes,
					threads,
				}),
				mode: 0o644,
				owner: 'root:root',
			},
			{needs: ['done:certificate'], owes: [{unit: apache, do: 'restart'}]},
		),
		...(stockSite ? [] : [apacheSite({name: '000-default', enabled: false})]),
		apacheSite(
			{name: 'cc-server', enabled: true},
			{
				needs: [
					'done:apache-module:ssl',
					'done:apache-module:wsgi',
					'done:certificate',
					'done:python',
					'done:cc-admin',
					image.made,
					engine.ready,
					...(engines.nodes.length === 0 ? [] : (['done:cc-nodes'] as const)),
				],
				owes: [{unit: apache, do: 'restart'}],
			},
		),
		directory({path: `/etc/systemd/system/${apache}.d`, mode: 0o755, owner: 'root:root'}),
		unitFile({
			name: dropIn,
			text: afterServers([
				{unit: 'docker.service'},
				{unit: 'docker-registry.service', port: Number(registry.server.split(':')[1])},
				...(database.unit === undefined ? [] : [{unit: database.unit, port: database.port}]),
			]),
		}),
		unit(
			{name: apache, enabled: true, running: true, files: [available, config.path]},
			{
				needs: [
					'package:apache2',
					'done:apache-site:cc-server',
					'done:cc-config',
					`path:/etc/systemd/system/${dropIn}`,
				],
			},
		),
		ccServerProof(
			{
				address: 'https://127.0.0.1:443',
				host: site.host,
				base: '/cc',
				certificate: site.certificate,
				user: config.admin,
				password: config.password,
				nodes: ['local', ...engines.nodes.map(({name}) => name)],
				log: {path: `${app.home}/log/server.log`, owner: app.user},
				unit: apache,
				...(image.runsTasks && {
					task: {
						image: image.reference,
						input: `https://${site.containersHost}/cc/`,
						registry: {user: registry.user, password: registry.password},
					},
				}),
				watch: [available, config.path, site.certificate],
			},
			{needs: [`unit:${apache}`], title: `https://${site.host}/cc answers, and runs a task`},
		),
	],
});
