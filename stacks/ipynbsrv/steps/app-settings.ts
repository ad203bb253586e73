import {isIP} from 'node:net';
import {z} from 'zod';
import {hostName, oneLine, secret, timeZone} from '#answers/questions/questions.ts';
import type {PythonSetting} from '#edit/python/settings.ts';
import {docker0} from '#host/docker/now.ts';
import {hostNames} from '#host/system/host-names.ts';
import {localZone} from '#host/system/local-zone.ts';
import type {Reader} from '#model/host.ts';
import {defineStep} from '#model/step.ts';
import {lateEdit} from '#resources/files/edit.ts';
import {codeMentions} from '#resources/git/code-mentions.ts';
import {treeText} from '#resources/git/tree-text.ts';
import {namesResolve} from '#steps/probes/names.ts';
import {treeOf} from '#steps/shared/project.ts';
import {furtherSettings, literalOf, pathOf} from '#steps/shared/python-value.ts';
import {siteEditsQuestion} from '#steps/sites/site-edits.ts';
import {guideHome, homeInSettings} from './other-home.ts';
import {dockerAddressOf, siteSettings} from './site-file.ts';

const ipv4 = z.ipv4({error: "must be 'detect' or an IPv4 address"});

/** The guide's table of settings.py; the address of docker0 in the site file where that is a link, else the copy has it. */
export const appSettings = defineStep({
	id: 'app-settings',
	title: 'Application settings',
	about:
		"The options of the guide's table in settings.py, further ones of your own, and docker0's address in the site file. Only the values change; every other byte of the files stays.",
	guide: 'ipynbsrv: settings.py',
	uses: {directory: 'directory', database: 'database', app: 'project', engine: 'engine?', file: 'siteFile'},
	facts: {hostNames, localZone, docker0},
	questions: z.strictObject({
		secretKey: secret({generate: 'default', min: 32}).meta({
			title: 'SECRET_KEY',
			help: 'Signs sessions and password links; another one logs everybody out.',
			from: 'guide',
		}),
		debug: z.boolean().default(false).meta({
			title: 'DEBUG and TEMPLATE_DEBUG',
			help: 'Shows the source and the settings to visitors when something fails: never on a site that others reach.',
			from: 'guide',
		}),
		allowedHosts: z
			.array(z.union([hostName(), z.literal('*'), z.string().regex(/^\.[A-Za-z0-9.-]+$/), z.ipv4(), z.ipv6()]))
			.min(1)
			.meta({
				title: 'ALLOWED_HOSTS',
				help: "The names under which the site is asked for. The guide's ['*'] is open to forged Host headers.",
				example: ['ipynbsrv.example.org'],
			}),
		timeZone: timeZone().meta({title: 'TIME_ZONE', help: 'In which the pages show times.', example: 'Europe/Zurich'}),
		dockerApiVersion: z
			.union([
				z.literal('detect'),
				z.string().regex(/^\d+\.\d+$/, {error: "must be 'detect' or a version such as 1.41"}),
			])
			.default('detect')
			.meta({
				title: 'DOCKER_API_VERSION',
				help: "'detect' asks the engine; without one the value in the file stays.",
				from: 'guide',
			}),
		dockerAddress: z
			.union([z.literal('detect'), ipv4])
			.default('detect')
			.meta({
				title: 'DOCKER_IFACE_IP',
				help: "'detect' reads docker0; without it 172.17.0.1, which is what Docker takes.",
				from: 'guide',
			}),
		resolver: z
			.union([z.literal('keep'), oneLine({max: 200})])
			.default('keep')
			.meta({title: 'Resolver in the site file', help: "'keep' leaves the repository's.", from: 'setup'}),
		ownName: z.enum(['here', 'resolver']).default('here').meta({
			title: "Where the site file asks for the server's own name",
			help: "Before a workspace is opened, the published file asks http://$host whether the user may, by public resolvers: without an entry there every workspace is an error. 'here' asks this host at its own address, with the name as a header; 'resolver' leaves it.",
			from: 'setup',
		}),
		siteEdits: siteEditsQuestion('unix:/run/ipynbsrv/wui.sock').meta({
			title: 'Further changes to the site file',
			help: "A list of {directive: proxy_read_timeout, in: 'server > location = /auth', to: '60s'}: where, and what it is to say.",
			from: 'setup',
		}),
		baseDnInCode: z.enum(['refuse', 'accept']).default('refuse').meta({
			title: "When the base DN differs from the published code's",
			help: "'refuse' names the places in the code that still hold dc=ipynbsrv,dc=ldap, and stops there: logins would fail. 'accept' goes on.",
			from: 'setup',
		}),
		further: furtherSettings.meta({
			title: 'Further settings',
			help: "A list of {name: \"DATABASES['ldap']['NAME']\", value: …}; {python: 'EXPRESSION'} as the value is written as it stands.",
			from: 'setup',
		}),
	}),
	defaults: ({facts}) => ({
		allowedHosts: {value: [...facts.hostNames], from: 'this host'},
		timeZone: {value: facts.localZone, from: 'this host'},
	}),
	probes: ({allowedHosts}) => {
		const names = allowedHosts.filter(name => name !== '*' && !name.startsWith('.'));
		return names.length === 0 ? [] : [namesResolve(names, ['allowedHosts'])];
	},
	offers: ({allowedHosts, dockerAddress, resolver, ownName, siteEdits}, {uses: {engine}}) => ({
		siteEdits: {dockerAddress, resolver, ownName, siteEdits, waits: engine === undefined ? [] : [engine.ready]},
		site: siteOf(allowedHosts),
	}),
	expects: ({debug, allowedHosts}, {uses: {app}}) => ({
		'django.debug': {file: app.settingsFile, debug},
		'django.allowed-hosts': {file: app.settingsFile, names: allowedHosts},
	}),
	resources: (answers, {uses: {directory, database, app, engine, file}}) => {
		const path = app.settingsFile;
		const site = file.from;
		const python = {language: app.language};
		const iface = engine === undefined ? [] : [engine.ready];
		const at = (path: string, value: Parameters<typeof literalOf>[0]) => ({
			path: pathOf(path),
			value: literalOf(value),
			...python,
		});
		const fixed = [
			at('SECRET_KEY', [answers.secretKey]),
			at('DEBUG', answers.debug),
			at('TEMPLATE_DEBUG', answers.debug),
			at('ALLOWED_HOSTS', answers.allowedHosts),
			at("DATABASES['default']['NAME']", database.name),
			at("DATABASES['default']['USER']", database.role),
			at("DATABASES['default']['PASSWORD']", [database.password]),
			at("DATABASES['default']['HOST']", database.host),
			at("DATABASES['ldap']['NAME']", directory.uri),
			at("DATABASES['ldap']['USER']", directory.bindDn),
			at("DATABASES['ldap']['PASSWORD']", [directory.password]),
			at('TIME_ZONE', answers.timeZone),
			...answers.further.map(one => at(one.name, one.value)),
		];
		const moved = async (host: Reader): Promise<readonly PythonSetting[]> => {
			if (app.home === guideHome) return [];
			const source = await treeText(host, treeOf(app), path.slice(app.repository.length + 1));
			const said = answers.further.map(({name}) => name);
			return homeInSettings(source ?? '', app.home, app.language).filter(one => !said.includes(String(one.path[0])));
		};
		const otherBase = directory.base !== published && answers.baseDnInCode === 'refuse';
		const mentions = otherBase
			? [
					codeMentions(
						{
							tree: treeOf(app),
							files: ['**/*.py'],
							settings: {path: path.slice(app.repository.length + 1), made: fixed},
							value: published,
							answered: directory.base,
							furtherBy: 'app-settings.further',
							acceptedBy: 'app-settings.baseDnInCode: accept',
						},
						{provides: ['done:code-fits']},
					),
				]
			: [];
		return [
			...mentions,
			lateEdit(
				path,
				async host => {
					const found = await host.fact(docker0);
					const version = answers.dockerApiVersion === 'detect' ? found.apiVersion : answers.dockerApiVersion;
					return {
						path,
						format: 'python',
						settings: [
							...fixed,
							...(version === undefined ? [] : [at('DOCKER_API_VERSION', version)]),
							at('DOCKER_IFACE_IP', await dockerAddressOf(answers, host)),
							...(await moved(host)),
						],
						secretFile: true,
						mode: 0o640,
					};
				},
				{
					needs: [`path:${path}`, ...iface],
					locks: [`path:${path}`],
					provides: ['done:app-settings'],
					owes: [{unit: app.service, do: 'restart'}],
				},
				{path, format: 'python', settings: fixed, secretFile: true, mode: 0o640},
			),
			...(!file.link
				? []
				: [
						lateEdit(
							site,
							async host => ({path: site, format: 'nginx', settings: await siteSettings(answers, {app, file}, host)}),
							{
								needs: [`path:${site}`, ...iface],
								locks: [`path:${site}`],
								owes: [{unit: 'openresty.service', do: 'reload'}],
							},
						),
					]),
		];
	},
});

/** The first name is asked for; the others that have a domain lead to the same. */
const siteOf = (allowed: readonly string[]) => {
	const [host = 'localhost', ...others] = allowed.filter(name => name !== '*' && !name.startsWith('.'));
	return {host, further: others.filter(name => name.includes('.') && isIP(name) === 0)};
};

/** The base DN in the published code. */
const published = 'dc=ipynbsrv,dc=ldap';
