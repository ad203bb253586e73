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
import {pathEdges} from '../files/path-resources.ts';
import {readStamp, writeStamp} from '../shared/stamp.ts';
import type {GitCheckoutSpec, Pin} from './checkout-spec.ts';
import {cloneInto, moveTo, putBack} from './deploy.ts';
import {firstOf, refuseForeign} from './foreign.ts';
import {countOf, type LinesOfOthers, linesOfOthers, stashOthers, unstashOthers} from './lines-of-others.ts';
import {lookAtTree, type Tree} from './look.ts';
import {type News, newsChanges, newsOf} from './new-commits.ts';
import {isLocal, localPath, type Source} from './program.ts';
import {isFullCommit, isShortCommit, resolveHere, resolveRemote, shortOf, type Target} from './ref.ts';
import {settledAmong} from './settled-elsewhere.ts';
import {standStill} from './stand-still.ts';
import {type GitRecord, undoGit} from './undo.ts';

export type GitState =
	| {readonly at: 'absent'; readonly empty: {readonly mode: number; readonly owner: string} | null}
	| {
			readonly at: 'checkout';
			readonly tree: Tree;
			readonly pin: Pin | undefined;
			readonly todo: Todo;
			/** Files with settings of an earlier setup, which a move puts back. */
			readonly settled: readonly string[];
			/** What a move has to carry over. */
			readonly others: readonly LinesOfOthers[];
			/** What an update brings. */
			readonly news?: News;
	  };

/** 'adopt': the commit is fine, and becomes the pinned one. */
type Todo =
	| {readonly do: 'nothing' | 'adopt'}
	| {readonly do: 'move'; readonly target: Target; readonly fetch: boolean};

/** A checkout. Needs its parent directory, its user and git. Throws Fault git.url for a URL that cannot be one. */
export const gitCheckout = (asked: GitCheckoutSpec, edges: Partial<Edges> = {}): Resource => {
	const spec = {...asked, ...withoutPassword(asked)};
	const own = pathEdges('git', spec.directory, spec.user, edges);
	const local = isLocal(spec.url) ? [`path:${localPath(spec.url)}` as const] : [];
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
		if (todo.do !== 'move') return {at: 'checkout', tree, pin, todo, settled: [], others: []};
		const settled = await settledAmong(spec, tree.foreign, host);
		await refuseForeign(spec, tree, pin, settled, host);
		const others = pin?.updating ? [] : await linesOfOthers(host, spec, spec.directory, tree.ours);
		const news =
			host.update === undefined ? undefined : await newsOf(host, spec, spec.directory, tree.head, todo.target);
		return {at: 'checkout', tree, pin, todo, settled, others, ...(news && {news})};
	},
	fetches: ({url, ref, credentials, submodules}) =>
		isLocal(url)
			? []
			: credentials === undefined
				? [{kind: 'repository', url, ref, ...(submodules !== undefined && {submodules})}]
				: [{kind: 'not covered', what: `the repository ${url}, which wants a login`}],
	diff(spec, state) {
		if (state === 'absent' || state.at === 'absent')
			return [{what: 'checkout', from: null, to: `${spec.ref} of ${spec.url}`}];
		const {tree, pin, todo, settled, others, news} = state;
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
			...(news === undefined ? [] : newsChanges(news, spec.runs)),
			...settled.map(path => ({what: `settings in ${path}`, from: 'of an earlier setup', to: 'as committed'})),
			...others.map(
				(one): Change => ({
					what: `what others wrote into ${one.path}`,
					from: countOf(one),
					to: 'carried over',
					...(one.patch !== undefined && {patch: one.patch}),
				}),
			),
			...(todo.do === 'adopt'
				? [{what: 'pinned commit', from: pin?.commit.slice(0, 12) ?? null, to: `${tree.head.slice(0, 12)} (as it is)`}]
				: []),
			...(tree.missing.length > 0 && todo.do !== 'move'
				? [{what: 'missing files', from: firstOf(tree.missing), to: 'as committed'} satisfies Change]
				: []),
		];
	},
	stays: (_spec, state) =>
		state.at === 'checkout' && state.tree.edited.length > 0
			? `changed by hand, and left so: ${firstOf(state.tree.edited)}`
			: undefined,
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
		const pinned = (target: Target): Pin => ({
			url: spec.url,
			ref: spec.ref,
			kind: target.kind,
			commit: target.commit,
			...(host.update !== undefined && {by: host.update}),
		});
		if (state.at === 'absent')
			return cloneInto(host, spec, target => writeStamp(host, stampOf(spec.directory), pinned(target)));
		const {tree, pin, todo, settled, others} = state;
		if (todo.do === 'move') {
			const {kind, commit} = todo.target;
			if (host.update !== undefined && spec.runs !== undefined) await standStill(host, spec.runs);
			// A kill behind this finds them in the stash.
			const before = pin?.updating?.carry;
			const carry = before ?? (await stashOthers(others, host));
			await writeStamp(host, stampOf(spec.directory), {
				...(pin ?? {...pinned(todo.target), commit: tree.head}),
				updating: {from: pin?.updating?.from ?? tree.head, kind, commit, carry},
			});
			const at = await moveTo(host, spec, todo.target, [...tree.ours, ...tree.missing, ...settled], {
				fetch: todo.fetch,
				carry: before === undefined ? others : await unstashOthers(before, host),
			});
			await writeStamp(host, stampOf(spec.directory), pinned(at));
			return;
		}
		await putBack(host, spec, tree.missing);
		if (todo.do === 'adopt')
			await writeStamp(
				host,
				stampOf(spec.directory),
				pinned({
					kind:
						isFullCommit(spec.ref) || isShortCommit(spec.ref)
							? 'commit'
							: tree.branch === shortOf(spec.ref)
								? 'branch'
								: 'tag',
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
	const follow = (spec.update || host.update !== undefined) && (pin?.by === undefined || pin.by !== host.update);
	if (same && !(follow && pin.kind === 'branch')) {
		if (tree.head === pin.commit) return {do: 'nothing'};
		if (pin.kind === 'branch' && tree.branch === shortOf(spec.ref)) return {do: 'adopt'};
		return {do: 'move', target: {kind: pin.kind, name: shortOf(spec.ref), commit: pin.commit}, fetch: false};
	}
	if (!pin && tree.origin === spec.url && !follow) {
		const here =
			tree.branch === shortOf(spec.ref) ? tree.head : (await resolveHere(host, spec, spec.directory, spec.ref))?.commit;
		if (here === tree.head) return {do: 'adopt'};
	}
	const target = await resolveRemote(host, spec, spec.ref);
	if (target.commit !== tree.head || (target.kind === 'branch' && tree.branch !== target.name))
		return {do: 'move', target, fetch: true};
	return same && pin.commit === tree.head ? {do: 'nothing'} : {do: 'adopt'};
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
