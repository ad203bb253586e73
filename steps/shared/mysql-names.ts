/** Names in MariaDB as questions. */
import {z} from 'zod';

/** A database or an account: what every client, shell and configuration file takes without quotes. */
export const mysqlIdentifier = (name: string) =>
	z
		.string()
		.regex(/^[A-Za-z][\w-]{0,63}$/, {error: 'must be at most 64 letters, digits, - and _, a letter first'})
		.default(name);
