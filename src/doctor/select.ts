/** Which checks are meant, by id or subject, before anything runs. */
import type {AnyCheck} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import {subjectOf} from './fold.ts';

export type Selection = {
	/** Those that were asked for, in the order of all. */
	readonly asked: readonly AnyCheck[];
	/** With what they require. */
	readonly run: readonly AnyCheck[];
	/** The ids among the words: who names a check wants its answer, whatever it thinks of this host. */
	readonly named: ReadonlySet<string>;
	/** The ids of all there are. */
	readonly known: readonly string[];
};

/** No words mean all. Throws Fault 'usage.no-check', naming what is near by `near`. */
export const selectChecks = (
	all: readonly AnyCheck[],
	words: readonly string[],
	near: (word: string, among: readonly string[]) => string,
): Selection => {
	const names = [...new Set(all.flatMap(({id}) => [subjectOf(id), id]))];
	const unknown = words.filter(word => !names.includes(word));
	if (unknown.length > 0)
		throw new Fault(
			'usage.no-check',
			`there is no check or subject ${unknown.map(word => `${JSON.stringify(word)}${near(word, names)}`).join(', ')}`,
			'setup list checks names all of them.',
		);
	const asked = words.length === 0 ? all : all.filter(({id}) => words.includes(id) || words.includes(subjectOf(id)));
	const ids = new Set<string>();
	const add = (check: AnyCheck): void => {
		if (ids.has(check.id)) return;
		ids.add(check.id);
		for (const id of check.requires ?? []) {
			const required = all.find(one => one.id === id);
			if (required) add(required);
		}
	};
	asked.forEach(add);
	return {asked, run: all.filter(check => ids.has(check.id)), named: new Set(words), known: all.map(({id}) => id)};
};
