/**
 * All packages of an undo at once: without --purge they stay, and their services rest; with it everything goes that nobody else needs.
 * A server that still holds data stays, named with what it holds.
 */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {transact} from '#host/apt/transaction.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Undone, UndoOptions, UndoPart} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {broughtAlong} from './brought.ts';
import {answerPurge, type DataServer, dataServers, type HeldData, heldData, ofOthers} from './data-servers.ts';
import {type Going, goingOf} from './going.ts';
import {type AccountNames, beforeAll, madeBy, removeAccounts} from './left-accounts.ts';
import {forgetRested, heldThen, type RestedUnit, restServices} from './rested.ts';

/** What an install brought: names that were not there before, those that it brought to a newer version, and the accounts that were there before. */
export type AptRecord = {
	readonly names: readonly string[];
	readonly upgraded: readonly string[];
	readonly accounts?: AccountNames;
} & {
	readonly [key: string]: Json;
};

type Options = Pick<UndoOptions, 'purge' | 'purgeData' | 'gone'>;

/** A result for each, in their order. */
export const undoPackages = async (
	parts: readonly UndoPart[],
	host: Host,
	{purge, purgeData, gone = new Set()}: Options,
): Promise<readonly Undone[]> => {
	// libatomic1 is what this very program runs with.
	const spared = (name: string): boolean => name === 'libatomic1' || parts.some(({spare}) => spare(`package:${name}`));
	const names = [...new Set(parts.flatMap(part => namesIn(part)))];
	const along = new Set([...(await broughtAlong(names, host))].filter(name => !spared(name)));
	const holders = await holdersOf([...names, ...along], host, gone);
	const stays = purge && purgeData ? [] : holders.filter(({holds}) => holds.length > 0);
	// A server that an earlier purge left was marked as asked for then, so that nobody's autoremove takes it.
	const asked = [...new Set([...names, ...holders.map(one => one.package)])];
	const alone = await goingOf({names: asked, along, keeps: []}, host);
	const keeps = purge ? stays.map(one => one.package) : [];
	const going = keeps.length === 0 ? alone : await goingOf({names: asked, along, keeps}, host);
	const resting = purge ? alone.goes.filter(one => !going.goes.includes(one)) : alone.goes;
	const used = new Set(stays.filter(({others}) => others.length > 0).map(({server}) => server.unit));
	const rested = await restServices(
		resting,
		{
			names,
			held: Object.fromEntries(holders.map(({server, holds}) => [server.name, holds])),
			spare: unit => used.has(unit) || parts.some(({spare}) => spare(`unit:${unit}`)),
		},
		host,
	);
	const before = beforeAll(
		parts.map(({record}) => record as AptRecord).flatMap(one => (one.names.length > 0 ? [one.accounts] : [])),
	);
	if (purge) await purgeAll(going, {holders, stays, purgeData, before}, host, gone);
	const told = rested.filter(({unit}) => !gone.has(`unit:${unit}`));
	return parts
		.map(part => resultOf(part, {purge, going, stays, rested: told, parts}, host))
		.reduce(inTurn, Promise.resolve([]));
};

const inTurn = async (before: Promise<readonly Undone[]>, next: Promise<Undone>): Promise<readonly Undone[]> => [
	...(await before),
	await next,
];

type Holder = {
	readonly server: DataServer;
	readonly package: string;
	readonly holds: readonly HeldData[];
	/** What of it no stack put there. */
	readonly others: readonly HeldData[];
};

const namesIn = ({record, spare}: UndoPart): readonly string[] =>
	(record as AptRecord).names.filter(name => !spare(`package:${name}`));

const holdersOf = async (
	names: readonly string[],
	host: Host,
	gone: ReadonlySet<string>,
): Promise<readonly Holder[]> => {
	const {all} = await host.fact(packages);
	const then = await heldThen(host);
	const found: Holder[] = [];
	for (const name of new Set(names)) {
		const server = dataServers.find(one => one.package.test(name));
		if (!server || !isInstalled(all.get(name))) continue;
		const holds = await heldData(server, host, gone, then[server.name]);
		found.push({server, package: name, holds, others: await ofOthers(holds, host)});
	}
	return found;
};

const purgeAll = async (
	{goes}: Going,
	{
		holders,
		stays,
		purgeData,
		before,
	}: {
		readonly holders: readonly Holder[];
		readonly stays: readonly Holder[];
		readonly purgeData: boolean;
		readonly before: AccountNames | undefined;
	},
	host: Host,
	gone: Set<string>,
): Promise<void> => {
	if (goes.length === 0) return;
	const ends = holders.filter(one => goes.includes(one.package));
	if (purgeData) for (const {server} of ends.filter(({holds}) => holds.length > 0)) await server.save(host);
	await answerPurge(
		ends.map(({server, package: name}) => server.answers(name, true)),
		host,
	);
	// Else the next autoremove of anybody takes it, and its data with it.
	if (stays.length > 0) await host.exec(['apt-mark', 'manual', ...stays.map(one => one.package)]);
	const made = before === undefined ? undefined : await madeBy(goes, before, host);
	await transact({verb: 'purge', targets: goes, mayRemove: true}, host);
	for (const name of goes) gone.add(`package:${name}`);
	for (const path of ends.flatMap(({server}) => server.leaves)) await clear(host, path);
	if (made !== undefined) for (const line of await removeAccounts(made, goes, host)) host.say(line);
	if (stays.length === 0) await forgetRested(host);
};

type Outcome = {
	readonly purge: boolean;
	readonly going: Going;
	readonly stays: readonly Holder[];
	readonly rested: readonly RestedUnit[];
	readonly parts: readonly UndoPart[];
};

const resultOf = async (part: UndoPart, {purge, going, stays, rested, parts}: Outcome, host: Host): Promise<Undone> => {
	const {upgraded} = part.record as AptRecord;
	const names = namesIn(part);
	if (names.length === 0 && upgraded.length > 0)
		return {outcome: 'kept', why: `an upgrade is not taken back: ${upgraded.join(', ')}`};
	const {all} = await host.fact(packages);
	const there = names.filter(name => isInstalled(all.get(name)) && !(purge && going.goes.includes(name)));
	const stopped = rested
		.filter(
			one =>
				names.includes(one.package) ||
				(part === parts.at(-1) && !parts.some(each => namesIn(each).includes(one.package))),
		)
		.map(({unit}) => unit);
	const data = stays.filter(one => names.some(name => one.package === name || one.package.startsWith(`${name}-`)));
	const said = [
		...(there.length > 0 && !purge ? [`packages stay without --purge: ${there.join(', ')}`] : []),
		...(purge ? data.map(holding) : data.filter(({others}) => others.length > 0).map(goesOn)),
		...(purge && there.length > 0 ? [`these stay: ${there.map(name => neededBy(name, going)).join('; ')}`] : []),
		...(stopped.length > 0 ? [`stopped, and not started at boot: ${stopped.join(', ')}`] : []),
	];
	if (there.length + (purge ? data.length : 0) > 0) return {outcome: 'kept', why: said.join('; ')};
	return {outcome: names.some(name => going.goes.includes(name)) ? 'undone' : 'already'};
};

const holding = ({server, holds, others}: Holder): string =>
	`${server.name} stays, for it holds ${server.tell(holds)}; --purge-data saves that and takes it away${others.length > 0 ? `; it goes on, for ${server.tell(others)} ${others.length === 1 ? 'is' : 'are'} of others` : ''}`;

const goesOn = ({server, others}: Holder): string =>
	`${server.name} goes on: it holds ${server.tell(others)}, of others`;

const neededBy = (name: string, {needed}: Going): string => {
	const by = needed.get(name);
	return by === undefined ? name : `${name}, which ${by.slice(0, 5).join(', ')} ${by.length === 1 ? 'needs' : 'need'}`;
};
