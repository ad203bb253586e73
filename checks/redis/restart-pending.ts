/** An edit of redis.conf changes nothing until Redis starts again, and a CONFIG SET is gone when it does: both are surprises that wait for a reboot. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {redisConf, redisFile} from '#host/redis/file.ts';
import {redisDrift} from '#host/redis/not-taken-up.ts';
import {redisNow} from '#host/redis/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {unit} from '#resources/units/unit.ts';

const kinds = defineKinds({
	broken: {
		state: 'fail',
		example: {line: '/etc/redis/redis.conf:27'},
		says: ({line}) => `Redis will not start with ${line}: a quote is not closed`,
		remedy: ({line}) => ({sentence: `Close the quote in ${line}.`}),
	},
	pending: {
		state: 'warn',
		example: {inProcess: 'yes'},
		says: ({inProcess}) => `changed in the file, not in the process: it still runs with ${shown(inProcess)}`,
		remedy: {
			sentence: 'Restart Redis when its clients can bear it. What it holds in memory only is lost.',
			commands: [['systemctl', 'restart', 'redis-server.service']],
		},
		fix: () => [unit({name: 'redis-server.service', running: true, files: [redisConf], notBefore: Date.now()})],
	},
	onlyNow: {
		state: 'warn',
		example: {inFile: 'no'},
		says: ({inFile}) => `changed in the process, not in the file: its next start takes ${shown(inFile)}`,
		remedy: {
			sentence: `Write the value into ${redisConf} if it is meant to stay (redis-cli CONFIG REWRITE writes all of them); otherwise set it back.`,
		},
	},
});

export const check = defineCheck({
	id: 'redis.restart-pending',
	title: 'Redis runs with what its file says',
	why: 'Every setting of redis.conf is read once, at the start. What was edited since is not in force yet, and what was set by CONFIG SET is lost at the next start.',
	reads: [`${redisConf} and the files it includes: every setting`, 'CONFIG GET *', 'INFO server: uptime_in_seconds'],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['redis.running'],
	source: 'Redis documentation, "Redis configuration": changing the configuration while the server runs',
	verify: 'redis-cli CONFIG GET NAME for each setting named here, against its line in the file',
	facts: {packages, file: redisFile, now: redisNow},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('redis-server'))
			? there(facts, ['file', 'now'])
			: 'redis-server is not installed',
	async inspect({facts}) {
		const file = await see(() => {
			const {broken, path} = facts.file;
			return {value: broken.length === 0 ? 'readable' : `not readable: ${broken.join(', ')}`, where: path};
		});
		const runtime = await see(() => ({value: 'asked', where: `CONFIG GET * on ${facts.now.place}`}));
		if (!isSeen(file)) return [{is: 'ok', expected: 'the same', layers: {file, runtime}}];
		const written = facts.file;
		if (written.broken.length > 0)
			return [
				{
					is: 'broken',
					data: {line: written.broken[0] ?? ''},
					expected: 'readable',
					layers: {file, runtime},
				},
			];
		if (!isSeen(runtime)) return [{is: 'ok', expected: 'the same', layers: {file, runtime}}];
		const now = facts.now;
		// Debian's unit gives these on the command line, which wins.
		return findings(
			redisDrift(written, now, ['daemonize', 'supervised']).map(
				({name, where, inFile, inProcess}): FoundOf<typeof kinds> => ({
					item: name,
					...(written.changedAt > now.since ? {is: 'pending', data: {inProcess}} : {is: 'onlyNow', data: {inFile}}),
					expected: inFile,
					layers: {file: {value: inFile, where}, runtime: {value: inProcess, where: `CONFIG GET ${name}`}},
				}),
			),
			{is: 'ok', expected: 'the same', layers: {file, runtime}},
		);
	},
});

const shown = (value: string): string => (value === '' ? 'none' : value);
