/**
 * What a resource holds of the host, so that two stacks which share a thing can tell: undo of one leaves to the other what
 * both hold. It is plain data, and goes to the journal.
 */

/** `thing` names it: `package:nginx`, `unit:nginx.service`, `setting:/etc/hosts a.example`. */
export type Hold = {
	readonly thing: string;
	/** A digest of how it is wanted, where two stacks may want it differently. Left out: that it is there is what counts. */
	readonly as?: string;
};
