/** Does the repository have that branch or tag? Over HTTP it is asked without git, which a bare host does not have yet. */
import {httpAsk} from '#host/web/http.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Probe, Probed} from '#model/step.ts';
import {askGit, fromPath, type Source} from '#resources/git/program.ts';
import {isFullCommit, pickRef, shortOf} from '#resources/git/ref.ts';
import {failed, inTime, ok, patience} from './in-time.ts';

/** Branch, tag or commit; of a commit only the repository can be seen from outside. */
export const gitRef = (url: string, ref: string, about: readonly string[]): Probe => ({
	id: 'repository',
	about,
	title: `the repository has ${ref}`,
	run: reader =>
		inTime(reader, async () =>
			/^https?:\/\//i.test(url) && URL.canParse(url) ? overHttp(url, ref) : byGit(reader, url, ref),
		),
});

const overHttp = async (url: string, ref: string): Promise<Probed> => {
	const {status, body} = await httpAsk({
		url: `${url.replace(/\/$/, '')}/info/refs?service=git-upload-pack`,
		timeout: patience,
	});
	if (status === 401 || status === 403)
		return failed('the repository wants a login; a private one and a missing one look the same from outside');
	if (status === 404) return failed('there is no repository at this URL');
	if (status !== 200) return failed(`${new URL(url).host} answers ${status}`);
	// Each line of the smart protocol starts with its length; the plain file of a dumb server does not.
	const lines = [...body.matchAll(/([0-9a-f]{40}|[0-9a-f]{64})[ \t](HEAD|refs\/[^\s\0]+)/g)].map(
		([, commit, name]) => `${commit}\t${name}`,
	);
	return lines.length === 0 ? failed('what answers there is no git repository') : judged(lines.join('\n'), ref);
};

const byGit = async (reader: Reader, url: string, ref: string): Promise<Probed> => {
	const source: Source = {url, user: 'root'};
	const name = shortOf(ref);
	const wanted = isFullCommit(ref) ? ['HEAD'] : [`refs/heads/${name}`, `refs/tags/${name}`, `refs/tags/${name}^{}`];
	try {
		return judged(
			await askGit(reader, source, ['ls-remote', ...fromPath(source), '--', url, ...wanted], {timeout: patience}),
			ref,
		);
	} catch (error) {
		if (error instanceof Fault) return failed(error.sentence.replaceAll(/\/\/[^/@\s]*@/g, '//'));
		throw error;
	}
};

const judged = (refs: string, ref: string): Probed => {
	if (isFullCommit(ref)) return ok('the repository answers; whether it has the commit shows at the checkout');
	const found = pickRef(refs, ref);
	return found
		? ok(`${found.kind} ${found.name} is at ${found.commit.slice(0, 10)}`)
		: failed(`the repository has no branch or tag ${shortOf(ref)}`);
};
