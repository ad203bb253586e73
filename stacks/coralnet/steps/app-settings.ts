import {dirname} from 'node:path';
import {type AwsKey, readKeyFile} from '#host/aws/key-file.ts';
import {hostNames} from '#host/system/host-names.ts';
import {localZone} from '#host/system/local-zone.ts';
import {spaceOf} from '#host/system/memory.ts';
import type {Edges, Resource} from '#model/resource.ts';
import {defineStep, type Probe} from '#model/step.ts';
import {Blocked} from '#model/unknown.ts';
import {directory} from '#resources/files/directory.ts';
import {edit} from '#resources/files/edit.ts';
import {type FileSpec, file, lateFile} from '#resources/files/file.ts';
import {literalOf, pathOf} from '#steps/shared/python-value.ts';
import {dotEnv, environmentText, secretsJson} from '../settings-files.ts';
import {environmentFile, keyFile, questions} from '../settings-questions.ts';
import {environmentOf, valuesOf} from '../settings-values.ts';
import '../offers.ts';

/** The application's secrets and settings, as either generation of it takes them. */
export const appSettings = defineStep({
	id: 'app-settings',
	title: 'Application settings',
	about:
		'secrets.json as the revision of the guide reads it, or .env as today’s release does; complete, because each name that is missing stops manage.py, one at a time. Readable by the user of the application alone: the workers of the web server are in its group.',
	guide: 'CoralNet: EC2 Linux instance; Web server (gunicorn)',
	uses: {database: 'database', app: 'project'},
	facts: {hostNames, localZone},
	questions: questions,
	defaults: ({facts, uses: {app}}) => ({
		// One module in the place of a package of them: today's.
		...(app.settings === 'config.settings' && {into: {value: {file: '.env'}, from: 'application.settings'}}),
		timeZone: {value: facts.localZone, from: 'this host'},
		...(facts.hostNames[0] !== undefined && {site: {value: facts.hostNames[0], from: 'this host'}}),
	}),
	probes: ({into}, {uses: {app}}) => [
		{
			id: 'layout',
			about: ['into'],
			title: 'The settings module is that of this generation',
			decides: [`path:${app.settingsFile}`],
			run: async () =>
				(into.file === '.env') === (app.settings === 'config.settings')
					? {state: 'ok' as const, line: `${app.settings} takes its secrets from ${into.file}`}
					: {
							state: 'failed' as const,
							line:
								into.file === '.env'
									? `today's release has its settings in config.settings, and application.settings says ${app.settings}`
									: `config.settings is today's module, which takes its secrets from .env: answer app-settings.into`,
						},
		},
		...(into.file === '.env' ? [roomFor(app.home)] : []),
	],
	offers: (answers, {uses: {app}}) => {
		const {
			site,
			into,
			bucket: {name, region, credentials},
		} = answers;
		const today = into.file === '.env';
		return {
			site: {host: site},
			bucket: {name, region, ...(credentials === 'made' && {keyFile})},
			...(into.file === 'secrets.json' &&
				into.siteFile.as !== 'setup' && {
					siteFile: {
						from: `${app.directory}/config/nginx.conf`,
						link: into.siteFile.as === 'link',
						accept: into.siteFile.as === 'copy' ? into.siteFile.accept : [],
					},
				}),
			coralnetLayout: today ? 'today' : 'guide',
			surroundings: {
				writes: today ? [`${app.home}/spacer_models`] : [`${app.directory}/logs`],
				environmentFiles: environmentOf(answers).length === 0 ? [] : [environmentFile],
			},
		};
	},
	expects: ({site}, {uses: {app}}) => ({
		'django.debug': {file: app.settingsFile, debug: false},
		'django.allowed-hosts': {file: app.settingsFile, names: [site]},
	}),
	resources: (answers, {uses: {database, app}}) => {
		const owner = `${app.user}:${app.user}`;
		const restart = [{unit: app.service, do: 'restart'}] as const;
		const env = answers.into.file === '.env';
		const path = env ? `${app.repository}/.env` : `${dirname(app.settingsFile)}/secrets.json`;
		const settings = [
			// Today's takes the name from SITE_DOMAIN; the guide's revision has it in the code.
			...(env ? [] : [{name: 'ALLOWED_HOSTS', value: [answers.site]}]),
			...answers.further,
		].map(({name, value}) => ({path: pathOf(name), value: literalOf(value), language: app.language}));
		const written = (made?: AwsKey): FileSpec => {
			const values = valuesOf(answers, database, made);
			return {path, text: env ? dotEnv(values) : secretsJson(values), mode: 0o600, owner, secretFile: true};
		};
		const made = answers.bucket.credentials === 'made';
		const surrounding = (key?: AwsKey): FileSpec => ({
			path: environmentFile,
			text: environmentText(environmentOf(answers, key)),
			mode: 0o600,
			owner: 'root:root',
			secretFile: true,
		});
		const surrounded = environmentOf(answers).length > 0;
		const edges = {
			needs: [`path:${app.repository}`, `user:${app.user}`],
			...(settings.length === 0 && {provides: ['done:app-settings' as const]}),
			owes: restart,
		} as const;
		return [
			...(env
				? []
				: [
						directory(
							{path: `${app.directory}/logs`, mode: 0o750, owner},
							{needs: [`path:${app.directory}`], holdsData: true},
						),
					]),
			...(made || surrounded ? [directory({path: dirname(environmentFile), mode: 0o700, owner: 'root:root'})] : []),
			made && !env ? withKey(written, edges) : file(written(), edges),
			...(surrounded ? [made ? withKey(surrounding, {owes: restart}) : file(surrounding(), {owes: restart})] : []),
			...(settings.length === 0
				? []
				: [
						edit(
							{path: app.settingsFile, format: 'python', settings},
							{needs: [`path:${app.settingsFile}`, `path:${path}`], provides: ['done:app-settings'], owes: restart},
						),
					]),
		];
	},
});

/** Its requirements bring a framework of learning machines: 3.8 GB to load, 7 GB when they are in place. */
const roomFor = (home: string): Probe => ({
	id: 'room',
	about: ['into'],
	title: "Room for today's requirements",
	decides: ['done:python'],
	run: async host => {
		let place = home;
		while (place !== '/' && (await host.stat(place)) === undefined) place = dirname(place);
		const space = await spaceOf(place, host);
		const free = space === undefined ? undefined : Math.floor(space.free / 2 ** 30);
		return free !== undefined && free < 12
			? {
					state: 'warn',
					line: `${free} GiB are free at ${place}; the published release needs 12 while it is installed`,
				}
			: {state: 'ok', line: free === undefined ? 'not told by this host' : `${free} GiB are free at ${place}`};
	},
});

/** A file that holds the key which setup makes: late, because the key is made first. */
const withKey = (written: (key?: AwsKey) => FileSpec, edges: Partial<Edges>): Resource => {
	const {path, owner} = written();
	return lateFile(
		{path, ...(owner !== undefined && {owner})},
		async host => {
			const key = await readKeyFile(host, keyFile);
			if (key === undefined) throw new Blocked({because: 'until', thing: `path:${keyFile}`});
			return written(key);
		},
		{...edges, needs: [...(edges.needs ?? []), `path:${keyFile}`]},
		written(),
	);
};
