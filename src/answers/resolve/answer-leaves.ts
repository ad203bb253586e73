/** The answers of a step one by one: what a question takes as a whole (text, list, record, secret reference) is one answer. */

import type {Path} from '../file/read-yaml.ts';
import {branchesOf, isMap, own, peel, type Schema, shapeOf} from '../questions/shape.ts';

export type Leaf = {readonly path: Path; readonly value: unknown};

/** Every answer of an input, in the order it was filled in. */
export const leaves = (schema: Schema, value: unknown, path: Path): readonly Leaf[] => {
	const {core} = peel(schema);
	if (!isMap(value)) return [{path, value}];
	const union = branchesOf(core);
	const shape =
		shapeOf(core) ?? union?.branches.find(branch => branch.values.includes(own(value, union.key) as never))?.shape;
	if (!shape) return [{path, value}];
	return Object.entries(value).flatMap(([key, one]) =>
		Object.hasOwn(shape, key) ? leaves(shape[key]!, one, [...path, key]) : [],
	);
};
