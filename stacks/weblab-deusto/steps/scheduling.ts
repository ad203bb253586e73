import {z} from 'zod';
import {secret} from '#answers/questions/questions.ts';
import {redisConf} from '#host/redis/file.ts';
import {redisPort} from '#host/redis/may-connect.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {edit} from '#resources/files/edit.ts';
import {mysqlAccount} from '#resources/mysql/account.ts';
import {mysqlDatabase} from '#resources/mysql/database.ts';
import {mysqlLogin} from '#resources/mysql/login.ts';
import {loopbackOnly} from '#resources/network/loopback-only.ts';
import {redisAsInFile} from '#resources/redis/as-in-file.ts';
import {unit} from '#resources/units/unit.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {mysqlIdentifier} from '#steps/shared/mysql-names.ts';
import {redisAccounts, redisAccountsProbe, redisAccountsQuestions} from '#steps/shared/redis-accounts.ts';

const redis = 'redis-server.service';

/** Sessions in it are pickles. Where it has a password, whoever is told that may come from any account. */
const isShut = ({shut, password}: {readonly shut: boolean; readonly password?: unknown}): boolean =>
	shut && password === undefined;

/** Who plans the use of the laboratories: Redis, in memory and nowhere else, or a second database. */
export const scheduling = defineStep({
	id: 'scheduling',
	title: 'Scheduling',
	about:
		'Redis as a scheduler in memory: it keeps nothing on disk (`save ""`, because commented save lines no longer stop it), answers on this host alone and there the user of the program alone, and in protected mode. Or a second database in MariaDB.',
	guide: 'WebLab-Deusto: Scheduling; GNU/Linux (redis.conf)',
	questions: z
		.discriminatedUnion('by', [
			z.strictObject({
				by: z.literal('redis').meta({title: 'Redis, which is faster'}),
				number: z.int().min(0).max(15).default(4).meta({
					title: 'Number of the database in Redis',
					help: 'Another instance on this host takes another one.',
					from: 'guide',
				}),
				password: secret({generate: 'allowed'}).optional().meta({
					title: 'Password of Redis',
					help: 'Whoever has it may use Redis, from whichever account of this host. Letters, digits, - and _.',
				}),
				...redisAccountsQuestions,
			}),
			z.strictObject({
				by: z.literal('mysql').meta({title: 'A second database'}),
				database: mysqlIdentifier('WebLabScheduling').meta({
					title: 'Database',
					help: 'Of its own: making the instance empties it.',
					from: 'guide',
				}),
				user: mysqlIdentifier('weblabsched').meta({title: 'Account', help: 'It may use that database.', from: 'setup'}),
				password: secret({generate: 'default'}).meta({
					title: 'Password of the account',
					help: 'Letters, digits, - and _: the program puts it into an address.',
					from: 'setup',
				}),
			}),
		])
		.prefault({by: 'redis'})
		.meta({title: 'Scheduler', help: 'It keeps who waits for which laboratory.', from: 'guide'}),
	uses: {app: 'weblab'},
	probes: (answers, {uses: {app}}) =>
		answers.by === 'redis'
			? [
					portFree(redisPort, {ours: ['redis-server'], about: ['by']}),
					...(answers.password === undefined ? [redisAccountsProbe(answers, [app.user])] : []),
				]
			: [],
	offers: answers => ({
		scheduling:
			answers.by === 'redis'
				? {
						by: 'redis',
						number: answers.number,
						password: answers.password,
						shut: isShut(answers),
						ready: 'done:redis',
					}
				: {
						by: 'mysql',
						database: answers.database,
						user: answers.user,
						password: answers.password,
						ready: `done:mysql-login:${answers.database}`,
					},
	}),
	expects: (answers, {uses: {app}}) =>
		answers.by === 'redis'
			? {
					'redis.persistence': true,
					...(isShut(answers) && {'redis.accounts': [app.user, ...answers.alsoLet]}),
				}
			: {},
	resources: (answers, {uses: {app}}) => {
		if (answers.by === 'mysql') {
			const {database, user, password} = answers;
			return [
				mysqlDatabase({name: database}),
				mysqlAccount({user, host: 'localhost', password: [password], databases: [database]}),
				mysqlLogin({host: '127.0.0.1', port: 3306, user, database, password: [password]}),
			];
		}
		return [
			aptPackages(
				{names: ['redis-server'], recommends: false},
				{
					id: 'apt:redis',
					needs: ['done:requirements', 'done:dpkg-consistent'],
					provides: [`path:${redisConf}`],
				},
			),
			edit(
				{
					path: redisConf,
					format: 'redis.conf',
					settings: [
						{key: 'bind', words: [['127.0.0.1'], ['-::1']]},
						{key: 'protected-mode', value: ['yes']},
						{key: 'save', value: ['']},
						{key: 'appendonly', value: ['no']},
						...(answers.password === undefined ? [] : [{key: 'requirepass', value: [answers.password]}]),
					],
				},
				{owes: [{unit: redis, do: 'restart'}], provides: ['done:redis-file']},
			),
			...(isShut(answers) ? redisAccounts([app.user, ...answers.alsoLet]) : []),
			unit(
				{name: redis, enabled: true, running: true, files: [redisConf]},
				{needs: ['done:redis-file', ...(isShut(answers) ? (['done:redis-shut'] as const) : [])]},
			),
			redisAsInFile({settings: {save: '', appendonly: 'no'}}, {needs: ['done:redis-file']}),
			loopbackOnly({port: redisPort, unit: redis}),
		];
	},
});
