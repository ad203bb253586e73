/** Accounts that nobody meant to leave: without a name, or root from elsewhere. */

import {packages} from '#host/apt/packages.ts';
import {mysqlServerOf} from '#host/mysql/file.ts';
import {mysqlNow} from '#host/mysql/now.ts';
import {isWithoutPassword, type MysqlAccount} from '#host/mysql/server-accounts.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	everybody: {
		state: 'fail',
		says: 'the server asks nobody for a name or a password (skip-grant-tables): whoever connects may do everything',
		remedy: {
			sentence:
				'Take skip-grant-tables out of what starts it (grep -rn skip.grant /etc/mysql, systemctl cat of its unit), then restart it; where the password of root was lost, set one first.',
		},
	},
	nameless: {
		state: 'fail',
		example: {account: "''@'localhost'"},
		says: 'anybody may log in without a name',
		remedy: ({account}) => ({
			sentence: `Drop the account ${account}.`,
			commands: [['mariadb', '-e', `DROP USER ${account}`]],
		}),
	},
	withoutPassword: {
		state: 'fail',
		example: {account: "'app'@'localhost'", here: true},
		says: ({here}) => `${here ? 'every account of this host' : 'anybody'} may log in as it without a password`,
		remedy: ({account}) => ({
			sentence: `Give it a password, in a client and not on a command line (ALTER USER ${account} IDENTIFIED BY …), tell its application; or lock it where nobody uses it: ALTER USER ${account} ACCOUNT LOCK.`,
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
	title: 'Every account of the database proves who it is, and root is of this host',
	why: 'An account without a name, or with an empty password, lets everybody in who reaches the server, and a root account for other hosts can be guessed at from there. Current packages make neither; old servers and copied dumps bring them.',
	reads: [
		'mysql.global_priv (MySQL: mysql.user): name, host and lock of every account, by which plugin it proves itself, and whether its password is empty',
		'SELECT CURRENT_USER(): whether accounts count at all',
	],
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
		const where = 'mysql.global_priv (MySQL: mysql.user)';
		const runtime = await see(() => ({value: facts.now.accounts.filter(isBad).map(shown), where}));
		const bad = isSeen(runtime) ? facts.now.accounts.filter(isBad) : [];
		if (isSeen(runtime) && facts.now.asksNobody)
			return [
				{
					item: 'skip-grant-tables',
					is: 'everybody',
					expected: 'off',
					layers: {runtime: {value: 'on', where: 'SELECT CURRENT_USER()'}},
				},
			];
		return findings(
			bad.map(
				(account): FoundOf<typeof kinds> => ({
					item: shown(account),
					...wrongWith(account),
					expected: 'no such account',
					layers: {runtime: {value: shown(account), where}},
				}),
			),
			{is: 'ok', expected: [], layers: {runtime}},
		);
	},
});

const wrongWith = (account: MysqlAccount) => {
	const name = shown(account);
	if (account.user === '') return {is: 'nameless', data: {account: name}} as const;
	return isWithoutPassword(account)
		? ({is: 'withoutPassword', data: {account: name, here: here.includes(account.host)}} as const)
		: ({is: 'rootFromElsewhere', data: {account: name, from: account.host}} as const);
};

const here = ['localhost', '127.0.0.1', '::1'];

const isBad = (account: MysqlAccount): boolean =>
	!account.locked &&
	(account.user === '' || (account.user === 'root' && !here.includes(account.host)) || isWithoutPassword(account));

/** As SQL wants it. */
const shown = ({user, host}: {readonly user: string; readonly host: string}): string => `'${sql(user)}'@'${sql(host)}'`;
const sql = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "''");
