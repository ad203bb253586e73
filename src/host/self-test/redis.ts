/** Redis has no checker: it is started with its own file, shut in, on a socket of its own without a port, with none of its data, and ended when it is ready. */
import type {Reader} from '#model/host.ts';
import {redisConf} from '../redis/file.ts';
import {cannotTry, type Outcome, outcomeOf} from './outcome.ts';
import {startShutIn} from './shut-in.ts';
import type {Starts} from './starts.ts';

export const redisTest = async ({program, words}: Starts, host: Reader): Promise<Outcome> => {
	const conf = words[1]?.startsWith('/') ? words[1] : redisConf;
	const ran = await startShutIn(host, {
		user: 'redis',
		argv: directory => [
			program,
			conf,
			...words.slice(words[1] === conf ? 2 : 1),
			...own({port: '0', 'tls-port': '0', unixsocket: `${directory}/socket`, dir: directory}),
			...own({pidfile: `${directory}/pid`, daemonize: 'no', supervised: 'systemd'}),
			...own({appendonly: 'no', save: '', dbfilename: 'setup-test.rdb', logfile: ''}),
		],
	});
	if (ran.code !== 0 && cannotTry.test(ran.stdout)) return {untested: 'it cannot be started beside the running one'};
	const said = /FATAL CONFIG FILE ERROR[\s\S]*?at line (\d+)\n(>>> .*)\n(.*)/.exec(ran.stdout);
	if (said) return {refuses: [`${conf}:${said[1]}: ${said[2]} ${said[3]}`]};
	return outcomeOf(ran, /FATAL|Can't|Error|error/);
};

const own = (settings: Readonly<Record<string, string>>): readonly string[] =>
	Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
