/** A server of root that reads what somebody else may write: told instead of testing the configuration, for the test itself would run their code. */

import {writersInWords} from '#host/trust/in-words.ts';
import {foreignReads} from '#host/trust/test-command.ts';
import {defineKinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

type Foreign = {readonly server: string; readonly words: string; readonly path: string; readonly more: number};

/** `since`: since when the process goes on with what it read before; empty where none runs. */
type Broken = {readonly text: string; readonly where: string; readonly since: string};

export const mendLine = ({where}: {readonly where: string}) => ({
	sentence: `Mend the line that it names (${where}), test again, and only then reload.`,
});

/** The kinds of a check that has a server test its own configuration. */
export const testKinds = defineKinds({
	broken: {
		state: 'fail',
		example: {text: 'unknown directive "lsten"', where: '/etc/nginx/nginx.conf:3', since: ''} as Broken,
		says: ({text, since}) =>
			`the file does not pass: ${text}${since === '' ? '' : `; the process goes on with what it read ${since}, and its next start will fail`}`,
		remedy: mendLine,
	},
	foreign: {
		state: 'fail',
		example: {
			server: 'nginx',
			words: 'the user web may write /srv/app/site.conf',
			path: '/srv/app/site.conf',
			more: 0,
		} as Foreign,
		says: ({server, words, more}) =>
			`not tested: root's ${server} reads it, and ${words}${more > 0 ? ` (and ${more} more)` : ''}: code as root at its next start`,
		remedy: ({server, path}) => ({
			sentence: `Put a copy that only root may write in the place of ${path}, with every directory above root's (host.root-reads lists all of them); then ${server} can be tested.`,
		}),
	},
});

/** The data of the finding; undefined where only root may write what that test reads. */
export const foreignTo = async (
	server: string,
	argv: readonly string[],
	host: Reader,
): Promise<Foreign | undefined> => {
	const [first, ...more] = await foreignReads(host, argv);
	return first && {server, words: writersInWords(first), path: first.path, more: more.length};
};
