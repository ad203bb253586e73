/** What others have in a checkout, and what is done about it: a move stops before it. */
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {GitCheckoutSpec, Pin} from './checkout-spec.ts';
import type {Tree} from './look.ts';
import {askGit} from './program.ts';

/** Nothing of others is overwritten: neither their changes nor commits that exist only here. */
export const refuseForeign = async (
	spec: GitCheckoutSpec,
	tree: Tree,
	pin: Pin | undefined,
	settled: readonly string[],
	host: Reader,
): Promise<void> => {
	const halfMoved = pin?.updating
		? await filesBetween(spec, pin.updating.from, pin.updating.commit, host)
		: new Set<string>();
	const foreign = tree.foreign.filter(path => !halfMoved.has(path) && !settled.includes(path));
	if (foreign.length > 0)
		throw new Fault(
			'git.foreign-changes',
			`${spec.directory} has ${foreign.length} local ${foreign.length === 1 ? 'change' : 'changes'} that setup did not make: ${firstOf(foreign)}`,
			'Commit and push them, or put them away with git stash --include-untracked; then run it again.',
			{details: foreign.slice(0, 20)},
		);
	if (tree.head === pin?.commit || tree.head === pin?.updating?.commit) return;
	const unpushed = Number(
		await askGit(host, spec, ['-C', spec.directory, 'rev-list', '--count', 'HEAD', '--not', '--remotes', '--tags']),
	);
	if (unpushed > 0)
		throw new Fault(
			'git.unpushed',
			`${spec.directory} has ${unpushed} commits that are nowhere else`,
			'Push them to a branch of the source, then run it again.',
		);
};

/** A killed git leaves some files of the old commit and some of the new one. */
const filesBetween = async (
	spec: GitCheckoutSpec,
	from: string,
	to: string,
	host: Reader,
): Promise<ReadonlySet<string>> => {
	const text = await askGit(host, spec, [
		'-C',
		spec.directory,
		'diff',
		'--name-only',
		'--no-renames',
		'-z',
		from,
		to,
	]).catch(() => '');
	return new Set(text.split('\0'));
};

/** A few paths and how many more. */
export const firstOf = (paths: readonly string[]): string =>
	paths.length > 5 ? `${paths.slice(0, 5).join(', ')} and ${paths.length - 5} more` : paths.join(', ');
