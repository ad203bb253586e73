/** A small application that comes with setup, as the git repository that an installation clones: the whole stack can then be tried where only package mirrors are in reach. */
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';

export type DemoRepositorySpec = {
	/** Where it goes, as NAME.git. */
	readonly directory: string;
	readonly name: string;
	/** The tree in the checkout that runs. */
	readonly source: string;
	/** The code stands at this tag alone, and master has no more than the README: as some projects end. */
	readonly tag?: string;
	/** A branch beside master: the same tree without some of it, and with what lies in another folder over it. */
	readonly branch?: {readonly name: string; readonly over: string; readonly without: readonly string[]};
};
export type DemoRepositoryState = {readonly there: boolean; readonly directory: boolean};

/** DIR/NAME.git with one commit on master, or with one at the tag and an emptied one on master. */
export const demoRepository = (spec: DemoRepositorySpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		demoRepositoryType,
		withEdges(
			{
				id: `demo-repository:${spec.name}`,
				needs: ['package:git'],
				provides: [`path:${spec.directory}/${spec.name}.git`],
				locks: [`path:${spec.directory}`],
			},
			edges,
		),
		spec,
	);

export const demoRepositoryType: ResourceType<DemoRepositorySpec, DemoRepositoryState> = {
	name: 'demo-repository',
	inspect: async ({directory, name}, host) => ({
		there: (await host.stat(`${directory}/${name}.git/refs/heads/master`)) !== undefined,
		directory: (await host.stat(directory)) !== undefined,
	}),
	diff: ({directory, name}, state) =>
		state !== 'absent' && state.there
			? []
			: [{what: `${directory}/${name}.git`, from: null, to: 'the small application, as a git repository'}],
	undoOf: ({directory, name}, {there, directory: was}) => ({
		can: true,
		record: {directory, name, created: !there, emptied: !was},
	}),
	async apply({directory, name, source, tag, branch}, state, _changes, host) {
		if ((await host.stat(source)) === undefined)
			throw new Fault(
				'demo.no-fixtures',
				`${source} holds no application`,
				'Run setup from its checkout, or answer where the real source is.',
			);
		if (!state.directory) await host.mkdir(directory, {mode: 0o755, owner: 'root:root'});
		const at = `${directory}/${name}.git`;
		await host.removeTree(at, {was: (await host.stat(at))?.id});
		await git(host, ['init', '--quiet', '--bare', '--initial-branch=master', at]);
		await git(host, [`--git-dir=${at}`, `--work-tree=${source}`, 'add', '--all', '--force']);
		await git(host, [
			`--git-dir=${at}`,
			`--work-tree=${source}`,
			'commit',
			'--quiet',
			'--message=The small application',
		]);
		if (tag !== undefined) {
			const tree = [`--git-dir=${at}`, `--work-tree=${source}`];
			await git(host, [...tree, 'tag', tag]);
			await git(host, [...tree, 'read-tree', '--empty']);
			await git(host, [...tree, 'add', 'README.md']);
			await git(host, [...tree, 'commit', '--quiet', '--message=The code is elsewhere']);
		}
		if (branch !== undefined) {
			const tree = [`--git-dir=${at}`, `--work-tree=${branch.over}`];
			await git(host, [...tree, 'symbolic-ref', 'HEAD', `refs/heads/${branch.name}`]);
			await git(host, [...tree, 'rm', '-r', '--quiet', '--cached', '--', ...branch.without]);
			await git(host, [...tree, 'add', '--ignore-removal', '--force', '--', '.'], branch.over);
			await git(host, [...tree, 'commit', '--quiet', '--message=As it is laid out today']);
			await git(host, [...tree, 'symbolic-ref', 'HEAD', 'refs/heads/master']);
		}
		await host.remove(`${at}/index`, {was: undefined});
	},
	async undo(record, host) {
		const {directory, name, created, emptied} = record as Record & {readonly name: string};
		const there = await host.stat(`${directory}/${name}.git`);
		if (!created || there === undefined) return {outcome: 'already'};
		await host.removeTree(`${directory}/${name}.git`, {was: there.id});
		if (emptied && (await host.list(directory))?.length === 0)
			await host.remove(directory, {was: (await host.stat(directory))?.id});
		return {outcome: 'undone'};
	},
};

type Record = {readonly directory: string; readonly created: boolean; readonly emptied: boolean} & {
	readonly [key: string]: string | boolean;
};

/** The same tree gives the same commit on every host. */
const git = (host: Host, words: readonly string[], cwd?: string): Promise<void> =>
	host.exec(['git', '-c', 'safe.directory=*', ...words], {
		...(cwd !== undefined && {cwd}),
		env: {
			GIT_CONFIG_NOSYSTEM: '1',
			GIT_CONFIG_GLOBAL: '/dev/null',
			GIT_AUTHOR_NAME: 'setup',
			GIT_AUTHOR_EMAIL: 'setup@example.org',
			GIT_AUTHOR_DATE: '1420070400 +0000',
			GIT_COMMITTER_NAME: 'setup',
			GIT_COMMITTER_EMAIL: 'setup@example.org',
			GIT_COMMITTER_DATE: '1420070400 +0000',
		},
	});
