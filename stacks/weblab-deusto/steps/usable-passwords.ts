/** Passwords that WebLab-Deusto can use: it dies of others, and finds that out after it has emptied the database. */
import {Fault} from '#model/fault.ts';
import type {Offers} from '#model/offers.ts';
import {quoteText, type Secret, sameText, type Text} from '#model/secret.ts';

/** Before anything is made: the program would have emptied the database when it finds out. */
export const firstUnfit = (
	password: Secret,
	database: Offers['database'],
	scheduling: Offers['scheduling'],
): {readonly state: 'ok' | 'failed'; readonly line: string} => {
	const all: readonly Text[] = [
		quoteText([password], inAscii),
		usable(database.password, 'the database'),
		...(scheduling.password === undefined ? [] : [usable(scheduling.password, whose(scheduling))]),
	];
	try {
		// Asks each that is known; what it would equal is no matter.
		for (const one of all) sameText(one, '');
		return {state: 'ok', line: 'those that are known already can be used'};
	} catch (error) {
		if (!(error instanceof Fault)) throw error;
		return {state: 'failed', line: error.sentence};
	}
};

const whose = ({by}: Offers['scheduling']): string => (by === 'redis' ? 'Redis' : 'the scheduling database');

/** The program prints it at its end, and dies of any other letter when all is made. */
export const inAscii = (password: string): string => {
	if (/^[ -~]+$/.test(password)) return password;
	throw new Fault(
		'instance.password',
		'the password of the administrator has characters that WebLab-Deusto cannot use',
		'Answer one of ASCII characters, or have it generated; on the site it can be changed to any other. Nothing was made.',
	);
};

/** Throws Fault 'instance.password' when it is used, naming `what` it belongs to. */
export const usable = (password: Secret, what: string): Text => quoteText([password], text => inAddress(text, what));

/** The program puts it unquoted into an address, and dies of what has a meaning there after it has emptied the database. */
const inAddress = (password: string, what: string): string => {
	if (/^[\w.~-]+$/.test(password)) return password;
	throw new Fault(
		'instance.password',
		`the password of ${what} has characters that WebLab-Deusto cannot use`,
		'Answer one of letters, digits, - and _, or have it generated. It was written nowhere for WebLab-Deusto.',
	);
};
