/**
 * Requirements that no version of the interpreter can meet: pip installs a Django that the Python is too new for without a word, and the
 * application ends with a traceback after everything else was installed.
 */
import {statThrough} from '#host/files/stat-through.ts';
import type {Reader} from '#model/host.ts';
import type {Probe} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {Blocked} from '#model/unknown.ts';
import {type SourceTree, treeText} from '#resources/git/tree-text.ts';
import {versionOfPath} from '#resources/python/distributions.ts';
import {meets, parseRequirements} from '#resources/python/requirements.ts';
import {failed, inTime, ok} from './in-time.ts';

export type RequirementsFit = {
	readonly tree: SourceTree;
	/** From the top of the tree; those of elsewhere are left to pip. */
	readonly requirements: readonly string[];
	readonly interpreter: string;
	readonly decides: readonly Thing[];
};

export const requirementsFit = (
	{tree, requirements, interpreter, decides}: RequirementsFit,
	about: readonly string[],
): Probe => ({
	id: 'requirements',
	about,
	decides,
	title: `the requirements fit ${interpreter}`,
	run: reader =>
		inTime(reader, async () => {
			const version = await versionOf(reader, interpreter);
			if (version === undefined) return ok('which Python it is shows at the install');
			for (const file of requirements.filter(path => !path.startsWith('/'))) {
				const text = await treeText(reader, tree, file).catch(error => {
					if (error instanceof Blocked) return null;
					throw error;
				});
				// The source cannot be read yet: there is no git, or no checkout.
				if (text === null) return ok('what they ask for shows at the checkout');
				if (text === undefined) return failed(`the repository has no ${file}`);
				const clash = clashIn(text, version);
				if (clash !== undefined) return failed(`${file} asks for ${clash}, and the interpreter is Python ${version}`);
			}
			return ok(`nothing in them is known to contradict Python ${version}`);
		}),
});

/** The first pinned Django that does not run on that Python. Pure. */
export const clashIn = (text: string, python: string): string | undefined => {
	for (const {name, bounds} of parseRequirements(text)) {
		const pinned = bounds.find(({op}) => op === '==' || op === '===')?.version;
		if (name !== 'django' || pinned === undefined) continue;
		const row = djangos.find(([series]) => meets(pinned, [{op: '==', version: `${series}.*`}]));
		if (row && !row[1].includes(python)) return `Django ${pinned}, which runs on Python ${wordsFor(row[1])}`;
	}
	return undefined;
};

const wordsFor = (pythons: readonly string[]): string =>
	pythons.length === 1 ? `${pythons[0]}` : `${pythons[0]} to ${pythons.at(-1)}`;

const versionOf = async (reader: Reader, interpreter: string): Promise<string | undefined> =>
	versionOfPath(interpreter) ??
	(/\/python2$/.test(interpreter) ? '2.7' : versionOfPath((await statThrough(reader, interpreter)).path));

const upTo = (last: number, first = 0): readonly string[] =>
	Array.from({length: last - first + 1}, (_, at) => `3.${first + at}`);

/** Django's own FAQ ("What Python version can I use with Django?"); later Pythons that were tried and work are counted in. */
const djangos: readonly (readonly [string, readonly string[]])[] = [
	['1.4', ['2.5', '2.6', '2.7']],
	['1.5', ['2.6', '2.7', ...upTo(3, 2)]],
	['1.6', ['2.6', '2.7', ...upTo(3, 2)]],
	['1.7', ['2.7', ...upTo(4, 2)]],
	['1.8', ['2.7', ...upTo(5, 2)]],
	['1.9', ['2.7', ...upTo(5, 4)]],
	['1.10', ['2.7', ...upTo(5, 4)]],
	['1.11', ['2.7', ...upTo(8, 4)]],
	['2.0', upTo(8, 4)],
	['2.1', upTo(8, 5)],
	['2.2', upTo(11, 5)],
	['3.0', upTo(11, 6)],
	['3.1', upTo(11, 6)],
	['3.2', upTo(12, 6)],
	['4.0', upTo(12, 8)],
	['4.1', upTo(12, 8)],
	['4.2', upTo(13, 8)],
	['5.0', upTo(13, 10)],
	['5.1', upTo(14, 10)],
	['5.2', upTo(14, 10)],
];
