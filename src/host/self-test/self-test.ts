/**
 * What a service's own checker says of the files that its next start or reload will read. Asked before each of them, because a running service does not show a
 * mistake that somebody made since: slaptest, apache2ctl configtest, nginx -t, postgres -C, sshd -t, and for those without one the program itself, shut in.
 */
import {basename} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Reader, ServiceAct} from '#model/host.ts';
import {Blocked, showUnknown} from '#model/unknown.ts';
import {apacheTest} from './apache.ts';
import {dockerTest} from './docker.ts';
import {mariadbTest} from './mariadb.ts';
import {mongodTest} from './mongod.ts';
import {nginxTest} from './nginx.ts';
import type {Outcome} from './outcome.ts';
import {portsFree, portsOf} from './ports.ts';
import {postgresTest} from './postgres.ts';
import {redisTest} from './redis.ts';
import {initScriptTest, slapdTest} from './slapd.ts';
import {sshdTest} from './sshd.ts';
import {type Starts, startsOf} from './starts.ts';

/** Files that others may write: a stack's answers may ask for them (a site file as a link); who mends a host did not. */
export type Foreign = 'refused' | 'answered';

type Test = (starts: Starts, host: Reader) => Promise<Outcome>;

/**
 * Passes where the checkers take the files, where there are none, and where they cannot be asked; the last is told to `tell`. Throws Fault 'unit.would-fail'
 * with their words, Fault 'program.untrusted' where somebody else may write what they would run as root, unless that is answered for (`foreign`).
 */
export const testedBefore = async (
	act: ServiceAct,
	unit: string,
	host: Reader,
	tell: (line: string) => void,
	foreign: Foreign = 'refused',
): Promise<void> => {
	const starts = await startsOf(unit, host);
	for (const test of testsOf(starts, act)) {
		const outcome = await outcomeIfAsked(test, starts, host, foreign);
		if (outcome === 'fine') continue;
		if ('refuses' in outcome) throw wouldFail(unit, outcome.refuses);
		tell(`${unit} is not tested before: ${outcome.untested}`);
	}
};

/** By the name of the program that the unit starts, or of the unit. */
const kinds: readonly {readonly names: RegExp; readonly test: Test; readonly ports?: keyof typeof portsOf}[] = [
	{names: /^(nginx|openresty)$/, test: nginxTest, ports: 'nginx'},
	{names: /^(apache2|apache2ctl|apachectl)$/, test: apacheTest, ports: 'apache'},
	{names: /^sshd?$/, test: sshdTest},
	{names: /^slapd$/, test: slapdTest, ports: 'slapd'},
	{names: /^(mariadbd|mysqld|mariadb|mysql)$/, test: mariadbTest, ports: 'mariadb'},
	{names: /^(redis-server|valkey-server)$/, test: redisTest, ports: 'redis'},
	{names: /^(postgres|postgresql)$/, test: postgresTest, ports: 'postgres'},
	{names: /^mongod$/, test: mongodTest},
	{names: /^dockerd$/, test: dockerTest},
];

const testsOf = ({program, unit}: Starts, act: ServiceAct): readonly Test[] => {
	const names = [basename(program), unit.replace(/(@.*)?\.service$/, '')];
	const kind = kinds.find(one => names.some(name => one.names.test(name)));
	if (kind === undefined) return [initScriptTest];
	const ports = kind.ports === undefined || act !== 'restart' ? undefined : portsOf[kind.ports];
	return [
		initScriptTest,
		kind.test,
		...(ports === undefined
			? []
			: [async (starts: Starts, host: Reader) => portsFree(await ports(starts, host), starts, host)]),
	];
};

/** A checker that cannot be asked is no reason to leave a service alone. */
const outcomeIfAsked = async (test: Test, starts: Starts, host: Reader, foreign: Foreign): Promise<Outcome> => {
	try {
		return await test(starts, host);
	} catch (error) {
		if (error instanceof Blocked) return {untested: showUnknown(error.why)};
		if (foreign === 'answered' && error instanceof Fault && error.code === 'program.untrusted')
			return {untested: error.sentence};
		throw error;
	}
};

const wouldFail = (unit: string, words: readonly string[]): Fault =>
	new Fault(
		'unit.would-fail',
		`${unit} would not take up its files: ${words[0] ?? 'its own checker refuses them'}`,
		'It goes on with what it read before; it was neither restarted nor reloaded. Mend that line, then run the same command again.',
		{details: words},
	);
