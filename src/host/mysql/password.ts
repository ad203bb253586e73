/** MariaDB's own form of a password (mysql_native_password): sent instead of the password, and compared with what is stored, so that no plain password reaches the server's logs. */
import {createHash} from 'node:crypto';
import {quoteText, sameText, type Text} from '#model/secret.ts';

/** `*` and SHA1(SHA1(password)) in capitals, in a box. */
export const nativeHash = (password: Text): Text =>
	quoteText(
		password,
		plain =>
			`*${sha1(sha1(Buffer.from(plain, 'utf8')))
				.toString('hex')
				.toUpperCase()}`,
	);

/** Is that what is stored? False while the password is not known. */
export const isStored = (password: Text, stored: string): boolean =>
	sameText(nativeHash(password), stored.toUpperCase());

const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();
