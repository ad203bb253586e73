/** Whether a mail server takes a name and a password before TLS: asked as nobody, because what its files say passes through several programs before a client sees it. */
import {Blocked} from '#model/unknown.ts';
import {type Ask, type Door, inLines} from './line-talk.ts';
import {nobody} from './nobody.ts';

export type MailProtocol = 'smtp' | 'imap' | 'pop';

export type MailAnswer = {
	/** It takes a password as it is, on a line that others can read; `in`: it let nobody in. */
	readonly takes: 'nothing' | 'passwords' | 'in';
	/** Its own words, for the evidence. */
	readonly said: string;
};

/** What it does with a name and a password of nobody, without TLS. Throws Blocked. */
export const tryMail = (protocol: MailProtocol, door: Door): Promise<MailAnswer> => inLines(door, talks[protocol]);

const talks: Readonly<Record<MailProtocol, (ask: Ask) => Promise<MailAnswer>>> = {
	async smtp(ask) {
		await ask(undefined, smtpEnd);
		const offered = /^250[ -]AUTH[ =](.*?)\r?$/im.exec(await ask('EHLO localhost', smtpEnd))?.[1] ?? '';
		// Other ways to prove oneself do not show the password.
		const way = /\bPLAIN\b/i.test(offered) ? 'PLAIN' : /\bLOGIN\b/i.test(offered) ? 'LOGIN' : undefined;
		if (way === undefined) return {takes: 'nothing', said: offered === '' ? 'offers no AUTH' : `AUTH ${offered}`};
		const answer = await orSilent(async () => {
			if (way === 'PLAIN') return ask(`AUTH PLAIN ${base64(`\0${nobody()}\0${nobody()}`)}`, smtpEnd);
			await ask('AUTH LOGIN', smtpEnd);
			await ask(base64(nobody()), smtpEnd);
			return ask(base64(nobody()), smtpEnd);
		});
		return judged(`AUTH ${offered}`, answer, /^235/m, /^(530|538|523|454|503|502)/m);
	},
	async imap(ask) {
		await ask(undefined, /^\* [^\n]*\n/m);
		const can = await ask('a CAPABILITY', /^a [^\n]*\n/m);
		if (/\bLOGINDISABLED\b/i.test(can)) return {takes: 'nothing', said: 'LOGINDISABLED'};
		const answer = await orSilent(() => ask(`b LOGIN ${nobody()} ${nobody()}`, /^b [^\n]*\n/m));
		return judged('no LOGINDISABLED', answer, /^b OK/m, /PRIVACYREQUIRED|disallowed|disabled/i);
	},
	async pop(ask) {
		await ask(undefined, /^[+-][^\n]*\n/m);
		const named = await ask(`USER ${nobody()}`, /^[+-][^\n]*\n/m);
		if (named.startsWith('-')) return {takes: 'nothing', said: firstLine(named)};
		const answer = await orSilent(() => ask(`PASS ${nobody()}`, /^[+-][^\n]*\n/m));
		return judged(`USER: ${firstLine(named)}`, answer, /^\+OK/m, /disallowed|disabled|\[SYS\/PERM\]/i);
	},
};

const judged = (offer: string, answer: string | undefined, yes: RegExp, never: RegExp): MailAnswer => {
	if (answer === undefined) return {takes: 'passwords', said: offer};
	const said = `${offer}; ${firstLine(answer)}`;
	return {takes: yes.test(answer) ? 'in' : never.test(answer) ? 'nothing' : 'passwords', said};
};

/** Servers make who was wrong wait, the longer the more often; what was offered before tells all the same. */
const orSilent = async (ask: () => Promise<string>): Promise<string | undefined> => {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof Blocked) return undefined;
		throw error;
	}
};

/** The last line of an answer has a space behind its number. */
const smtpEnd = /^\d{3} [^\n]*\n/m;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const firstLine = (text: string): string => (text.split(/\r?\n/)[0] ?? '').slice(0, 120);
