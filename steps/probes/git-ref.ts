/** Does the repository have that branch or tag? Over HTTP it is asked without git, which a bare host does not have yet. */
import {httpAsk} from '#host/web/http.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Probe, Probed} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {Blocked} from '#model/unknown.ts';
import {askGit, fromPath, isLocal, localPath, type Source} from '#resources/git/program.ts';
import {commitAt, isFullCommit, isShortCommit, pickRef, shortOf} from '#resources/git/ref.ts';
import {readerOf} from '#resources/git/tree-text.ts';
import {failed, inTime, ok, patience, warn} from './in-time.ts';

export type GitProbe = {
	readonly url: string;
	readonly ref: string;
	/** Whose checkout it will be: asked with their rights, and with those of nobody before there is that user. Default: root. */
	readonly user?: string;
	/** What cannot be made without it. */
	readonly decides?: readonly Thing[];
};

/** Branch, tag or commit; of a commit on another host only the repository can be seen from outside. */
export const gitRef = ({url, ref, user = 'root', decides = []}: GitProbe, about: readonly string[]): Probe => ({
	id: 'repository',
	about,
	decides,
	title: `the repository has ${ref}`,
	run: reader =>
		inTime(reader, async () =>
			/^https?:\/\//i.test(url) && URL.canParse(url)
				? overHttp(url, ref)
				: byGit(reader, url, ref, await readerOf(reader, user)),
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

const byGit = async (reader: Reader, url: string, ref: string, user: string): Promise<Probed> => {
	const source: Source = {url, user};
	if (isLocal(url)) {
		const lack = await unreadable(reader, localPath(url), user);
		if (lack !== undefined) return failed(lack);
	}
	const name = shortOf(ref);
	const isCommit = isFullCommit(ref) || isShortCommit(ref);
	const wanted = isFullCommit(ref)
		? ['HEAD', `refs/heads/${name}`]
		: [`refs/heads/${name}`, `refs/tags/${name}`, `refs/tags/${name}^{}`];
	try {
		const refs = await askGit(reader, source, ['ls-remote', ...fromPath(source), '--', url, ...wanted], {
			timeout: patience,
		});
		if (!isCommit || !isLocal(url) || pickRef(refs, ref)) return judged(refs, ref);
		const commit = await commitAt(reader, source, localPath(url), ref);
		return commit === undefined
			? failed(`the repository has no commit ${ref}, and no branch or tag of that name`)
			: ok(`commit ${commit.slice(0, 10)} is there`);
	} catch (error) {
		// A bare host has none: the packages come first.
		if (error instanceof Blocked && error.why.because === 'no-tool')
			return warn(`there is no git here yet; whether it has ${ref} shows at the checkout`);
		if (error instanceof Fault) return failed(error.sentence.replaceAll(/\/\/[^/@\s]*@/g, '//'));
		throw error;
	}
};

/** A repository in somebody's home is there, and still no other user can clone it. */
const unreadable = async (reader: Reader, path: string, user: string): Promise<string | undefined> => {
	const inside = (await reader.stat(`${path}/.git`)) === undefined ? path : `${path}/.git`;
	if ((await reader.stat(`${inside}/HEAD`, {follow: true})) === undefined)
		return `there is no git repository at ${path}`;
	if (user === 'root') return undefined;
	const may = await reader.probe(['test', '-r', `${inside}/HEAD`, '-a', '-x', `${inside}/objects`], {as: user});
	return may.code === 0
		? undefined
		: `${user === 'nobody' ? 'a user of its own' : user} may not read ${path}: let others pass every directory above it, and read what is in it`;
};

const judged = (refs: string, ref: string): Probed => {
	const found = pickRef(refs, ref);
	if (found) return ok(`${found.kind} ${found.name} is at ${found.commit.slice(0, 10)}`);
	if (isFullCommit(ref)) return ok('the repository answers; whether it has the commit shows at the checkout');
	if (!isShortCommit(ref)) return failed(`the repository has no branch or tag ${shortOf(ref)}`);
	return refs.split('\n').some(line => line.startsWith(ref.toLowerCase()))
		? ok('a branch or a tag is at that commit')
		: warn('the repository answers; whether it has the commit shows at the checkout');
};
