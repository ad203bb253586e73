/** The accounts of a MariaDB or MySQL and how each proves who it is: by which plugin, against a password or against none, or not at all while it is locked. */

/** One of the ways in which an account may prove itself; MariaDB takes several, any of which is enough. */
export type Proof = {readonly plugin: string /** Its password is the empty one. */; readonly empty: boolean};

export type MysqlAccount = {
	readonly user: string;
	readonly host: string;
	readonly locked: boolean;
	/** Empty where the server does not tell. */
	readonly proofs: readonly Proof[];
};

/** From the fields `user, host, plugin, empty, locked, others`, as the questions below give them. */
export const accountOf = ([
	user = '',
	host = '',
	plugin = '',
	empty = '',
	locked = '',
	others = '',
]: readonly string[]): MysqlAccount => {
	const own: Proof = {plugin: named(plugin), empty: empty === '1'};
	return {
		user,
		host,
		locked: locked === '1',
		proofs: plugin === '' ? [] : proofsIn(others, own),
	};
};

/** The password itself never leaves the server: only whether it is empty. MariaDB keeps its accounts as JSON from 10.4 on. */
export const accountQuestions = {
	mariadb: `SELECT 'user', User, Host, IFNULL(JSON_VALUE(Priv, '$.plugin'), ''), IFNULL(JSON_VALUE(Priv, '$.authentication_string'), '') = '', IFNULL(JSON_VALUE(Priv, '$.account_locked'), 0), IFNULL(REGEXP_REPLACE(JSON_EXTRACT(Priv, '$.auth_or'), '("authentication_string": *")[^"]+', '\\\\1set'), '') FROM mysql.global_priv WHERE IFNULL(JSON_VALUE(Priv, '$.is_role'), 0) = 0;`,
	mysql: `SELECT 'user', User, Host, plugin, IFNULL(authentication_string, '') = '', account_locked = 'Y', '' FROM mysql.user;`,
} as const;

/** Those that take a password: with an empty one anybody is let in who knows the name. */
const byPassword =
	/^(mysql_native_password|mysql_old_password|caching_sha2_password|sha256_password|ed25519|client_ed25519|parsec)$/;

/** May somebody log in as this account without proving anything? */
export const isWithoutPassword = ({locked, proofs}: MysqlAccount): boolean =>
	!locked && proofs.some(({plugin, empty}) => empty && byPassword.test(plugin));

const named = (plugin: string): string => (plugin === '' ? 'mysql_native_password' : plugin);

/** `[{}, {"plugin": "unix_socket"}]`: an empty one stands for the account's own fields. */
const proofsIn = (others: string, own: Proof): readonly Proof[] => {
	if (others === '') return [own];
	try {
		const list = JSON.parse(others) as readonly {
			readonly plugin?: string;
			readonly authentication_string?: string;
		}[];
		return list.map(one =>
			one.plugin === undefined && one.authentication_string === undefined
				? own
				: {plugin: named(one.plugin ?? own.plugin), empty: (one.authentication_string ?? '') === ''},
		);
	} catch {
		return [own];
	}
};
