/** From what was found to what mends it: resources for one plan, each under an id of its own. */
import type {Told} from '#model/finding.ts';
import type {Resource} from '#model/resource.ts';
import {keyOf} from './fold.ts';
import {resourcesOf} from './kinds.ts';
import type {CheckRun} from './run-checks.ts';

/** `step` is the check: `setup undo --step redis.bind` takes back what was mended for it. */
export type Mending = {readonly step: string; readonly resource: Resource};

/** What mends the findings that `wanted` names. Two checks may edit one file, each for itself: the second gets another id, and the lock of the file makes them wait for each other. */
export const mendingOf = (runs: readonly CheckRun[], wanted: (key: string) => boolean): readonly Mending[] => {
	const ids = new Set<string>();
	return runs.flatMap(run =>
		brokenIn(run)
			.filter(finding => wanted(keyOf(run.check.id, finding.item)))
			.flatMap(finding =>
				resourcesOf(run.check, finding).map(resource => {
					const id = freeId(resource.id, keyOf(run.check.id, finding.item), ids);
					ids.add(id);
					return {step: run.check.id, resource: id === resource.id ? resource : renamed(resource, id)};
				}),
			),
	);
};

const brokenIn = ({verdict}: CheckRun): readonly Told[] =>
	verdict.state === 'seen' ? verdict.findings.filter(({state}) => state !== 'ok') : [];

const freeId = (id: string, key: string, taken: ReadonlySet<string>): string => {
	if (!taken.has(id)) return id;
	for (let n = 1; ; n += 1) {
		const name = n === 1 ? `${id} (${key})` : `${id} (${key}, ${n})`;
		if (!taken.has(name)) return name;
	}
};

/** Its methods may use `this`. */
const renamed = (resource: Resource, id: string): Resource => ({
	...resource,
	id,
	title: resource.title ?? resource.id,
	look: host => resource.look(host),
});
