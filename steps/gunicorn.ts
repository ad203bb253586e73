/** A Django application under gunicorn, on an address that only this host reaches, as a unit that is closed from the start. */
import {z} from 'zod';
import {absolutePath, port} from '#answers/questions/questions.ts';
import {tlsEnvironment} from '#host/postgres/tls-environment.ts';
import type {Offers} from '#model/offers.ts';
import type {Edges} from '#model/resource.ts';
import {defineStep} from '#model/step.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {portFree} from './probes/port-free.ts';
import {closedService} from './shared/closed-service.ts';

export type Gunicorn = {
	/** Default `app-server`; it is the section of the answers. */
	readonly id?: string;
	/** For people: "NAME application server". */
	readonly name: string;
	readonly about: string;
	readonly guide: string;
	/** Defaults: MODULE:NAME of the WSGI application, port on 127.0.0.1, seconds after which a worker is killed. */
	readonly module: string;
	readonly port: number;
	readonly timeout: number;
	/** Directories that the application writes. */
	readonly writes: (app: Offers['project']) => readonly string[];
	/** Beside the checkout and the environment: its own trees that it reads. */
	readonly reads?: (app: Offers['project']) => readonly string[];
	/** Units that it starts after. */
	readonly after: readonly string[];
	/** What must be done before it starts: `done:tables`. */
	readonly needs: NonNullable<Edges['needs']>;
	readonly environment?: (app: Offers['project']) => Readonly<Record<string, string>>;
	/** From version 20 it tells systemd when it answers; an older one is ready some seconds after its unit says so. */
	readonly notifies: boolean;
	/** Default: the user's own. */
	readonly group?: string;
};

/** Offers `service`. */
export const gunicorn = (options: Gunicorn) =>
	defineStep({
		id: options.id ?? 'app-server',
		title: 'Application server',
		about: options.about,
		guide: options.guide,
		uses: {app: 'project', database: 'database?', surroundings: 'surroundings?'},
		questions: z
			.strictObject({
				module: z
					.string()
					.regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/, {error: `must be like ${options.module}`})
					.default(options.module)
					.meta({
						title: 'WSGI application',
						help: 'The module and the name in it that gunicorn calls, as MODULE:NAME.',
						from: 'guide',
					}),
				port: port().default(options.port).meta({
					title: 'Port',
					help: 'On 127.0.0.1 and nowhere else: only the web server in front reaches it.',
					from: 'guide',
				}),
				workers: z.int().min(1).max(256).default(2).meta({
					title: 'Workers',
					help: 'Each serves one request at a time and holds the whole application in memory.',
					from: 'setup',
				}),
				timeout: z.int().min(1).max(10_000_000).default(options.timeout).meta({
					title: 'Timeout, in seconds',
					help: 'After that a worker that is still at one request is killed. Alike to the one of the web server, and never the same: then it is always the same one that gives up.',
					from: 'guide',
				}),
				writes: z.array(absolutePath()).default([]).meta({
					title: 'Further directories that the application writes',
					help: 'It writes its own data and no other place of the host; each of these must be there before it starts.',
					from: 'setup',
				}),
			})
			.meta({title: 'Application server'}),
		probes: answers => [portFree(answers.port, {ours: ['gunicorn', 'python', 'python3'], about: ['port']})],
		offers: (answers, {uses: {app}}) => ({
			service: {unit: app.service, address: '127.0.0.1', port: answers.port, timeout: answers.timeout},
		}),
		resources: (answers, {uses: {app, database, surroundings = nothing}}) => {
			const path = `/etc/systemd/system/${app.service}`;
			const writes = [...options.writes(app), ...surroundings.writes, ...answers.writes];
			const {environmentFiles} = surroundings;
			const text = closedService({
				description: `${options.name} application server`,
				after: options.after,
				// The last gunicorn for Python 2 is 19: it does not tell.
				type: options.notifies && app.language === 3 ? 'notify' : 'exec',
				user: app.user,
				group: options.group ?? app.user,
				environment: {
					PYTHONDONTWRITEBYTECODE: '1',
					DJANGO_SETTINGS_MODULE: app.settings,
					...(database?.kind === 'postgres' && tlsEnvironment(database)),
					...options.environment?.(app),
				},
				environmentFiles,
				start: [
					app.environment === undefined ? '/usr/bin/gunicorn' : `${app.environment}/bin/gunicorn`,
					answers.module,
					`--chdir=${app.directory}`,
					`--bind=127.0.0.1:${answers.port}`,
					`--workers=${answers.workers}`,
					`--timeout=${answers.timeout}`,
				],
				writes,
				reads: [
					app.repository,
					...(app.environment === undefined ? [] : [app.environment]),
					...(options.reads?.(app) ?? []),
				],
			});
			return [
				unitFile({name: app.service, text}),
				unit(
					{
						name: app.service,
						enabled: true,
						running: true,
						files: [path, app.settingsFile, ...environmentFiles],
					},
					{
						needs: [
							`path:${path}`,
							...options.needs,
							...environmentFiles.map(one => `path:${one}` as const),
							`user:${app.user}`,
						],
					},
				),
			];
		},
	});

const nothing: Offers['surroundings'] = {writes: [], environmentFiles: []};
