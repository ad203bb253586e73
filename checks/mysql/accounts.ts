/** Accounts that nobody meant to leave: without a name, or root from elsewhere. */

import {packages} from '#host/apt/packages.ts';
import {mysqlServerOf} from '#host/mysql/file.ts';
import {mysqlNow} from '#host/mysql/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	nameless: {
		state: 'fail',
		example: {account: "''@'localhost'"},
		says: 'anybody may log in without a name',
		remedy: ({account}) => ({
			sentence: `Drop the account ${account}.`,
			commands: [['mariadb', '-e', `DROP USER ${account}`]],
		}),
	},
	rootFromElsewhere: {
		state: 'fail',
		example: {account: "'root'@'%'", from: '%'},
		says: ({from}) => `root may log in from ${from === '%' ? 'everywhere' : from}`,
		remedy: ({account}) => ({
			sentence: `Make an account of another name, with the rights it needs, for whoever works from there; then DROP USER ${account}.`,
		}),
	},
});

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
	kinds,
	appliesTo: ({facts}) =>
		mysqlServerOf(facts.packages) !== undefined ? there(facts, ['now']) : 'neither MariaDB nor MySQL is installed',
	async inspect({facts}) {
		const where = 'SELECT User, Host FROM mysql.user';
		const runtime = await see(() => ({value: facts.now.accounts.filter(isBad).map(shown), where}));
		const bad = isSeen(runtime) ? facts.now.accounts.filter(isBad) : [];
		return findings(
			bad.map(
				(account): FoundOf<typeof kinds> => ({
					item: shown(account),
					...(account.user === ''
						? {is: 'nameless', data: {account: shown(account)}}
						: {is: 'rootFromElsewhere', data: {account: shown(account), from: account.host}}),
					expected: 'no such account',
					layers: {runtime: {value: shown(account), where}},
				}),
			),
			{is: 'ok', expected: [], layers: {runtime}},
		);
	},
});

const here = ['localhost', '127.0.0.1', '::1'];

const isBad = ({user, host}: {readonly user: string; readonly host: string}): boolean =>
	user === '' || (user === 'root' && !here.includes(host));

/** As SQL wants it. */
const shown = ({user, host}: {readonly user: string; readonly host: string}): string => `'${sql(user)}'@'${sql(host)}'`;
const sql = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "''");
