/** What the steps of a stack tell the doctor to expect, as plain data: written to the state by an apply, and read there without a schema. */
import type {Json} from '#model/json.ts';
import {Secret} from '#model/secret.ts';
import type {Expected} from '#model/step.ts';
import type {Loaded, LoadedSecret} from '../file/load.ts';

/** What of loaded answers it takes. */
type Expecting = Pick<Loaded, 'stack' | 'answers' | 'uses'> & {
	readonly secrets: readonly Pick<LoadedSecret, 'name' | 'secret' | 'ref'>[];
};

/** By check id, one for each step that says something about it. A secret is where it is kept: its key in the store, and its reference. */
export const expectsOf = ({stack, answers, uses, secrets}: Expecting): Readonly<Record<string, readonly Json[]>> => {
	const plain = (value: Expected): Json => {
		if (value instanceof Secret) {
			const kept = secrets.find(({secret}) => secret === value);
			return kept === undefined ? null : {key: `${stack.id}/${kept.name}`, ref: kept.ref as Json};
		}
		if (Array.isArray(value)) return (value as readonly Expected[]).map(plain);
		if (typeof value !== 'object' || value === null) return value as Json;
		return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one as Expected)]));
	};
	const all: Record<string, Json[]> = {};
	for (const step of stack.steps) {
		const said = (step.expects?.(answers.get(step.id), {uses: uses.get(step.id) ?? {}}) ?? {}) as Record<
			string,
			Expected
		>;
		for (const [check, value] of Object.entries(said)) (all[check] ??= []).push(plain(value));
	}
	return all;
};
