/**
 * A value that the code also has: a base DN in models.py installs green and fails at the first login. Where another one was answered, the
 * places that still hold the old one are named, and the run stops there until somebody says what is to be done about them.
 */
import type {PythonSetting} from '#edit/python/settings.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';
import {type SourceTree, treeFiles, treeText} from './tree-text.ts';

export type CodeMentionsSpec = {
	readonly tree: SourceTree;
	/** Which files count, as globs from the top. */
	readonly files: readonly string[];
	/** The settings file, from the top, and what other resources make of it: what they replace does not count. */
	readonly settings: {readonly path: string; readonly made: readonly PythonSetting[]};
	/** What the published code holds. */
	readonly value: string;
	/** What was answered instead. */
	readonly answered: string;
	/** The answer that takes whole settings, and the one that accepts the difference, for the hint. */
	readonly furtherBy: string;
	readonly acceptedBy: string;
};

/** `file:line` of each place. */
export type CodeMentionsState = readonly string[];

/** Changes nothing. Where the source is a repository on this host, it is told before there is a checkout. */
export const codeMentions = (spec: CodeMentionsSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		codeMentionsType,
		withEdges(
			{
				id: `code-mentions:${spec.value}`,
				needs: [`path:${spec.tree.directory}`],
				provides: [`done:code-mentions:${spec.value}`],
			},
			edges,
		),
		spec,
	);

let python: typeof import('#edit/python/settings.ts') | undefined;

export const codeMentionsType: ResourceType<CodeMentionsSpec, CodeMentionsState> = {
	name: 'code-mentions',
	async ready() {
		python ??= await import('#edit/python/settings.ts');
	},
	async inspect(spec, host) {
		const places = await mentionsOf(spec, host);
		if (places.length > 0)
			throw new Fault(
				'application.value-in-code',
				`${spec.value} stands in the application's code as well, in ${places.length} ${places.length === 1 ? 'place' : 'places'}, while ${spec.answered} was answered`,
				`Install from a branch where these are ${spec.answered}; give a setting of ${spec.settings.path} that holds it as a whole in ${spec.furtherBy}, as {python: 'EXPRESSION'}; or answer ${spec.acceptedBy} when they do not matter.`,
				{details: places.slice(0, 20)},
			);
		return places;
	},
	diff: () => [],
	undoOf: () => ({can: true, record: null}),
	apply: async () => {},
	undo: async () => ({outcome: 'already'}),
};

const mentionsOf = async (
	{tree, files, value, settings}: CodeMentionsSpec,
	host: Reader,
): Promise<readonly string[]> => {
	const found: string[] = [];
	for (const file of await treeFiles(host, tree, files)) {
		const text = (await treeText(host, tree, file)) ?? '';
		const counts = text.includes(value) && file === settings.path ? withoutMade(text, settings.made) : text;
		if (counts.includes(value))
			for (const [at, line] of counts.split('\n').entries()) if (line.includes(value)) found.push(`${file}:${at + 1}`);
	}
	return found;
};

/** The same lines without what the edits replace. Where they are refused, they tell it themselves, and all of the file counts. */
const withoutMade = (source: string, made: readonly PythonSetting[]): string => {
	if (python === undefined) throw new TypeError('a resource was looked at before it was ready');
	let text = source;
	for (const setting of made) {
		try {
			for (const {start, end} of python.pythonSettings.edit(text, [setting]).toReversed())
				text = `${text.slice(0, start)}None${text.slice(start, end).replaceAll(/[^\n]/g, '')}${text.slice(end)}`;
		} catch (error) {
			if (!(error instanceof Fault)) throw error;
		}
	}
	return text;
};
