/** What the running MariaDB or MySQL answers, asked once per pass as root through its socket: variables and where each came from, accounts, uptime. */
import type {Fact, Ran, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {packages} from '../apt/packages.ts';
import {lastLines} from '../programs/run-program.ts';
import {refuseStrangeSocket} from '../system/who-answers.ts';
import {writersInWords} from '../trust/in-words.ts';
import {isRoots, trust} from '../trust/who-may-write.ts';
import {unitSince} from '../units/units.ts';
import {type MysqlServer, mysqlFile, mysqlServerOf} from './file.ts';
import {heldSocket} from './held-socket.ts';
import {accountOf, accountQuestions, type MysqlAccount} from './server-accounts.ts';
import {mysqlField} from './sql.ts';

export type MysqlVariable = {
	readonly value: string;
	/** `file`: an option file or the command line said so. `statement`: somebody's SET GLOBAL. `server`: its own default or measure. */
	readonly from: 'file' | 'statement' | 'server';
	readonly path: string;
};

export type MysqlNow = {
	readonly version: string;
	readonly variables: ReadonlyMap<string, MysqlVariable>;
	/** Without roles. */
	readonly accounts: readonly MysqlAccount[];
	/** It reads no accounts: whoever connects is somebody without a name, who may do everything (skip-grant-tables). */
	readonly asksNobody: boolean;
	/** When it started, milliseconds. */
	readonly since: number;
};

/** 'absent' where no server is installed. Throws Blocked where it cannot be asked. */
export const mysqlNow: Fact<MysqlNow | 'absent'> = {
	id: 'mysql-now',
	async read(host) {
		const server = mysqlServerOf(await host.fact(packages));
		return server === undefined ? 'absent' : ask(host, server);
	},
};

/** The client's batch output as data. */
export const parseMysql = (text: string, now: number): MysqlNow => {
	const rows = text.split('\n').flatMap(line => (line === '' ? [] : [line.split('\t').map(mysqlField)]));
	const of = (tag: string): readonly (readonly string[])[] =>
		rows.filter(([first]) => first === tag).map(([, ...rest]) => rest);
	return {
		version: of('version')[0]?.[0] ?? '',
		variables: new Map(
			of('var').map(([name = '', value = '', from = '', path = '']) => [
				name.toLowerCase(),
				{value, from: originOf(from), path: path === 'NULL' ? '' : path},
			]),
		),
		accounts: of('user').map(accountOf),
		// MariaDB's answer, then MySQL's.
		asksNobody: ['@', 'skip-grants user@skip-grants host'].includes(of('who')[0]?.[0] ?? ''),
		since: now - Number(rows.find(([name]) => name === 'Uptime')?.[1] ?? 0) * 1000,
	};
};

const patience = 2500;

const ask = async (host: Reader, server: MysqlServer): Promise<MysqlNow> => {
	const place = await heldSocket(host, server.unit);
	await refuseStrangeSocket(host, place, ['mysql']);
	const first = await askWith(['--no-defaults'], place, server, host);
	// Root of this host is known to its server; where it is only by a password, root's own files have that, and their words for a host do not count.
	const ran = /ERROR (1045|1698)/.test(first.stderr) ? await askByFiles(place, server, host) : first;
	if (ran.code === 0) {
		const now = parseMysql(ran.stdout, Date.now());
		return {...now, since: (await unitSince(server.unit, host)) ?? now.since};
	}
	const words = `${ran.stdout}\n${ran.stderr}`;
	const last = lastLines(words, 1)[0] ?? '';
	if (/ERROR 20\d\d[^\n]*\b110\b/.test(words))
		throw new Blocked({because: 'timeout', need: `${server.name} gave no answer within ${patience / 1000} s`});
	if (/ERROR 2002|ERROR 2003/.test(words) && !/\(13\b|Permission denied/.test(words))
		throw new Blocked({because: 'until', thing: `unit:${server.unit}`});
	if (/ERROR (1045|1142|1143|1227|1698|2002)/.test(words) && process.geteuid?.() !== 0)
		throw new Blocked({
			because: 'needs-root',
			need: `${server.name} lets only root of this host in through its socket`,
		});
	throw new Blocked({because: 'unreadable', need: `${server.name} refused root of this host: ${last}`});
};

const askWith = (
	files: readonly string[],
	socket: string,
	{client, flavour}: MysqlServer,
	host: Reader,
): Promise<Ran> =>
	host.probe(
		[
			client,
			...files,
			'--protocol=socket',
			'--host=localhost',
			`--socket=${socket}`,
			'--batch',
			'--skip-column-names',
			// Longer than anybody waits for it: a busy host shakes hands slowly.
			'--connect-timeout=30',
			// A server may ask its client for any file that the client can read.
			'--local-infile=0',
			'--default-character-set=utf8mb4',
		],
		{stdin: [mysqlQuestions[flavour]], timeout: patience},
	);

/** Option files name code that the client loads. Throws Blocked 'unsafe'. */
const askByFiles = async (place: string, server: MysqlServer, host: Reader): Promise<Ran> => {
	const file = await host.fact(mysqlFile);
	const trusting = await host.fact(trust);
	const foreign = (file === 'absent' || process.getuid?.() !== 0 ? [] : file.reads)
		.map(path => trusting(path))
		.find(one => !isRoots(one) && (one.end !== 'absent' || one.writers.length > 0));
	if (foreign !== undefined)
		throw new Blocked({
			because: 'unsafe',
			need: `root's client would read options where ${writersInWords(foreign)}: code as root`,
		});
	return askWith([], place, server, host);
};

const state = "SELECT 'version', VERSION();\nSELECT 'who', CURRENT_USER();\nSHOW GLOBAL STATUS LIKE 'Uptime';";

/** What it is asked, by kind of server; the record of a new release is made with it. */
export const mysqlQuestions: Readonly<Record<MysqlServer['flavour'], string>> = {
	mariadb: `SELECT 'var', VARIABLE_NAME, GLOBAL_VALUE, GLOBAL_VALUE_ORIGIN, GLOBAL_VALUE_PATH FROM information_schema.SYSTEM_VARIABLES;
${accountQuestions.mariadb}
${state}
`,
	mysql: `SELECT 'var', VARIABLE_NAME, g.VARIABLE_VALUE, i.VARIABLE_SOURCE, i.VARIABLE_PATH FROM performance_schema.global_variables g JOIN performance_schema.variables_info i USING (VARIABLE_NAME);
${accountQuestions.mysql}
${state}
`,
};

/** MariaDB's words, then MySQL's. */
const originOf = (word: string): MysqlVariable['from'] => {
	if (['CONFIG', 'GLOBAL', 'SERVER', 'EXPLICIT', 'EXTRA', 'COMMAND_LINE', 'PERSISTED', 'USER'].includes(word))
		return 'file';
	return ['SQL', 'DYNAMIC'].includes(word) ? 'statement' : 'server';
};
