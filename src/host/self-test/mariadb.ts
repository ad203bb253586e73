/**
 * MariaDB has no checker: it is started with its own option files, shut in, on a data directory that goes afterwards, without a port, and given nothing to do.
 * MySQL has one.
 */
import type {Reader} from '#model/host.ts';
import {mysqlFile} from '../mysql/file.ts';
import {ifTold} from '../see.ts';
import {cannotTry, type Outcome, outcomeOf} from './outcome.ts';
import {runShutIn} from './shut-in.ts';
import type {Starts} from './starts.ts';

export const mariadbTest = async (starts: Starts, host: Reader): Promise<Outcome> => {
	const [first = starts.program, ...words] = starts.running;
	const program = first.startsWith('/') ? first : starts.program;
	const {stdout} = await host.probe([program, '--no-defaults', '--version'], {as: 'nobody'});
	const isMariadb = /MariaDB/i.test(stdout);
	const ran = await runShutIn(host, {
		user: 'mysql',
		argv: directory => [
			program,
			...words,
			...(isMariadb ? ownPlace(directory) : ['--validate-config', '--log-error-verbosity=1']),
		],
	});
	if (ran.code === 0) return 'fine';
	const said = `${ran.stdout}\n${ran.stderr}`;
	// Its first start beside the running one may fail for want of memory or room; what it says of an option is of the option.
	if (!option.test(said) && cannotTry.test(said)) return {untested: 'it cannot be started beside the running one'};
	const outcome = outcomeOf(ran, option);
	if (outcome === 'fine' || 'untested' in outcome) return outcome;
	const where = await placeOf(outcome.refuses[0] ?? '', host);
	return {refuses: [`${where}${wordsOf(outcome.refuses[0] ?? '')}`, ...outcome.refuses]};
};

const option =
	/unknown (variable|option|suffix)|ambiguous option|requires an argument|Wrong option|without preceding group|Error while setting value|Could not open required defaults|option '[^']*'/i;

/** Without the date and the thread in front. */
const wordsOf = (line: string): string => line.replace(/^.*?\[ERROR\] (\[\S+\] )*/, '');

/** It names no line: the last one with such a name is the one that counts. */
const placeOf = async (line: string, host: Reader): Promise<string> => {
	const name = /'-*(?:loose[-_])?([\w-]+)/.exec(wordsOf(line).replace(/^[^']*mariadbd?: /, ''))?.[1];
	const file = await ifTold(() => host.fact(mysqlFile));
	if (name === undefined || file === undefined || file === 'absent') return '';
	const found = file.options.findLast(one => one.name === name.replaceAll('-', '_').toLowerCase());
	return found === undefined ? '' : `${found.where}: `;
};

/** Whatever would open, write or wait for something of the real server; `loose`: what this version may not know. */
const ownPlace = (directory: string): readonly string[] => [
	`--datadir=${directory}`,
	`--socket=${directory}/socket`,
	`--pid-file=${directory}/pid`,
	`--tmpdir=${directory}`,
	'--skip-networking',
	'--skip-log-error',
	'--skip-log-bin',
	'--skip-slave-start',
	'--skip-general-log',
	'--skip-slow-query-log',
	'--event-scheduler=OFF',
	`--loose-aria-log-dir-path=${directory}`,
	`--loose-innodb-data-home-dir=${directory}`,
	`--loose-innodb-log-group-home-dir=${directory}`,
	`--loose-innodb-undo-directory=${directory}`,
	'--loose-innodb-data-file-path=ibdata1:12M:autoextend',
	'--loose-innodb-temp-data-file-path=ibtmp1:12M:autoextend',
	'--loose-innodb-log-file-size=4M',
	'--loose-innodb-buffer-pool-size=24M',
	'--loose-innodb-buffer-pool-load-at-startup=OFF',
	'--loose-innodb-buffer-pool-dump-at-shutdown=OFF',
	'--loose-wsrep-on=OFF',
	'--loose-wsrep-provider=none',
	`--loose-rocksdb-datadir=${directory}`,
	'--bootstrap',
];
