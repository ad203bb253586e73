/**
 * A checkout of an application's source. The commit that apply installed is pinned: a re-apply needs no network and
 * deploys nothing; a branch is followed only with `update`. What our own resources change in it is ours, all else is foreign.
 */

import {statThrough} from '#host/files/stat-through.ts';
import {accounts} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Secret} from '#model/secret.ts';
import {pathEdges} from '../files/at-path.ts';
import {readStamp, writeStamp} from '../shared/stamp.ts';
import {cloneInto, moveTo, putBack} from './deploy.ts';
import {lookAtTree, type Tree} from './look.ts';
import {askGit, isLocal, type Source} from './program.ts';
import {isFullCommit, resolveHere, resolveRemote, shortOf, type Target} from './ref.ts';
import {type GitRecord, undoGit} from './undo.ts';

export type GitCheckoutSpec = Source & {
	/** Branch, tag or full commit; `refs/heads/x` or `refs/tags/x` where both exist. */
	readonly ref: string;
	readonly directory: string;
	/** Files in it that our resources change or make: paths, directories or globs. */
	readonly ours?: readonly string[];
	/** Follow the branch to where it is now. */
	readonly update?: boolean;
	/** Default: when there is a .gitmodules. */
	readonly submodules?: boolean;
};

/** What apply installed. `updating` is there only while a move is under way. */
export type Pin = {
	readonly url: string;
	readonly ref: string;
	readonly kind: Target['kind'];
	readonly commit: string;
	readonly updating?: {readonly from: string; readonly kind: Target['kind']; readonly commit: string};
};

export type GitState =
	| {readonly at: 'absent'; readonly empty: {readonly mode: number; readonly owner: string} | null}
	| {readonly at: 'checkout'; readonly tree: Tree; readonly pin: Pin | undefined; readonly todo: Todo};

/** 'adopt': the commit is fine, and becomes the pinned one. */
type Todo =
	| {readonly do: 'nothing' | 'adopt'}
	| {readonly do: 'move'; readonly target: Target; readonly fetch: boolean};

/** A checkout. Needs its parent directory, its user and git. Throws Fault git.url for a URL that cannot be one. */
export const gitCheckout = (asked: GitCheckoutSpec, edges: Partial<Edges> = {}): Resource => {
	const spec = {...asked, ...withoutPassword(asked)};
	const own = pathEdges('git', spec.directory, spec.user, edges);
	const local = isLocal(spec.url) ? [`path:${spec.url.replace(/^file:\/\//, '')}` as const] : [];
	return resource(
		gitCheckoutType,
		{...own, needs: [...(own.needs ?? []).filter(thing => !thing.startsWith('group:')), ...local, 'package:git']},
		spec,
	);
};

export const gitCheckoutType: ResourceType<GitCheckoutSpec, GitState> = {
	name: 'git-checkout',
	async inspect(spec, host) {
		const {stat} = await statThrough(host, spec.directory);
		const names = stat?.kind === 'directory' ? await host.list(spec.directory) : undefined;
		if (stat === undefined || names?.length === 0)
			return {at: 'absent', empty: stat === undefined ? null : {mode: stat.mode, owner: `${stat.uid}:${stat.gid}`}};
		if (!names?.includes('.git'))
			throw new Fault(
				'git.foreign-directory',
				`${spec.directory} is there already and is no git checkout`,
				'Move it away, or name another directory; nothing in it was touched.',
				{details: (names ?? []).slice(0, 10)},
			);
		const account = (await host.fact(accounts)).users.get(spec.user);
		if (account && account.uid !== stat.uid)
			throw new Fault(
				'git.owner',
				`${spec.directory} does not belong to ${spec.user}`,
				`Give it to that user (chown -R ${spec.user}: ${spec.directory}) or name its owner in the answers.`,
			);
		const [tree, pin] = [
			await lookAtTree(host, spec.directory, spec, spec.ours ?? []),
			await readStamp<Pin>(host, stampOf(spec.directory)),
		];
		const todo = await todoFor(spec, tree, pin, host);
		if (todo.do === 'move') await refuseForeign(spec, tree, pin, host);
		return {at: 'checkout', tree, pin, todo};
	},
	diff(spec, state) {
		if (state === 'absent' || state.at === 'absent')
			return [{what: 'checkout', from: null, to: `${spec.ref} of ${spec.url}`}];
		const {tree, pin, todo} = state;
		return [
			...(todo.do === 'move' && tree.origin !== spec.url ? [{what: 'origin', from: tree.origin, to: spec.url}] : []),
			...(todo.do === 'move'
				? [
						{
							what: 'commit',
							from: tree.head.slice(0, 12),
							to: `${todo.target.commit.slice(0, 12)} (${todo.target.kind} ${shortOf(todo.target.name)})`,
						},
					]
				: []),
			...(todo.do === 'adopt'
				? [{what: 'pinned commit', from: pin?.commit.slice(0, 12) ?? null, to: `${tree.head.slice(0, 12)} (as it is)`}]
				: []),
			...(tree.missing.length > 0 && todo.do !== 'move'
				? [{what: 'missing files', from: firstOf(tree.missing), to: 'as committed'} satisfies Change]
				: []),
		];
	},
	undoOf(spec, state) {
		const place = {directory: spec.directory, url: spec.url, user: spec.user, ours: spec.ours ?? []};
		if (state.at === 'absent')
			return {can: true, record: {what: 'clone', ...place, empty: state.empty} satisfies GitRecord};
		const {tree, pin, todo} = state;
		const pinned = pin === undefined ? null : {url: pin.url, ref: pin.ref, kind: pin.kind, commit: pin.commit};
		if (todo.do === 'move')
			return {
				can: true,
				record: {
					what: 'move',
					...place,
					from: pin?.updating?.from ?? tree.head,
					branch: tree.branch ?? null,
					to: todo.target.commit,
					pinned,
				} satisfies GitRecord,
			};
		if (todo.do === 'adopt') return {can: true, record: {what: 'adopt', ...place, pinned} satisfies GitRecord};
		return {can: false, why: 'files of the checkout that were missing are not taken away again'};
	},
	async apply(spec, state, _changes, host) {
		const pinned = (target: Target): Pin => ({url: spec.url, ref: spec.ref, kind: target.kind, commit: target.commit});
		if (state.at === 'absent')
			return cloneInto(host, spec, target => writeStamp(host, stampOf(spec.directory), pinned(target)));
		const {tree, pin, todo} = state;
		if (todo.do === 'move') {
			const {kind, commit} = todo.target;
			await writeStamp(host, stampOf(spec.directory), {
				...(pin ?? {...pinned(todo.target), commit: tree.head}),
				updating: {from: pin?.updating?.from ?? tree.head, kind, commit},
			});
			await moveTo(host, spec, todo.target, [...tree.ours, ...tree.missing], {fetch: todo.fetch});
			await writeStamp(host, stampOf(spec.directory), pinned(todo.target));
			return;
		}
		await putBack(host, spec, tree.missing);
		if (todo.do === 'adopt')
			await writeStamp(
				host,
				stampOf(spec.directory),
				pinned({
					kind: isFullCommit(spec.ref) ? 'commit' : tree.branch === shortOf(spec.ref) ? 'branch' : 'tag',
					name: shortOf(spec.ref),
					commit: tree.head,
				}),
			);
	},
	undo: (record, host) => undoGit(record as GitRecord, host),
};

/** The name its stamp goes by. */
const stampOf = (directory: string): string => `git:${directory}`;

const todoFor = async (spec: GitCheckoutSpec, tree: Tree, pin: Pin | undefined, host: Reader): Promise<Todo> => {
	if (pin?.updating)
		return {
			do: 'move',
			target: {name: shortOf(spec.ref), kind: pin.updating.kind, commit: pin.updating.commit},
			fetch: true,
		};
	const same = pin !== undefined && pin.ref === spec.ref && pin.url === spec.url;
	if (same && !(spec.update && pin.kind === 'branch')) {
		if (tree.head === pin.commit) return {do: 'nothing'};
		if (pin.kind === 'branch' && tree.branch === shortOf(spec.ref)) return {do: 'adopt'};
		return {do: 'move', target: {kind: pin.kind, name: shortOf(spec.ref), commit: pin.commit}, fetch: false};
	}
	if (!pin && tree.origin === spec.url && !spec.update) {
		const here =
			tree.branch === shortOf(spec.ref) ? tree.head : (await resolveHere(host, spec, spec.directory, spec.ref))?.commit;
		if (here === tree.head) return {do: 'adopt'};
	}
	const target = await resolveRemote(host, spec, spec.ref);
	if (target.commit !== tree.head || (target.kind === 'branch' && tree.branch !== target.name))
		return {do: 'move', target, fetch: true};
	return same && pin.commit === tree.head ? {do: 'nothing'} : {do: 'adopt'};
};

/** Nothing of others is overwritten: neither their changes nor commits that exist only here. */
const refuseForeign = async (spec: GitCheckoutSpec, tree: Tree, pin: Pin | undefined, host: Reader): Promise<void> => {
	const halfMoved = pin?.updating
		? await filesBetween(spec, pin.updating.from, pin.updating.commit, host)
		: new Set<string>();
	const foreign = tree.foreign.filter(path => !halfMoved.has(path));
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

const withoutPassword = ({url, credentials}: Source): Partial<Source> => {
	const [, scheme = '', user = '', password, rest = ''] = /^(https?:\/\/)([^/@:]*):([^/@]*)@(.*)$/s.exec(url) ?? [];
	if (password === undefined) return {};
	return {
		url: `${scheme}${rest}`,
		credentials: credentials ?? {
			user: decodeURIComponent(user),
			password: new Secret('git password', decodeURIComponent(password)),
		},
	};
};

const firstOf = (paths: readonly string[]): string =>
	paths.length > 5 ? `${paths.slice(0, 5).join(', ')} and ${paths.length - 5} more` : paths.join(', ');
