/** Names and values as PostgreSQL reads them literally, whatever is in them. Backslashes mean nothing here: every session sets standard_conforming_strings. */
import {Fault} from '#model/fault.ts';
import {quoteText, type Text} from '#model/secret.ts';

/** `"name"`. Throws Fault 'sql.name' for what PostgreSQL cannot hold: NUL, nothing, or more than 63 bytes, which it would cut in silence. */
export const sqlName = (name: string): string => {
	const bytes = Buffer.byteLength(name);
	if (name === '' || name.includes('\0') || bytes > 63)
		throw new Fault(
			'sql.name',
			`PostgreSQL cannot use ${JSON.stringify(name.slice(0, 80))} as a name`,
			'Choose a name of 1 to 63 bytes without a NUL character.',
		);
	return `"${name.replaceAll('"', '""')}"`;
};

/** `'value'`. Throws Fault 'sql.value' for a NUL character, the only one that PostgreSQL's text cannot hold. */
export const sqlText = (value: string): string => {
	if (value.includes('\0'))
		throw new Fault('sql.value', 'a value for PostgreSQL has a NUL character', 'Choose a value without it.');
	return `'${value.replaceAll("'", "''")}'`;
};

/** The same for a text that may hold secrets. */
export const sqlSecret = (value: Text): Text => quoteText(value, sqlText);

/** First statements of every session: what a value means must not depend on the server's settings. */
export const sessionStart =
	"SET standard_conforming_strings = on; SET client_encoding = 'UTF8'; SET search_path = pg_catalog, pg_temp; SET lock_timeout = '20s';\n";
