/** Names and values as MariaDB reads them literally, whatever is in them. Names are quoted with backticks and values written in hexadecimal, so that no mode of the server decides what a backslash means. */
import {Fault} from '#model/fault.ts';
import {quoteText, type Text} from '#model/secret.ts';

/** `` `name` ``. Throws Fault 'mysql.name' for what MariaDB cannot hold as one: nothing, NUL, a blank at its end, characters beyond the basic plane, more than 64 characters. */
export const mysqlName = (name: string): string => {
	if (name === '' || name.length > 64 || /[\0\u{10000}-\u{10ffff}]| $/u.test(name))
		throw new Fault(
			'mysql.name',
			`MariaDB cannot use ${JSON.stringify(name.slice(0, 80))} as a name`,
			'Choose a name of 1 to 64 characters, without a blank at its end.',
		);
	return `\`${name.replaceAll('`', '``')}\``;
};

/** A database in GRANT is a pattern: `_` and `%` stand for other characters until they are escaped. */
export const mysqlPattern = (name: string): string => {
	mysqlName(name);
	return `\`${name.replaceAll(/[\\_%]/g, '\\$&').replaceAll('`', '``')}\``;
};

/** `'user'@'host'` as names. */
export const mysqlAccountName = (user: string, host: string): string => `${mysqlName(user)}@${mysqlName(host)}`;

/** `CONVERT(X'...' USING utf8mb4)`: the same text in every mode and character set of the session. */
export const mysqlText = (value: string): string =>
	`CONVERT(X'${Buffer.from(value, 'utf8').toString('hex')}' USING utf8mb4)`;

/** `'value'` where a literal must stand; the session has NO_BACKSLASH_ESCAPES (`mysqlSession`). */
export const mysqlLiteral = (value: Text): Text => quoteText(value, plain => `'${plain.replaceAll("'", "''")}'`);

/** First statement of every session: a backslash is a character. */
export const mysqlSession = "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES';\n";

/** A field of the client's batch output. */
export const mysqlField = (field: string): string =>
	field.replace(/\\([\\nt0])/g, (_all, char: string) => ({n: '\n', t: '\t', '0': '\0'})[char] ?? char);
