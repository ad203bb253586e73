/** Packages of the distribution. Nodes that are ready together become one transaction; what it adds, removes and fetches is in the plan. */

import {compareVersions} from '#host/apt/deb-version.ts';
import {fetchLists, listsAge} from '#host/apt/lists.ts';
import {damageOf, mendPackages} from '#host/apt/mend-packages.ts';
import {isInstalled, type Packages, packages} from '#host/apt/packages.ts';
import {release} from '#host/apt/release.ts';
import {type Simulated, simulate} from '#host/apt/simulate.ts';
import {transact} from '#host/apt/transaction.ts';
import {batched} from '#host/batch.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {type AccountNames, accountNames} from './left-accounts.ts';
import {packageNames} from './package-names.ts';
import {type RestedUnit, restedOf, wakeData, wakeServices} from './rested.ts';
import type {AptRecord} from './undo-packages.ts';

/** A name of the guides (see package-names.ts) or of the distribution; a version is `>=1.2` or exact. */
export type Wanted = string | {readonly name: string; readonly version?: string};

export type AptPackagesSpec = {
	readonly names: readonly Wanted[];
	/** Default true, as the guides assume. */
	readonly recommends?: boolean;
	/** Packages that may go to make room, by name. */
	readonly allowRemove?: readonly string[];
	/** For throw-away hosts: faster, not safe against a power cut. */
	readonly unsafeIo?: boolean;
};

type Target = {readonly name: string; readonly version?: string};

export type AptPackagesState = {
	readonly missing: readonly (Target & {readonly have: string | null; readonly candidate: string | null})[];
	/** What the whole transaction brings beyond the names asked for; only on one of the nodes that share it. */
	readonly extra?:
		| {readonly adds: number; readonly upgrades: number; readonly removes: readonly string[]; readonly download: string}
		| undefined;
	readonly note?: string | undefined;
	/** Users and groups that were there before: packages make more. */
	readonly accounts?: AccountNames;
	/** Services that an undo stopped. */
	readonly rested?: readonly RestedUnit[];
};

/** Packages, installed. Give `provides: ['path:/etc/nginx']` for the paths that other resources need of them. */
export const aptPackages = (spec: AptPackagesSpec, edges: Partial<Edges> & Pick<Edges, 'id'>): Resource =>
	resource(
		aptPackagesType,
		{
			...edges,
			provides: [
				...spec.names.map(one => `package:${typeof one === 'string' ? one : one.name}` as const),
				...(edges.provides ?? []),
			],
			locks: ['apt', ...(edges.locks ?? [])],
		},
		spec,
	);

export const aptPackagesType: ResourceType<AptPackagesSpec, AptPackagesState> = {
	name: 'apt-packages',
	async inspect(spec, host) {
		const targets = await targetsOf(spec, host);
		const missing = missingOf(targets, await host.fact(packages));
		const units = await restedOf(
			targets.map(({name}) => name),
			host,
		);
		const rested = units.length > 0 && {rested: units};
		if (missing.length === 0) return {missing: [], ...rested};
		const question: Question = {missing, recommends: spec.recommends ?? true, allowRemove: spec.allowRemove ?? []};
		return {...seen(missing, await asked(question, host)), accounts: await accountNames(host), ...rested};
	},
	diff(spec, state) {
		if (state === 'absent')
			return spec.names.map(one => packageChange(typeof one === 'string' ? {name: one} : one, null, null));
		const {missing, extra, note, rested = []} = state;
		return [
			...missing.map(one => packageChange(one, one.have, one.candidate)),
			...(extra && extra.adds + extra.upgrades > 0
				? [
						{
							what: 'what they need',
							from: null,
							to: `${extra.adds} more packages${extra.upgrades > 0 ? `, ${extra.upgrades} upgraded` : ''}, ${extra.download} in all to download`,
						},
					]
				: []),
			...(extra?.removes ?? []).map(
				(name): Change => ({key: 'package', item: name, what: `package ${name}`, from: 'installed', to: null}),
			),
			...(rested.length > 0
				? [{key: 'rested', what: rested.map(({unit}) => unit).join(', '), from: 'stopped by an undo', to: 'running'}]
				: []),
			...(note !== undefined && missing.length > 0 ? [{what: 'note', from: null, to: note}] : []),
		];
	},
	holds: async ({names}, host) => (await targetsOf({names}, host)).map(({name}) => ({thing: `package:${name}`})),
	async fetches({names, recommends = true}, host) {
		return [{kind: 'packages', names: (await targetsOf({names}, host)).map(asArgument), recommends}];
	},
	undoesParts: true,
	undoOf: (_spec, state) => {
		const names = namesOf(state, true);
		const {accounts} = state;
		return {
			can: true,
			record: {names, upgraded: namesOf(state, false), ...(names.length > 0 && accounts !== undefined && {accounts})},
		};
	},
	apply: (spec, state, _changes, host) => aptPackagesType.together!([{spec, state}], host),
	async together(parts, host) {
		await installAll(parts, host);
		const rested = parts.flatMap(({state}) => state.rested ?? []);
		if (rested.length > 0) await wakeServices([...new Map(rested.map(one => [one.unit, one])).values()], host);
	},
	undo: async (record, host, {purge, purgeData, spare = () => false, gone}) =>
		(await undoAll([{record, spare}], host, {purge, purgeData, ...(gone && {gone})}))[0]!,
	undoTogether: (parts, host, options) => undoAll(parts, host, options),
	wake: (records, host) =>
		wakeData(
			records.flatMap(record => (record as AptRecord).names),
			host,
		),
	brings: record => (record as AptRecord).names.map(name => `package:${name}`),
};

/** What asks servers for their data is loaded by who undoes. */
const undoAll: NonNullable<ResourceType<AptPackagesSpec, AptPackagesState>['undoTogether']> = async (...all) =>
	(await import('./undo-packages.ts')).undoPackages(...all);

const installAll = async (
	parts: readonly {readonly spec: AptPackagesSpec; readonly state: AptPackagesState}[],
	host: Host,
): Promise<void> => {
	if (parts.every(({state}) => state.missing.length === 0)) return;
	const damage = await damageOf(host);
	if (damage.cutOff || damage.packages.length > 0) await mendPackages(host);
	const age = await listsAge(host);
	const doubtful = parts.some(({state}) => state.missing.some(one => one.candidate === null));
	if (age === undefined || age > day || (doubtful && age > minute)) await refresh(host, age !== undefined);
	const mayRemove = parts.some(({spec}) => (spec.allowRemove ?? []).length > 0);
	const unsafeIo = parts.some(({spec}) => spec.unsafeIo === true);
	for (const recommends of [true, false]) {
		const targets = [
			...new Set(
				parts
					.filter(({spec}) => (spec.recommends ?? true) === recommends)
					.flatMap(({state}) => state.missing.map(asArgument)),
			),
		];
		if (targets.length > 0) await transact({verb: 'install', targets, recommends, mayRemove, unsafeIo}, host);
	}
};

const minute = 60_000;
const day = 24 * 60 * minute;

type Question = {
	readonly missing: readonly (Target & {readonly have: string | null})[];
	readonly recommends: boolean;
	readonly allowRemove: readonly string[];
};
type Answer = {readonly simulated: Simulated; readonly speaks: boolean; readonly asked: readonly string[]};

/** All nodes of a plan in one question to apt: 0.7 s once. The first node by name speaks for what comes along. */
const asked: (question: Question, host: Reader) => Promise<Answer> = batched(
	'apt-simulate',
	async (questions: readonly Question[], host) => {
		const targets = [...new Set(questions.flatMap(one => one.missing.map(asArgument)))].sort();
		const damage = await damageOf(host);
		const simulated = await simulate(
			{targets, recommends: questions.some(one => one.recommends)},
			host,
			damage.packages.length === 0 && !damage.cutOff,
		);
		const allowed = new Set(questions.flatMap(one => one.allowRemove));
		const unwanted = simulated.known ? simulated.transaction.removes.filter(name => !allowed.has(name)) : [];
		if (unwanted.length > 0)
			throw new Fault(
				'apt.would-remove',
				`installing ${targets.slice(0, 4).join(', ')} would remove ${unwanted.join(', ')}`,
				'Remove them yourself if they are not needed, allow it in the answers, or answer otherwise.',
				{details: unwanted},
			);
		const first = questions.map(keyOf).sort()[0];
		return questions.map(one => ({
			simulated,
			speaks: keyOf(one) === first,
			asked: questions.flatMap(each => each.missing.map(({name}) => name)),
		}));
	},
);

const namesOf = (state: AptPackagesState, fresh: boolean): readonly string[] =>
	state.missing.filter(one => (one.have === null) === fresh).map(one => one.name);

const keyOf = (question: Question): string => question.missing.map(asArgument).join(' ');

const seen = (missing: Question['missing'], {simulated, speaks, asked: names}: Answer): AptPackagesState => {
	if (!simulated.known) return {missing: missing.map(one => ({...one, candidate: null})), note: simulated.why};
	const {adds, upgrades, removes, download} = simulated.transaction;
	const versions = new Map([...adds, ...upgrades].map(one => [one.name, one.version]));
	const found = missing.map(one => ({...one, candidate: versions.get(one.name) ?? null}));
	const old = found.find(one => one.candidate !== null && !satisfies(one.candidate, one.version));
	if (old)
		throw new Fault(
			'apt.too-old',
			`${old.name} ${old.version} is wanted, and the archive has ${old.candidate}`,
			'Add an archive with a newer one, run apt-get update where the lists are old, or answer otherwise.',
		);
	const strange = found.filter(one => simulated.unknown.includes(one.name)).map(one => one.name);
	return {
		missing: found,
		extra: speaks
			? {
					adds: adds.filter(one => !names.includes(one.name)).length,
					upgrades: upgrades.filter(one => !names.includes(one.name)).length,
					removes,
					download,
				}
			: undefined,
		note:
			strange.length === 0
				? undefined
				: `not in the package lists as they are, which are fetched again: ${strange.join(', ')}`,
	};
};

const targetsOf = async ({names}: AptPackagesSpec, host: Reader): Promise<readonly Target[]> => {
	const on = await host.fact(release);
	return names.flatMap(one => {
		const {name, version} = typeof one === 'string' ? {name: one, version: undefined} : one;
		return packageNames(name, on).map(real => ({name: real, ...(version !== undefined && {version})}));
	});
};

const missingOf = (targets: readonly Target[], {all, provided}: Packages): Question['missing'] =>
	targets.flatMap((target): Question['missing'] => {
		const one = all.get(target.name);
		if (isInstalled(one)) return satisfies(one.version, target.version) ? [] : [{...target, have: one.version}];
		return target.version === undefined && provided.has(target.name) ? [] : [{...target, have: null}];
	});

const satisfies = (version: string, wanted: string | undefined): boolean => {
	if (wanted === undefined) return true;
	return wanted.startsWith('>=') ? compareVersions(version, wanted.slice(2).trim()) >= 0 : version === wanted;
};

const asArgument = ({name, version}: Target): string =>
	version === undefined || version.startsWith('>=') ? name : `${name}=${version}`;

const packageChange = ({name, version}: Target, from: string | null, candidate: string | null): Change => ({
	key: 'package',
	item: name,
	what: `package ${name}`,
	from,
	to: candidate ?? version ?? 'newest',
});

/** Old lists still serve when the mirror is out of reach and everything is in the cache; no lists do not. */
const refresh = async (host: Host, optional: boolean): Promise<void> => {
	try {
		await fetchLists(host);
	} catch (error) {
		if (!optional || !(error instanceof Fault)) throw error;
		host.say(`${error.sentence}; going on with the lists as they are`);
	}
};
