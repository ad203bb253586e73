/** A slip in an option file does nothing until the server starts the next time, and then it does not start. */
import {packages} from '#host/apt/packages.ts';
import {type MysqlServer, mysqlServerOf} from '#host/mysql/file.ts';
import {mysqlNow} from '#host/mysql/now.ts';
import {ifTold} from '#host/see.ts';
import {processTable, programOf} from '#host/system/process-table.ts';
import {refuseSilentNames} from '#host/units/silent-names.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	broken: {
		state: 'fail',
		example: {why: "unknown variable 'inodb_buffer_pool_size=1G'"},
		says: ({why}) => `the server does not take its options, and its next start will fail: ${why}`,
		remedy: {
			sentence:
				'grep for the word in the option files (grep -rn WORD /etc/mysql), mend the line, and see with mariadbd --verbose --help that nothing is said of it any more.',
		},
	},
});

export const check = defineCheck({
	id: 'mysql.config',
	title: 'MariaDB or MySQL would start again with its option files',
	why: 'The server reads its option files at its start only. A word that it does not know stays unseen for months, and after the next reboot or update there is no database.',
	reads: [
		'what the server itself says of its options, with the words of its own command line and --verbose --help, as its own user: it opens no data and no port',
	],
	severity: 'fail',
	layers: ['file'],
	requires: ['mysql.running'],
	source: 'MariaDB documentation, "mariadbd Options", --help and --verbose',
	verify: 'runuser -u mysql -- mariadbd --verbose --help >/dev/null   # must print no [ERROR]',
	facts: {packages},
	kinds,
	appliesTo: ({facts}) => mysqlServerOf(facts.packages) !== undefined || 'neither MariaDB nor MySQL is installed',
	async inspect({host, facts}) {
		const server = mysqlServerOf(facts.packages)!;
		const argv = await commandOf(host, server);
		const where = `${argv.slice(0, 2).join(' ')} --verbose --help`;
		await refuseSilentNames(host);
		const {stderr} = await host.probe([...argv, '--verbose', '--help'], {as: 'mysql', timeout: 5000});
		const said = [...stderr.matchAll(/\[ERROR\] (?:\S*(?:mariadbd|mysqld): )?(.*)$/gm)].map(one => one[1] ?? '');
		const why = said.find(one => !ofTables.test(one));
		const sight = {item: server.name, expected: 'no complaint'};
		if (why === undefined || (await isOfPlugin(host, why)))
			return findings([{...sight, is: 'ok', layers: {file: seen('no complaint', where)}}]);
		return findings([{...sight, is: 'broken', data: {why}, layers: {file: seen(why, where)}}]);
	},
});

/** It looks into its table of plugins while the running server has that open, and finds it unfinished: no word of an option. */
const ofTables =
	/\bGot error\b|\bmysql[./]plugin\b|\bTable '|\bTable was marked\b|\bAria\b.*\b(recovery|control file)\b|\b(lock|open) .*aria_log/i;

/** Its program and words, as it was started: they name files of their own, and decide over others. */
const commandOf = async (host: Reader, {unit}: MysqlServer): Promise<readonly string[]> => {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the server itself must be asked'});
	if (process.geteuid?.() !== 0)
		throw new Blocked({because: 'needs-root', need: 'only root may ask the server as its own user'});
	const {mainPid} = await unitState(unit, host);
	const program = mainPid === undefined ? undefined : programOf(mainPid);
	const started = mainPid === undefined ? undefined : (await host.fact(processTable)).get(mainPid);
	if (program === undefined || started === undefined) throw new Blocked({because: 'until', thing: `unit:${unit}`});
	return [program, ...started.argv.slice(1)];
};

/** A plugin that was installed into the server is not there when it only tells of its options; the running one knows its words. */
const isOfPlugin = async (host: Reader, why: string): Promise<boolean> => {
	const name = /unknown (?:variable|option) '-*([\w-]+)/.exec(why)?.[1]?.replaceAll('-', '_').toLowerCase();
	if (name === undefined) return false;
	const now = await ifTold(() => host.fact(mysqlNow));
	return now !== undefined && now !== 'absent' && now.variables.has(name);
};
