import {basename} from 'node:path';
import {z} from 'zod';
import {tlsEnvironment} from '#host/postgres/tls-environment.ts';
import {redisConf} from '#host/redis/file.ts';
import {redisPort} from '#host/redis/may-connect.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {edit} from '#resources/files/edit.ts';
import {loopbackOnly} from '#resources/network/loopback-only.ts';
import {queuesSetAside} from '#resources/redis/set-aside.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {closedService} from '#steps/shared/closed-service.ts';
import {redisAccounts, redisAccountsProbe, redisAccountsQuestions} from '#steps/shared/redis-accounts.ts';
import '../offers.ts';

const redis = 'redis-server.service';
/** Whoever waits for a page goes first; the rest takes its time. */
const queues = ['realtime', 'background'] as const;

/** Thumbnails, feature extraction, training, mails: what no visitor waits for. */
export const tasks = defineStep({
	id: 'tasks',
	title: 'Background tasks',
	about:
		"Today's release hands what takes long to two queues in Redis; without somebody who works them off, thumbnails, annotations by machine and clean-up stay undone. Redis answers on this host alone, and there the application's user alone. The guide's revision serves without (its celery is not set up).",
	guide: 'CoralNet: Server operation (redis-server, djangohuey)',
	uses: {app: 'project', database: 'database', layout: 'coralnetLayout', surroundings: 'surroundings?'},
	questions: z
		.discriminatedUnion('by', [
			z.strictObject({by: z.literal('none').meta({title: 'Nobody: the site serves, and what it queues waits'})}),
			z.strictObject({
				by: z.literal('huey').meta({
					title: 'huey, one process for each of the two queues',
					help: "A task in Redis is code, which is run as the application's user; the application asks Redis without a password, so other accounts of this host are kept from it.",
				}),
				patience: z.int().min(10).max(3600).default(60).meta({
					title: 'Seconds that a task may go on when its process is stopped',
					help: 'At a restart or an update. A task of ten minutes is begun anew where it is cut off.',
					from: 'setup',
				}),
				...redisAccountsQuestions,
			}),
		])
		.prefault({by: 'none'})
		.meta({title: 'Who works the queues off?', help: "huey is of today's release.", from: 'guide'}),
	defaults: ({uses: {layout}}) => (layout === 'today' ? {by: {value: 'huey', from: 'app-settings.into'}} : {}),
	probes: (answers, {uses: {app}}) =>
		answers.by === 'huey'
			? [portFree(redisPort, {ours: ['redis-server'], about: ['by']}), redisAccountsProbe(answers, [app.user])]
			: [],
	expects: (answers, {uses: {app}}) =>
		answers.by === 'huey' && answers.shut ? {'redis.accounts': [app.user, ...answers.alsoLet]} : {},
	resources: (answers, {uses: {app, database, surroundings = {writes: [], environmentFiles: []}}}) => {
		if (answers.by === 'none') return [];
		const {environmentFiles} = surroundings;
		const shut = answers.shut ? (['done:redis-shut'] as const) : [];
		return [
			aptPackages(
				{names: ['redis-server'], recommends: false},
				{id: 'apt:redis', needs: ['done:requirements', 'done:dpkg-consistent'], provides: [`path:${redisConf}`]},
			),
			edit(
				{
					path: redisConf,
					format: 'redis.conf',
					settings: [
						{key: 'bind', words: [['127.0.0.1'], ['-::1']]},
						{key: 'protected-mode', value: ['yes']},
					],
				},
				{owes: [{unit: redis, do: 'restart'}], provides: ['done:redis-file']},
			),
			...(answers.shut ? redisAccounts([app.user, ...answers.alsoLet]) : []),
			unit({name: redis, enabled: true, running: true, files: [redisConf]}, {needs: ['done:redis-file', ...shut]}),
			loopbackOnly({port: redisPort, unit: redis}),
			...(answers.shut
				? [queuesSetAside({keys: queues.flatMap(keysOf), until: unitPath(app.service, queues[0])})]
				: []),
			...queues.flatMap(queue => {
				const path = unitPath(app.service, queue);
				const name = basename(path);
				const text = closedService({
					description: `CoralNet's ${queue} tasks`,
					after: [redis, 'postgresql.service', app.service],
					// An update stops the application: whoever works for it stops as well, and comes back with it.
					unit: [`PartOf=${app.service}`],
					startsWith: [app.service],
					type: 'exec',
					user: app.user,
					group: app.user,
					environment: {
						PYTHONDONTWRITEBYTECODE: '1',
						DJANGO_SETTINGS_MODULE: app.settings,
						...(database.kind === 'postgres' && tlsEnvironment(database)),
					},
					environmentFiles,
					ends: {signal: 'SIGINT', seconds: answers.patience},
					start: [app.python, `${app.directory}/manage.py`, 'djangohuey', '--queue', queue],
					writes: [`${app.home}/log`, `${app.home}/tmp`, ...surroundings.writes],
					reads: [app.repository, ...(app.environment === undefined ? [] : [app.environment])],
				});
				return [
					unitFile({name, text}, {needs: answers.shut ? ['done:queues'] : []}),
					unit(
						{name, enabled: true, running: true, files: [path, app.settingsFile, ...environmentFiles]},
						{
							needs: [
								`path:${path}`,
								`unit:${redis}`,
								`unit:${app.service}`,
								...environmentFiles.map(one => `path:${one}` as const),
							],
						},
					),
				];
			}),
		];
	},
});

const unitPath = (service: string, queue: string): string =>
	`/etc/systemd/system/${service.replace(/\.service$/, '')}-${queue}.service`;

/** Where huey keeps what is to be done now and what later; the last is that of the small application. */
const keysOf = (queue: string): readonly string[] => [
	`huey.redis.${queue}tasks`,
	`huey.schedule.${queue}tasks`,
	`${queue}_tasks`,
];
