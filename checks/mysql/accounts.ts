/** Accounts that nobody meant to leave: without a name, or root from elsewhere. */

import {packages} from '#host/apt/packages.ts';
import {mysqlServerOf} from '#host/mysql/file.ts';
import {mysqlNow} from '#host/mysql/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';

export const check = defineCheck({
	id: 'mysql.accounts',
	title: 'No anonymous account, and no root from elsewhere',
	why: 'An anonymous account lets everybody in who reaches the server, and a root account for other hosts can be guessed at from there. Current packages make neither; old servers and copied dumps bring them.',
	reads: ['mysql.user: User and Host of every account'],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['mysql.running'],
	source: 'MariaDB documentation, mariadb-secure-installation; MySQL manual, "Securing the Initial MySQL Account"',
	verify:
		"mariadb -e \"SELECT User, Host FROM mysql.user WHERE User = '' OR (User = 'root' AND Host NOT IN ('localhost', '127.0.0.1', '::1'))\"",
	facts: {packages, now: mysqlNow},
	appliesTo: ({facts}) =>
		mysqlServerOf(facts.packages) !== undefined ? there(facts, ['now']) : 'neither MariaDB nor MySQL is installed',
	async inspect({facts}) {
		const where = 'SELECT User, Host FROM mysql.user';
		const runtime = await see(() => ({value: facts.now.accounts.filter(isBad).map(shown), where}));
		const bad = isSeen(runtime) ? facts.now.accounts.filter(isBad) : [];
		return findings(
			bad.map(
				(account): Finding => ({
					item: shown(account),
					state: 'fail',
					says:
						account.user === ''
							? 'anybody may log in without a name'
							: `root may log in from ${account.host === '%' ? 'everywhere' : account.host}`,
					expected: 'no such account',
					layers: {runtime: {value: shown(account), where}},
				}),
			),
			{state: 'ok', expected: [], layers: {runtime}},
		);
	},
	remedy: ({item = ''}) =>
		item.startsWith("''")
			? {sentence: `Drop the account ${item}.`, commands: [['mariadb', '-e', `DROP USER ${item}`]]}
			: {
					sentence: `Make an account of another name, with the rights it needs, for whoever works from there; then DROP USER ${item}.`,
				},
});

const here = ['localhost', '127.0.0.1', '::1'];

const isBad = ({user, host}: {readonly user: string; readonly host: string}): boolean =>
	user === '' || (user === 'root' && !here.includes(host));

/** As SQL wants it. */
const shown = ({user, host}: {readonly user: string; readonly host: string}): string => `'${sql(user)}'@'${sql(host)}'`;
const sql = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "''");
