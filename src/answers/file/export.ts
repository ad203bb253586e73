/** What was installed as an answers file again, for the next host: complete, with every secret as a reference. */
import type {Json} from '#model/json.ts';
import type {Stack} from '#model/step.ts';
import {branchesOf, branchFor, isMap, peel, type Schema, shapeOf} from '../questions/shape.ts';
import {answersVersion} from './head.ts';
import {commentLines, yamlEntry, yamlKey, yamlValue} from './write-yaml.ts';

/** The answers in input form (`Loaded.inputs`, or from the state) as YAML that loads back to the same. Steps that the stack no longer has are left out. */
export const exportAnswers = (stack: Stack, inputs: Readonly<Record<string, Json>>): string => {
	const sections = stack.steps
		.filter(step => Object.hasOwn(inputs, step.id))
		.flatMap(step => ['', ...commentLines(step.title, ''), ...entry(step.questions, step.id, inputs[step.id]!, '')]);
	return `${[...commentLines(`Answers for ${stack.id}: ${stack.title}`, ''), `version: ${answersVersion}`, `stack: ${yamlValue(stack.id)}`, ...sections].join('\n')}\n`;
};

const entry = (schema: Schema | undefined, key: string, value: Json, indent: string): readonly string[] => {
	const core = schema && peel(schema).core;
	const nested = core && (shapeOf(core) !== undefined || branchesOf(core) !== undefined);
	if (!nested || !isMap(value) || Object.keys(value).length === 0) return yamlEntry(indent, key, value);
	const shape = shapeOf(core) ?? branchFor(core, value)?.shape ?? {};
	return [
		`${indent}${yamlKey(key)}:`,
		...Object.entries(value).flatMap(([name, one]) =>
			entry(Object.hasOwn(shape, name) ? shape[name] : undefined, name, one as Json, `${indent}  `),
		),
	];
};
