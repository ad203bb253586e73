/** What the plan of an installed stack would change, as findings: what is missing or fails for one reason is told once, and so is an install that did not finish. */
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {readJournal} from '#engine/journal.ts';
import {isHeld} from '#engine/lock.ts';
import {makePlan, type PlanNode, showLook} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import type {Installed} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Change, Resource} from '#model/resource.ts';
import {askedInVain} from '#model/secret.ts';
import {stillToMake, type Unfinished, unfinished} from '#runner/unfinished.ts';
import {openStack} from '../open-stack.ts';
import type {Found} from './drift-kinds.ts';
import type {DoctorPlace} from './place.ts';

/** What of one installed stack is not as it was answered: one finding for each cause. `mending` gets what puts it back. */
export const drifted = async (
	one: Installed,
	place: DoctorPlace,
	host: Reader,
	{mending, owners}: {readonly mending: Map<string, readonly Resource[]>; readonly owners: Map<string, string>},
): Promise<readonly Found[]> => {
	const source = {
		text: JSON.stringify({version: 1, stack: one.stack, ...one.answers}),
		name: place.stateFile,
		directory: '/',
	};
	const opened = await openStack(source, [], host);
	const secrets = await resolveSecrets(opened.loaded, {store: place.secrets, mode: 'plan'});
	const plan = await makePlan(await opened.items(), host);
	const open = plan.nodes.some(({look}) => look.state !== 'ok') ? unfinishedHere(one.stack, place) : undefined;
	if (open !== undefined) return [halfInstalled(one.stack, open)];
	const resources = new Map(plan.nodes.map(({resource}) => [resource.id, resource]));
	// Of two stacks that call a thing the same the second names itself; what a waiver names stays as it is.
	for (const id of resources.keys()) if (!owners.has(id)) owners.set(id, one.stack);
	const seemsOff = plan.nodes.filter(({look}) => look.state === 'change' || look.state === 'failed');
	const unread = secrets.filter(({state}) => state === 'unknown');
	const untold = unread.length === 0 ? new Set<PlanNode>() : await hangsOnASecret(seemsOff, host);
	const why = {because: 'unreadable', need: unread.map(secret => `${secret.name} (${secret.why})`).join(', ')} as const;
	const off = seemsOff.filter(node => !untold.has(node));
	const causes = causesOf(off, plan.order.before);
	const named = (id: string): string => (owners.get(id) === one.stack ? id : `${one.stack}/${id}`);
	return plan.nodes.flatMap((node): readonly Found[] => {
		const {resource, look} = node;
		const item = named(resource.id);
		if (untold.has(node)) return [{item, is: 'ok', expected: 'as answered', layers: {file: why}}];
		if (look.state === 'unknown') return [{item, is: 'ok', expected: 'as answered', layers: {file: look.why}}];
		if (look.state !== 'ok' && causes.get(resource.id) !== resource.id) return [];
		const along = off.filter(other => other !== node && causes.get(other.resource.id) === resource.id);
		const ids = [resource.id, ...along.map(each => each.resource.id)];
		if (look.state === 'change') mending.set(item, withMakers(ids, plan.order.before, resources));
		return driftOf(node, item, along, one.stack);
	});
};

/**
 * Those that look other than answered only because a secret of the answers is not at hand here: it came in the environment of the apply, or was typed. They are looked at
 * again, one after another and with nothing remembered, to see which of them ask for it.
 */
const hangsOnASecret = async (nodes: readonly PlanNode[], host: Reader): Promise<ReadonlySet<PlanNode>> => {
	const fresh = createReader(host.root);
	const found = new Set<PlanNode>();
	for (const node of nodes) {
		const before = askedInVain();
		await node.resource.look(fresh);
		if (askedInVain() > before) found.add(node);
	}
	return found;
};

/** Of each that is off, the first one that it comes of: what is missing where it needs that and is missing too, or what fails for the same reason. Else itself. */
const causesOf = (
	off: readonly PlanNode[],
	before: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, string> => {
	const causes = new Map<string, string>();
	const reasons = new Map<string, string>();
	const missing = new Set(off.filter(isMissing).map(({resource}) => resource.id));
	for (const {resource, look} of off) {
		const reason = look.state === 'failed' ? `${look.fault.code} ${look.fault.sentence}` : undefined;
		const same = reason === undefined ? undefined : reasons.get(reason);
		const maker = missing.has(resource.id) ? missingBefore(resource.id, before, missing) : undefined;
		causes.set(resource.id, same ?? (maker === undefined ? resource.id : (causes.get(maker) ?? maker)));
		if (reason !== undefined && same === undefined) reasons.set(reason, causes.get(resource.id)!);
	}
	return causes;
};

const isMissing = ({look}: PlanNode): boolean =>
	look.state === 'change' && look.changes.every(({from}) => from === null);

/** What it needs, however far away. */
const missingBefore = (
	id: string,
	before: ReadonlyMap<string, ReadonlySet<string>>,
	missing: ReadonlySet<string>,
): string | undefined => {
	const seen = new Set([id]);
	const open = [...(before.get(id) ?? [])];
	for (let one = open.pop(); one !== undefined; one = open.pop()) {
		if (seen.has(one)) continue;
		seen.add(one);
		if (missing.has(one)) return one;
		open.push(...(before.get(one) ?? []));
	}
	return undefined;
};

const driftOf = (
	{resource, look}: PlanNode,
	item: string,
	along: readonly PlanNode[],
	stack: string,
): readonly Found[] => {
	const where = `${stack}: ${resource.title ?? resource.id}`;
	const layer = layerOf(resource);
	// What was proven when it was installed does not hold any more.
	const isProof = proofs.has(resource.type);
	const more = along.length === 0 ? '' : ` (and with it ${along.length} more: ${someOf(along)})`;
	if (look.state === 'failed') {
		const {sentence, hint, code} = look.fault;
		const data = {item, isProof, sentence: `${sentence}${more}`, hint};
		return [{item, is: 'fault', data, expected: 'as answered', layers: {[layer]: {value: code, where}}}];
	}
	if (look.state === 'ok' && look.stays !== undefined) {
		const data = {item, shown: look.stays};
		return [{item, is: 'stays', data, expected: 'as committed', layers: {[layer]: {value: look.stays, where}}}];
	}
	if (look.state !== 'change') return [];
	return [
		{
			item,
			is: 'changed',
			data: {item, isProof, shown: `${showLook(look)}${more}`},
			expected: look.changes.map(change => valueOf(change, 'to')),
			layers: {[layer]: {value: look.changes.map(change => valueOf(change, 'from')), where}},
		},
	];
};

/** Entries, roles and processes are no files. */
const layerOf = ({type}: Resource): 'file' | 'runtime' => (files.has(type) ? 'file' : 'runtime');

const files = new Set([
	'absent',
	'copy-tree',
	'directory',
	'download',
	'edit',
	'file',
	'git-checkout',
	'pam-profile',
	'root-copy',
	'symlink',
]);

/** They prove that the whole works: one that fails is no changed setting. */
const proofs = new Set(['getent-proof', 'http-proof', 'ldap-bind', 'postgres-login']);

const someOf = (nodes: readonly PlanNode[]): string =>
	`${nodes
		.slice(0, 3)
		.map(({resource}) => resource.id)
		.join(', ')}${nodes.length > 3 ? ', ...' : ''}`;

/** What did not come to its end is no drift: that is told once. */
const unfinishedHere = (stack: string, {state, journal}: DoctorPlace): Unfinished | undefined =>
	isHeld(state) ? undefined : unfinished(state, readJournal(journal), stack);

const halfInstalled = (stack: string, open: Unfinished): Found => {
	const {failed, outcome} = open;
	const why = failed
		? `${failed.step} failed: ${failed.fault.sentence}`
		: outcome === 'interrupted'
			? 'it was stopped'
			: 'it was cut off';
	const rest = stillToMake(open);
	return {
		item: stack,
		is: 'unfinished',
		data: {why, rest},
		expected: 'installed as answered',
		layers: {file: {value: rest, where: `the run of ${open.at}`}},
	};
};

const valueOf = (change: Change, side: 'from' | 'to'): Json => ({[change.what]: change[side]});

/** With what it needs, for a plan of it alone: nearly always that is as desired. */
const withMakers = (
	wanted: readonly string[],
	before: ReadonlyMap<string, ReadonlySet<string>>,
	resources: ReadonlyMap<string, Resource>,
): readonly Resource[] => {
	const ids = new Set<string>();
	const add = (one: string): void => {
		if (ids.has(one)) return;
		ids.add(one);
		for (const maker of before.get(one) ?? []) add(maker);
	};
	for (const id of wanted) add(id);
	return [...ids].flatMap(one => resources.get(one) ?? []);
};
