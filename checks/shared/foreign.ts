/** A server of root that reads what somebody else may write: told instead of testing the configuration, for the test itself would run their code. */
import {foreignReads} from '#host/trust/test-command.ts';
import {writersInWords} from '#host/trust/words.ts';
import {defineKinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

type Foreign = {readonly server: string; readonly words: string; readonly path: string; readonly more: number};

export const foreignKinds = defineKinds({
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
