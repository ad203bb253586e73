/** An edit of redis.conf changes nothing until Redis starts again, and a CONFIG SET is gone when it does: both are surprises that wait for a reboot. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {redisDrift} from '#host/redis/drift.ts';
import {redisConf, redisFile} from '#host/redis/file.ts';
import {redisNow} from '#host/redis/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {unit} from '#resources/units/unit.ts';

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
		if (!isSeen(file)) return [{state: 'ok', expected: 'the same', layers: {file, runtime}}];
		const written = facts.file;
		if (written.broken.length > 0)
			return [
				{
					state: 'fail',
					says: `Redis will not start with ${written.broken[0]}: a quote is not closed`,
					expected: 'readable',
					layers: {file, runtime},
				},
			];
		if (!isSeen(runtime)) return [{state: 'ok', expected: 'the same', layers: {file, runtime}}];
		const now = facts.now;
		// Debian's unit gives these on the command line, which wins.
		return findings(
			redisDrift(written, now, ['daemonize', 'supervised']).map(
				({name, where, inFile, inProcess}): Finding => ({
					item: name,
					state: 'warn',
					says:
						written.changedAt > now.since
							? `changed in the file, not in the process: it still runs with ${shown(inProcess)}`
							: `changed in the process, not in the file: its next start takes ${shown(inFile)}`,
					expected: inFile,
					layers: {file: {value: inFile, where}, runtime: {value: inProcess, where: `CONFIG GET ${name}`}},
				}),
			),
			{state: 'ok', expected: 'the same', layers: {file, runtime}},
		);
	},
	remedy: finding =>
		pending(finding)
			? {
					sentence: 'Restart Redis when its clients can bear it. What it holds in memory only is lost.',
					commands: [['systemctl', 'restart', 'redis-server.service']],
				}
			: {
					sentence: `Write the value into ${redisConf} if it is meant to stay (redis-cli CONFIG REWRITE writes all of them); otherwise set it back.`,
				},
	fix: finding =>
		pending(finding)
			? [unit({name: 'redis-server.service', running: true, files: [redisConf], notBefore: Date.now()})]
			: [],
});

const pending = ({says}: Finding): boolean => says?.startsWith('changed in the file') ?? false;

const shown = (value: string): string => (value === '' ? 'none' : value);
