/** Why something is not root's alone, as one clause. */
import type {Trust} from './who-may-write.ts';

/** "the user web may write /srv/app/site.conf", "/etc/x cannot be followed to its end". */
export const writersInWords = ({path, writers, end, real}: Trust): string => {
	const [first, ...more] = writers;
	if (first === undefined)
		return end === 'absent' ? `${path} is not there` : `${path} cannot be followed to its end (${real})`;
	const others = new Set(more.map(({words}) => words)).size;
	const place = first.path === path ? path : `${first.path}${end === 'unresolved' ? '' : ` (${path})`}`;
	return `${first.words} may write ${place}${others > 0 && more.some(({words}) => words !== first.words) ? `, and ${others} more` : ''}`;
};
