/** The preflight as a resource: it changes nothing and stands before everything else, so that a plan already says what an install would stumble over. */

import {Fault} from '#model/fault.ts';
import type {HostNeeds} from '#model/needs.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {preflightLooks} from './looks.ts';

export type RequirementsSpec = {
	readonly needs: HostNeeds;
	/** Findings that the operator accepted, by name. */
	readonly accepted: readonly string[];
};

export const requirements = (spec: RequirementsSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		requirementsType,
		withEdges({id: 'requirements', title: 'This host can carry the stack', provides: ['done:requirements']}, edges),
		spec,
	);

export const requirementsType: ResourceType<RequirementsSpec, 'met'> = {
	name: 'requirements',
	/** Every finding is told at once. */
	async inspect({needs, accepted}, host) {
		const found = await Promise.all(
			preflightLooks
				.filter(({name}) => !accepted.includes(name))
				.map(async ({name, look}) => ({name, ...(await look(needs, host))})),
		);
		const failed = found.filter(({state}) => state === 'fail');
		if (failed.length > 0) {
			const names = failed.map(({name}) => name).join(', ');
			throw new Fault(
				'requirements.unmet',
				`this host lacks what the stack needs: ${names}`,
				`Mend each, or accept it by name in the answers (${needs.accept}: [${names}]).`,
				{details: failed.flatMap(({name, lines}) => lines.map(line => `${name}: ${line}`))},
			);
		}
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'memory, disk and ports are those of the running host'});
		return 'met';
	},
	diff: () => [],
	undoOf: () => ({can: true, record: null}),
	apply: async () => {},
	undo: async () => ({outcome: 'already'}),
};
