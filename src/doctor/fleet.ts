/**
 * The reports of many hosts as one: which finding how many of them have. Somebody with forty hosts mends what they share first, and never reads forty reports. Reports come from
 * other machines, so whatever is kept of one is cut: a host that is no longer its owner's must not fill the memory of who looks at it, nor bury the findings of the others.
 */
import {exitCodeOf, type FailOn} from './exit-code.ts';
import {natural} from './natural.ts';
import type {Report, Row} from './types.ts';

/** What a host can have open; the order is that of the worst first. */
export const openStates = ['crash', 'fail', 'warn', 'unknown'] as const;
export type OpenState = (typeof openStates)[number];

export type FleetHost = {
	/** What it calls itself, with its file where several call themselves so. */
	readonly name: string;
	readonly file: string;
	readonly release: string;
	/** Of setup there. */
	readonly version: string;
	readonly at: string;
	readonly verdict: OpenState | 'ok';
	readonly open: Readonly<Record<OpenState, number>>;
};

/** Findings of one kind of one check in one state, on however many hosts. */
export type FleetFinding = {
	readonly check: string;
	readonly is?: string;
	readonly state: OpenState;
	/** What it is about on the different hosts, the first ones; empty where the check is about the host as a whole. */
	readonly items: readonly string[];
	/** The sentence that most of them have, and how many sentences there are. */
	readonly says: string;
	readonly sentences: number;
	readonly remedy?: string;
	/** `setup doctor fix CHECK` can mend it on each of them. */
	readonly fixable: boolean;
	readonly hosts: readonly string[];
};

export type Fleet = {
	readonly schemaVersion: 1;
	readonly fleet: true;
	readonly hosts: readonly FleetHost[];
	/** Reports that could not be taken: nobody knows how those hosts are. */
	readonly unread: readonly {readonly file: string; readonly code: string; readonly says: string}[];
	/** The worst first, then what most hosts have. */
	readonly findings: readonly FleetFinding[];
	/** Kinds of findings beyond those that are kept. */
	readonly left: number;
	/** What it comes to for a shell. */
	readonly exitCode: 0 | 1 | 2;
};

/** Kinds of findings, and of each the items and sentences; no fleet of ours has a tenth of them. */
const most = {findings: 5000, items: 50, sentences: 50} as const;
/** Characters. */
const longest = {name: 80, word: 200, sentence: 400} as const;

export type FleetBuilder = {
	/** Takes what matters of a report, and lets go of the rest. */
	add(file: string, report: Report): void;
	unread(file: string, why: {readonly code: string; readonly sentence: string}): void;
	done(): Fleet;
};

type Gathered = {
	readonly row: Pick<FleetFinding, 'check' | 'is' | 'state'>;
	readonly items: Set<string>;
	readonly sentences: Map<string, number>;
	readonly remedies: Map<string, number>;
	readonly hosts: Set<number>;
	fixable: boolean;
};

/** Reports are handed to it one after another. */
export const gatherFleet = (failOn: FailOn): FleetBuilder => {
	const hosts: FleetHost[] = [];
	const unread: Fleet['unread'][number][] = [];
	const kinds = new Map<string, Gathered>();
	const beyond = new Set<string>();
	let [failed, untold] = [false, false];
	return {
		add(file, report) {
			const open = report.rows.filter(isOpen);
			const code = exitCodeOf(report, failOn);
			failed ||= code === 1;
			untold ||= code === 2;
			const at = hosts.push(hostOf(file, report, open)) - 1;
			for (const row of open) {
				const key = JSON.stringify([cut(row.check, longest.word), cut(row.is ?? '', longest.word), row.state]);
				const kind = kinds.get(key) ?? (kinds.size < most.findings ? newKind(row) : undefined);
				if (kind === undefined) beyond.add(key);
				else kinds.set(key, took(kind, row, at));
			}
		},
		unread: (file, {code, sentence}) =>
			void unread.push({file: cut(file, longest.word), code, says: cut(sentence, longest.sentence)}),
		done() {
			const named = namesApart(hosts);
			return {
				schemaVersion: 1,
				fleet: true,
				hosts: named.toSorted((a, b) => natural(a.name, b.name)),
				unread,
				findings: [...kinds.values()].map(kind => findingOf(kind, named)).sort(worstAndMost),
				left: beyond.size,
				exitCode: failed ? 1 : untold || unread.length > 0 ? 2 : 0,
			};
		},
	};
};

type Open = Row & {readonly state: OpenState};

const isOpen = (row: Row): row is Open => row.waived === undefined && openStates.some(state => state === row.state);

const hostOf = (file: string, report: Report, rows: readonly Open[]): FleetHost => {
	const open = {crash: 0, fail: 0, warn: 0, unknown: 0};
	for (const {state} of rows) open[state] += 1;
	return {
		name: cut(report.host.name, longest.name),
		file: cut(file, longest.word),
		release: cut(report.host.release, longest.name),
		version: cut(report.version, longest.name),
		at: new Date(report.at).toISOString(),
		verdict: openStates.find(state => open[state] > 0) ?? 'ok',
		open,
	};
};

const newKind = ({check, is, state}: Open): Gathered => ({
	row: {check: cut(check, longest.word), state, ...(is !== undefined && {is: cut(is, longest.word)})},
	items: new Set(),
	sentences: new Map(),
	remedies: new Map(),
	hosts: new Set(),
	fixable: true,
});

const took = (kind: Gathered, row: Open, host: number): Gathered => {
	kind.hosts.add(host);
	kind.fixable &&= row.fixable;
	if (row.item !== undefined && kind.items.size < most.items) kind.items.add(cut(row.item, longest.word));
	count(kind.sentences, row.says || row.fault?.sentence || row.title);
	if (row.remedy !== undefined) count(kind.remedies, row.remedy.sentence);
	return kind;
};

const count = (counts: Map<string, number>, sentence: string): void => {
	const key = cut(sentence, longest.sentence);
	if (counts.has(key) || counts.size < most.sentences) counts.set(key, (counts.get(key) ?? 0) + 1);
};

const findingOf = (kind: Gathered, hosts: readonly FleetHost[]): FleetFinding => {
	const remedy = commonest(kind.remedies);
	return {
		...kind.row,
		items: [...kind.items].sort(natural),
		says: commonest(kind.sentences) ?? '',
		sentences: kind.sentences.size,
		...(remedy !== undefined && {remedy}),
		fixable: kind.fixable,
		hosts: [...kind.hosts].flatMap(at => hosts[at]?.name ?? []).sort(natural),
	};
};

const commonest = (counts: ReadonlyMap<string, number>): string | undefined =>
	[...counts].reduce<readonly [string | undefined, number]>(
		(best, one) => (one[1] > best[1] ? one : best),
		[undefined, 0],
	)[0];

/** Two that call themselves the same are two hosts until somebody says that they are one. */
const namesApart = (hosts: readonly FleetHost[]): readonly FleetHost[] => {
	const times = Map.groupBy(hosts, ({name}) => name);
	return hosts.map(host =>
		(times.get(host.name)?.length ?? 0) > 1 ? {...host, name: `${host.name} (${host.file})`} : host,
	);
};

const worstAndMost = (a: FleetFinding, b: FleetFinding): number =>
	openStates.indexOf(a.state) - openStates.indexOf(b.state) ||
	b.hosts.length - a.hosts.length ||
	natural(a.check, b.check) ||
	natural(a.is ?? '', b.is ?? '');

/** Not between the halves of a character, and without lone halves. */
const cut = (text: string, characters: number): string =>
	(text.length <= characters ? text : `${text.slice(0, characters)}…`).toWellFormed();
