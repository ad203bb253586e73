/** Problems as the lines an editor can jump to: `answers.yaml:12:3: postgres.port: must be …`. */
import {type Problem, showPath} from '../resolve/check-answers.ts';
import {type Origins, originOf} from '../resolve/origins.ts';
import {showKey} from '../resolve/problem-sentences.ts';
import {type Path, type Place, pathKey, type SheetProblem} from './read-yaml.ts';

/** All lines, those of the file first and in its order. Where the YAML itself is wrong, what follows from that is left out. */
export const problemLines = (
	broken: readonly SheetProblem[],
	problems: readonly Problem[],
	origins: Origins,
	file: string,
): readonly string[] =>
	[
		...broken,
		...problems
			.filter(
				problem =>
					!broken.some(one => one.path.length > 0 && startsWith(problem.path, one.path) && problem.about !== 'key'),
			)
			.map(problem => ({...problem, place: placeOf(problem, origins)})),
	]
		.sort((a, b) => rank(a.place) - rank(b.place))
		.map(
			({place, path, sentence}) =>
				`${typeof place === 'string' ? place : `${file}:${place.line}:${place.column}`}: ${path.length === 0 ? '' : `${showPath(path)}: `}${sentence}`,
		);

const startsWith = (path: Path, start: Path): boolean => start.every((part, index) => path[index] === part);

const rank = (place: Place | string): number =>
	typeof place === 'string' ? Number.MAX_SAFE_INTEGER : place.line * 1e6 + place.column;

const placeOf = ({path, about}: Problem, origins: Origins): Place | string => {
	const exact = origins.get(pathKey(path));
	const origin = exact ?? originOf(origins, path);
	switch (origin?.from) {
		case 'file':
			return exact && about === 'value' ? origin.value : origin.key;
		case 'set':
			return origin.set;
		// What is missing below a default is missing in the file.
		case 'stack':
			return about === 'missing' ? firstLine : 'default of the stack';
		case 'step':
			return about === 'missing' ? firstLine : `default (${showKey(origin.text)})`;
		case 'default':
			return about === 'missing' ? firstLine : 'default of the question';
		default:
			return firstLine;
	}
};

const firstLine: Place = {line: 1, column: 1};

/** Where the answer at a path was given: `answers.yaml:12:3`, `--set postgres.port`, `this host`. */
export const answerPlace = (path: Path, origins: Origins, file: string): string => {
	const place = placeOf({path, about: 'value', sentence: ''}, origins);
	return typeof place === 'string' ? place : `${file}:${place.line}:${place.column}`;
};
