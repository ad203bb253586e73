/** Finds the secrets in the answers of a step and names them after their question: `postgres.password`. */
import {Secret} from '#model/secret.ts';
import type {Path} from '../file/read-yaml.ts';
import {renamed} from '../questions/secret-question.ts';
import {isMap, own} from '../questions/shape.ts';

export type Box = {readonly name: string; readonly path: Path; readonly secret: Secret};

/** The answers with every secret under its own name, and the list of them. */
export const nameBoxes = <T>(answers: T, step: string): {readonly answers: T; readonly boxes: readonly Box[]} => {
	const boxes: Box[] = [];
	const walk = (value: unknown, path: Path, name: string): unknown => {
		if (value instanceof Secret) {
			const secret = renamed(value, name);
			boxes.push({name, path, secret});
			return secret;
		}
		if (Array.isArray(value)) {
			const labels = labelsOf(value);
			return value.map((one, index) => walk(one, [...path, index], `${name}[${labels[index]}]`));
		}
		return isMap(value)
			? Object.fromEntries(
					Object.entries(value).map(([key, one]) => [key, walk(one, [...path, key], `${name}.${key}`)]),
				)
			: value;
	};
	return {answers: walk(answers, [step], step) as T, boxes};
};

/** An entry keeps its generated secret when the list is reordered, so it is called by its name where all have one. */
const labelsOf = (list: readonly unknown[]): readonly string[] => {
	for (const key of ['name', 'id', 'user']) {
		const names = list.map(entry => (isMap(entry) ? own(entry, key) : undefined));
		if (names.every(name => typeof name === 'string') && new Set(names).size === list.length) return names;
	}
	return list.map((_, index) => String(index));
};
