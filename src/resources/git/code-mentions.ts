/**
 * A value that the code also has: a base DN in models.py installs green and fails at the first login. Where another one was answered, the
 * places that still hold the old one are named, and the run stops there until somebody says what is to be done about them.
 */
import {join} from 'node:path';
import {filesIn} from '#host/files/digest.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type CodeMentionsSpec = {
	/** The checkout. */
	readonly root: string;
	/** Which files count, as globs below it. */
	readonly files: readonly string[];
	/** The settings file, which other resources edit. */
	readonly except: string;
	/** What the published code holds. */
	readonly value: string;
	/** What was answered instead. */
	readonly answered: string;
	/** The answer that accepts it, for the hint. */
	readonly acceptedBy: string;
};

/** `file:line` of each place. */
export type CodeMentionsState = readonly string[];

/** Changes nothing. */
export const codeMentions = (spec: CodeMentionsSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		codeMentionsType,
		withEdges(
			{id: `code-mentions:${spec.value}`, needs: [`path:${spec.root}`], provides: [`done:code-mentions:${spec.value}`]},
			edges,
		),
		spec,
	);

export const codeMentionsType: ResourceType<CodeMentionsSpec, CodeMentionsState> = {
	name: 'code-mentions',
	async inspect(spec, host) {
		if ((await host.stat(spec.root)) === undefined) throw new Blocked({because: 'until', thing: `path:${spec.root}`});
		const places = await mentionsOf(spec, host);
		if (places.length > 0)
			throw new Fault(
				'application.value-in-code',
				`${spec.value} stands in the application's code as well, in ${places.length} places, while ${spec.answered} was answered`,
				`Install from a branch where these are ${spec.answered} (further settings, such as search bases, are answered in app-settings.further), or answer ${spec.acceptedBy} when they do not matter.`,
				{details: places.slice(0, 20)},
			);
		return places;
	},
	diff: () => [],
	undoOf: () => ({can: true, record: null}),
	apply: async () => {},
	undo: async () => ({outcome: 'already'}),
};

const mentionsOf = async ({root, files, value, except}: CodeMentionsSpec, host: Reader): Promise<readonly string[]> => {
	const found: string[] = [];
	for (const file of await filesIn(host, root, files)) {
		if (join(root, file) === except) continue;
		const text = Buffer.from((await host.read(join(root, file))) ?? '').toString('utf8');
		if (text.includes(value))
			for (const [at, line] of text.split('\n').entries()) if (line.includes(value)) found.push(`${file}:${at + 1}`);
	}
	return found;
};
