/** What `setup` installed here, from its state: its answers are what is expected of this host. */
import type {Installed} from '#model/check.ts';
import type {Json} from '#model/json.ts';
import {objectOf, parseObject, textOf} from './plain-json.ts';

/** The `installed` of state.json. Undefined when the text is not what setup writes there. */
export const parseInstalled = (text: string): readonly Installed[] | undefined => {
	const state = parseObject(text);
	const installed = objectOf(state?.['installed']);
	if (state?.['schemaVersion'] !== 1 || installed === undefined) return undefined;
	return Object.values(installed).flatMap(one => {
		const entry = objectOf(one);
		const [stack, answers] = [textOf(entry?.['stack']), objectOf(entry?.['answers'])];
		if (stack === undefined || answers === undefined) return [];
		const expects = objectOf(entry?.['expects']) as Installed['expects'];
		return [{stack, answers: answers as Readonly<Record<string, Json>>, ...(expects && {expects})}];
	});
};
