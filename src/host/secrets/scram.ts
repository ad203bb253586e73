/**
 * PostgreSQL's SCRAM-SHA-256 verifiers (RFC 5803), made and checked here, so that a plain password is in no argument, no
 * statement and no server log, and a password that is right already is not sent again.
 */
import {createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual} from 'node:crypto';
import {isKnown, quoteText, reveal, type Text} from '#model/secret.ts';
import {saslprep} from './saslprep.ts';

const iterationsOfOurs = 4096;

/** A fresh salt, as wide as PostgreSQL's own. */
export const newSalt = (): Uint8Array => randomBytes(16);

/** `SCRAM-SHA-256$4096:SALT$STORED:SERVER` for a password. */
export const scramVerifier = (password: string, salt: Uint8Array, iterations = iterationsOfOurs): string => {
	const salted = pbkdf2Sync(saslprep(password), salt, iterations, 32, 'sha256');
	const stored = createHash('sha256').update(keyOf(salted, 'Client Key')).digest('base64');
	return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${stored}:${keyOf(salted, 'Server Key').toString('base64')}`;
};

/** Is a stored `rolpassword` the verifier of this password? False for anything that is no SCRAM verifier. */
export const scramFits = (verifier: string, password: string): boolean => {
	const [, iterations, salt] =
		/^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/.exec(verifier) ?? [];
	if (iterations === undefined || salt === undefined || Number(iterations) < 1) return false;
	return same(scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations)), verifier);
};

/** The old kind, `md5` of password and name: right, but stored too weakly. */
export const md5Fits = (verifier: string, password: string, user: string): boolean =>
	same(
		`md5${createHash('md5')
			.update(password + user)
			.digest('hex')}`,
		verifier,
	);

/** The verifier of a password that may still be in its box. */
export const verifierText = (password: Text, salt: Uint8Array): Text =>
	quoteText(password, plain => scramVerifier(plain, salt));

export type PasswordState = 'right' | 'weak' | 'wrong' | 'none';

/** What a stored `rolpassword` is to the password we want. A secret that is not known yet fits nothing. */
export const passwordState = (stored: string | null, password: Text, user: string): PasswordState => {
	if (stored === null) return 'none';
	if (!isKnown(password)) return 'wrong';
	const plain = reveal(password);
	if (scramFits(stored, plain)) return 'right';
	return md5Fits(stored, plain, user) || stored === plain ? 'weak' : 'wrong';
};

const keyOf = (salted: Uint8Array, name: string): Buffer => createHmac('sha256', salted).update(name).digest();

const same = (left: string, right: string): boolean =>
	left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
