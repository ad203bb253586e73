/** Whether MariaDB or MySQL lets a name in over TCP that shows no password: what the table of accounts says passes through plugins, wildcards and the order of hosts. */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import type {MysqlServer} from '../mysql/file.ts';
import {refuseStrangers} from '../system/who-answers.ts';
import {tryPatience} from './nobody.ts';

export type MysqlAnswer = {readonly letIn: boolean; readonly said: string};

/** Throws Blocked. */
export const tryMysql = async (
	host: Reader,
	{client, flavour, name}: MysqlServer,
	{address, port, user}: {readonly address: string; readonly port: number; readonly user: string},
): Promise<MysqlAnswer> => {
	await refuseStrangers(host, {host: address, port}, ['mysql']);
	const ran = await host.probe(
		[
			`/usr/bin/${client}`,
			'--no-defaults',
			'--protocol=tcp',
			`--host=${address}`,
			`--port=${port}`,
			`--user=${user}`,
			'--skip-password',
			// A certificate that the server made itself proves nothing, and nothing is sent that it would have to keep.
			...(flavour === 'mariadb' ? ['--skip-ssl-verify-server-cert'] : []),
			'--local-infile=0',
			'--batch',
			'--skip-column-names',
			`--connect-timeout=${tryPatience / 1000}`,
		],
		{stdin: ['SELECT CURRENT_USER();\n'], timeout: tryPatience},
	);
	if (ran.code === 0) return {letIn: true, said: ran.stdout.trim().slice(0, 160)};
	const [, code, words = ''] = /^ERROR (\d+)[^:]*: (.*)$/m.exec(ran.stderr) ?? [];
	// Refused, or not from there; everything else is no answer of its accounts.
	if (code !== undefined && refusals.has(code)) return {letIn: false, said: words.slice(0, 160)};
	throw new Blocked({
		because: 'unreadable',
		need: `${name} on ${address}:${port} came to no answer: ${words || ran.stderr.trim().slice(0, 160)}`,
	});
};

/** Access denied; not from this host; no such way to prove oneself; too many errors; locked; the password has ended. */
const refusals = new Set([
	'1045',
	'1130',
	'1251',
	'1129',
	'1226',
	'1698',
	'1820',
	'1862',
	'3118',
	'3159',
	'3955',
	'4151',
	'2059',
]);
