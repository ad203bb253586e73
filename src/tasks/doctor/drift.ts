/** Where `setup` installed the stack, its own plan says what was changed by hand since. */
import {type AnyCheck, defineCheck, type Installed} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Change, Resource} from '#model/resource.ts';
import type {DoctorPlace} from './place.ts';

/** `stack.drift`. It loads the stacks only when it is run and something is installed. */
export const driftCheck = (place: DoctorPlace, installed: readonly Installed[]): AnyCheck => {
	const mending = new Map<string, readonly Resource[]>();
	const owners = new Map<string, string>();
	return defineCheck({
		id: 'stack.drift',
		title: 'What setup installed is as it was installed',
		why: 'A setting that was edited by hand works until the next apply puts it back, and until then nobody knows that the host is not what its answers say.',
		reads: ['the answers in /var/lib/host-setup/state.json', 'everything that setup plan looks at'],
		severity: 'warn',
		layers: ['file'],
		source: 'host-setup, setup plan',
		verify: 'setup plan FILE says that nothing is to change.',
		deadline: 60_000,
		appliesTo: () => installed.length > 0 || 'setup installed nothing here',
		async inspect({host}) {
			const found: (readonly Finding[])[] = [];
			for (const one of installed) found.push(await drifted(one, place, host, {mending, owners}));
			const stacks = installed.map(({stack}) => stack);
			return findings(found.flat(), {
				state: 'ok',
				expected: stacks,
				layers: {file: {value: stacks, where: 'the plan of its answers'}},
			});
		},
		remedy: ({item = ''}) => ({
			sentence: `If the change is wanted, answer so and run setup apply; else setup doctor fix stack.drift puts ${item} back to what was answered.`,
		}),
		fix: ({item = ''}) => mending.get(item) ?? [],
	});
};

const drifted = async (
	one: Installed,
	place: DoctorPlace,
	host: Reader,
	{mending, owners}: {readonly mending: Map<string, readonly Resource[]>; readonly owners: Map<string, string>},
): Promise<readonly Finding[]> => {
	const {openStack} = await import('../open-stack.ts');
	const {resolveSecrets} = await import('#answers/secrets/secrets.ts');
	const {makePlan, showLook} = await import('#engine/plan.ts');
	const source = {
		text: JSON.stringify({version: 1, stack: one.stack, ...one.answers}),
		name: place.stateFile,
		directory: '/',
	};
	const opened = await openStack(source, [], host);
	await resolveSecrets(opened.loaded, {store: place.secrets, mode: 'plan'});
	const plan = await makePlan(await opened.items(), host);
	const resources = new Map(plan.nodes.map(({resource}) => [resource.id, resource]));
	// Of two stacks that call a thing the same the second names itself; what a waiver names stays as it is.
	for (const id of resources.keys()) if (!owners.has(id)) owners.set(id, one.stack);
	return plan.nodes.flatMap(({resource, look}): readonly Finding[] => {
		const item = owners.get(resource.id) === one.stack ? resource.id : `${one.stack}/${resource.id}`;
		const where = `${one.stack}: ${resource.title ?? resource.id}`;
		if (look.state === 'ok') return [];
		if (look.state === 'unknown') return [{item, state: 'ok', expected: 'as answered', layers: {file: look.why}}];
		if (look.state === 'failed')
			return [
				{
					item,
					state: 'warn',
					says: look.fault.sentence,
					expected: 'as answered',
					layers: {file: {value: look.fault.code, where}},
				},
			];
		mending.set(item, withMakers(resource.id, plan.order.before, resources));
		return [
			{
				item,
				state: 'warn',
				says: `changed since setup installed it: ${showLook(look)}`,
				expected: look.changes.map(change => valueOf(change, 'to')),
				layers: {file: {value: look.changes.map(change => valueOf(change, 'from')), where}},
			},
		];
	});
};

const valueOf = (change: Change, side: 'from' | 'to'): Json => ({[change.what]: change[side]});

/** With what it needs, for a plan of it alone: nearly always that is as desired. */
const withMakers = (
	id: string,
	before: ReadonlyMap<string, ReadonlySet<string>>,
	resources: ReadonlyMap<string, Resource>,
): readonly Resource[] => {
	const ids = new Set<string>();
	const add = (one: string): void => {
		if (ids.has(one)) return;
		ids.add(one);
		for (const maker of before.get(one) ?? []) add(maker);
	};
	add(id);
	return [...ids].flatMap(one => resources.get(one) ?? []);
};
