/**
 * Who could have put there what an operator hands over: an answers file, a medium, a directory to build from. Root's own files count, and those of who called
 * sudo, who can be root anyway; anybody else's would become root's words.
 */
import {writersInWords} from './in-words.ts';
import {createTrusting, type Trust, type Trusting} from './who-may-write.ts';

/** "the user web may write /srv/app/image"; undefined where nobody else may. What is not there, or cannot be followed, is told so. */
export const writtenByOthers = (path: string, trusting: Trusting = createTrusting()): string | undefined => {
	const trust = trusting(path);
	const writers = othersIn(trust);
	return writers.length > 0 || ['absent', 'unresolved'].includes(trust.end)
		? writersInWords({...trust, writers})
		: undefined;
};

const othersIn = ({writers}: Trust): Trust['writers'] => {
	const caller = process.env['SUDO_USER'];
	return writers.filter(({accounts}) => accounts === undefined || accounts.some(one => one !== caller));
};
