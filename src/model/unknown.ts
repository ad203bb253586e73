import type {Thing} from './thing.ts';

/** Why something could not be told. Never folded into ok or failed. */
export type Unknown =
	| {readonly because: 'until'; readonly thing: Thing}
	| {
			/** 'no-systemd': what only systemd could tell, where it is not the first process. That is not applicable rather than unknown: nothing is missing there. */
			readonly because:
				| 'needs-root'
				| 'no-tool'
				| 'no-systemd'
				| 'timeout'
				| 'offline-root'
				| 'unreadable'
				| 'remote'
				| 'unsafe';
			readonly need: string;
	  };

/** Thrown by an inspect that cannot see yet. */
export class Blocked extends Error {
	readonly why: Unknown;

	constructor(why: Unknown) {
		super(showUnknown(why));
		this.name = 'Blocked';
		this.why = why;
	}
}

/** One clause for a human: "until unit:slapd.service is there", "needs root: …". */
export const showUnknown = (why: Unknown): string =>
	why.because === 'until' ? `until ${why.thing} is there` : `${sentences[why.because]}: ${why.need}`;

const sentences = {
	'needs-root': 'needs root',
	'no-tool': 'a program is missing',
	'no-systemd': 'systemd does not run here',
	timeout: 'no answer in time',
	'offline-root': 'the host is not running',
	unreadable: 'cannot be read',
	remote: 'on another host',
	unsafe: 'not asked as root',
} as const;
