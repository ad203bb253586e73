/** The first node of every plan that touches apt: no package is left half-installed, by us or by anybody before us. */
import {type Damage, damageOf, mendPackages} from '#host/apt/mend-packages.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';

/** The package database is whole. Provides `done:dpkg-consistent`, which every `aptPackages` of a plan should need. */
export const dpkgConsistent = (edges: Partial<Edges> = {}): Resource =>
	resource(
		dpkgConsistentType,
		{
			title: 'no package is half-installed',
			...edges,
			id: edges.id ?? 'dpkg-consistent:dpkg',
			provides: ['done:dpkg-consistent', ...(edges.provides ?? [])],
			locks: ['apt', ...(edges.locks ?? [])],
		},
		{},
	);

export const dpkgConsistentType: ResourceType<{}, Damage> = {
	name: 'dpkg-consistent',
	inspect: (_spec, host) => damageOf(host),
	diff: (_spec, state) =>
		state === 'absent'
			? []
			: [
					...state.packages.map(name => ({what: 'package', from: name, to: 'configured'})),
					...(state.cutOff ? [{what: 'dpkg', from: 'cut off', to: 'finished'}] : []),
				],
	undoOf: () => ({can: false, why: 'a mended package database has no earlier state worth going back to'}),
	apply: (_spec, _state, _changes, host) => mendPackages(host),
	undo: async () => ({outcome: 'already'}),
};
