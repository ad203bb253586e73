/** The head of an answers file says which version of the format and which stack it is for. */
import {Fault} from '#model/fault.ts';
import type {Stack} from '#model/step.ts';
import {isMap, own} from '../questions/shape.ts';
import type {Problem} from '../resolve/check-answers.ts';
import {didYouMean} from '../resolve/did-you-mean.ts';
import {showKey} from '../resolve/problem-sentences.ts';
import {readSheet} from './read-yaml.ts';
import {openSource, type Source} from './source.ts';

/** The version this program reads and writes. */
export const answersVersion = 1;

/** What is wrong with version, stack and the names of the sections. `sections` are undefined where nothing further can be judged: no map, or a newer version. */
export const readHead = (
	value: unknown,
	stack: Stack,
): {readonly problems: readonly Problem[]; readonly sections?: Readonly<Record<string, unknown>>} => {
	if (value === null || value === undefined)
		return {
			problems: [
				{
					path: [],
					sentence: `is empty: start with 'version: ${answersVersion}' and 'stack: ${stack.id}'`,
					about: 'missing',
				},
			],
		};
	if (!isMap(value))
		return {
			problems: [{path: [], sentence: 'must be a map with version, stack and one section per step', about: 'value'}],
		};
	const version = own(value, 'version');
	if (typeof version === 'number' && version > answersVersion)
		return {
			problems: [
				{
					path: ['version'],
					sentence: `is newer than this setup, which reads version ${answersVersion}: update setup`,
					about: 'value',
				},
			],
		};
	const problems: Problem[] = [];
	if (version === undefined)
		problems.push({
			path: ['version'],
			sentence: `must be answered: write 'version: ${answersVersion}'`,
			about: 'missing',
		});
	else if (version !== answersVersion)
		problems.push({path: ['version'], sentence: `must be ${answersVersion}`, about: 'value'});
	problems.push(...stackProblem(own(value, 'stack'), stack.id));
	const steps = stack.steps.map(step => step.id);
	for (const key of Object.keys(value)) {
		if (!steps.includes(key) && !headKeys.includes(key))
			problems.push({
				path: [key],
				sentence: `is no step of ${stack.id}${didYouMean(key, [...steps, ...headKeys])}`,
				about: 'key',
			});
	}
	return {problems, sections: value};
};

const headKeys = ['version', 'stack'];

const stackProblem = (given: unknown, id: string): readonly Problem[] => {
	if (given === id) return [];
	if (given === undefined)
		return [{path: ['stack'], sentence: `must be answered: write 'stack: ${id}'`, about: 'missing'}];
	return [
		{
			path: ['stack'],
			sentence: typeof given === 'string' ? `these are answers for ${showKey(given)}, not for ${id}` : `must be ${id}`,
			about: 'value',
		},
	];
};

/** Which of the known stacks a file is for. Throws Fault 'answers.file', or 'answers.bad' when its head does not say. */
export const stackIdOf = async (source: Source, ids: readonly string[]): Promise<string> => {
	const {name, text} = await openSource(source);
	const sheet = readSheet(text);
	const stack = isMap(sheet.value) ? own(sheet.value, 'stack') : undefined;
	if (typeof stack === 'string' && ids.includes(stack)) return stack;
	const broken = sheet.value === undefined ? sheet.problems[0] : undefined;
	const place = broken?.place ?? sheet.places.get('stack')?.value ?? {line: 1, column: 1};
	const sentence =
		broken?.sentence ??
		(typeof stack === 'string'
			? `stack: is none that setup knows${didYouMean(stack, ids)}`
			: `stack: must be answered: ${ids.join(', ')}`);
	throw new Fault(
		'answers.bad',
		`${name} does not say which stack it answers.`,
		'`setup list stacks` shows them; write `stack: ID` near the top of the file.',
		{details: [`${name}:${place.line}:${place.column}: ${sentence}`]},
	);
};
