/** Restarts are debts: journaled when the edit is made, paid before somebody needs the unit, at the end, or on resume. */
import type {Event} from '#model/event.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Thing} from '#model/thing.ts';
import type {Debt, Journal} from './journal.ts';
import {folded, type OpenDebt, openDebts} from './unpaid.ts';

export type Debts = {
	/**
	 * Journals what the act about to be made will owe. The function it gives says that the act is over: until then nobody pays
	 * for it, because a unit that restarts in the middle of an edit has not read it.
	 */
	owe(run: string, debts: readonly Debt[], host: Reader): Promise<() => void>;
	/** Pays what is owed to the units named in `needs`, or everything. Every unit gets its turn; then the first fault is thrown. */
	pay(host: Host, needs?: readonly Thing[]): Promise<void>;
	outstanding(needs?: readonly Thing[]): readonly Debt[];
	/** Called before a unit is started: the function it gives says that it was, and has read its files. What was owed to it until now is paid then. */
	settling(provides: readonly Thing[]): () => void;
};

export type DebtsOptions = {
	/** This run is taken back: what its acts found running runs again, and a process that never read them is left alone. */
	readonly takenBack?: string | undefined;
};

/** Debts over one journal; what an earlier, broken run still owes is in them. */
export const createDebts = (journal: Journal, emit: (event: Event) => void, {takenBack}: DebtsOptions = {}): Debts => {
	const early = new Set<number>();
	const before = takenBack === undefined ? new Map<string, Before>() : beforeRun(journal, takenBack);
	let last = Math.max(0, ...journal.entries.map(entry => (entry.t === 'owe' ? entry.debt : 0)));
	const due = (needs?: readonly Thing[]) =>
		openDebts(journal.entries).filter(
			one => !early.has(one.debt) && (needs === undefined || needs.includes(`unit:${one.unit}`)),
		);
	return {
		outstanding: needs => folded(due(needs)),
		async owe(run, debts, host) {
			const made: number[] = [];
			for (const debt of debts) {
				const {ran} = await stateOf(debt.unit, host);
				last += 1;
				early.add(last);
				made.push(last);
				journal.append({t: 'owe', run, debt: last, unit: debt.unit, do: debt.do, ran: ran ?? null});
				emit({type: 'debt', ...debt, paid: false});
			}
			return () => {
				for (const debt of made) early.delete(debt);
			};
		},
		settling(provides) {
			const open = due(provides);
			return () => {
				for (const debt of folded(open))
					journal.append({t: 'paid', unit: debt.unit, do: debt.do, debts: idsOf(open, debt.unit)});
			};
		},
		async pay(host, needs) {
			const open = due(needs);
			const faults: unknown[] = [];
			for (const debt of folded(open)) {
				try {
					const made = await payOne(debt, before.get(debt.unit) ?? {ran: ranOf(open, debt.unit)}, host);
					journal.append({t: 'paid', unit: debt.unit, do: debt.do, debts: idsOf(open, debt.unit)});
					emit({type: 'debt', ...debt, paid: true, ...(!made && {made})});
				} catch (error) {
					faults.push(error);
				}
			}
			if (faults.length > 0) throw faults[0];
		},
	};
};

/** How a unit was when a run first owed it something. */
type Before = {
	/** Which start of it ran; undefined where none did. */
	readonly ran: string | undefined;
	/** Nothing of what was owed to it since was paid. */
	readonly unread?: boolean;
	/** Whatever it is now: the run that is taken back did that. */
	readonly ours?: true;
};

const beforeRun = ({entries}: Journal, run: string): ReadonlyMap<string, Before> => {
	const paid = new Set(entries.flatMap(entry => (entry.t === 'paid' ? entry.debts : [])));
	const owed = entries.flatMap(entry => (entry.t === 'owe' && entry.run === run ? [entry] : []));
	return new Map(
		[...Map.groupBy(owed, one => one.unit)].map(([unit, all]) => [
			unit,
			{ran: all[0]!.ran ?? undefined, unread: all.every(one => !paid.has(one.debt)), ours: true},
		]),
	);
};

const idsOf = (open: readonly OpenDebt[], unit: string): readonly number[] =>
	open.filter(one => one.unit === unit).map(one => one.debt);

const ranOf = (open: readonly OpenDebt[], unit: string): string | undefined =>
	open.find(one => one.unit === unit)?.ran ?? undefined;

/** Whether anything was done: a unit that does not run, and did not, or is not there any more, has nothing to read again. */
const payOne = async ({unit, do: act}: Debt, before: Before, host: Host): Promise<boolean> => {
	const {load, active, ran} = await stateOf(unit, host);
	if (load === 'not-found' || load === 'masked') return false;
	if (ran !== undefined && before.unread === true && ran === before.ran) return false;
	if (active === 'active' || active === 'reloading') {
		await host.serve(act, unit);
		return true;
	}
	// What somebody stopped since stays stopped.
	if (before.ran === undefined || (active === 'inactive' && before.ours !== true)) {
		if (active === 'failed') await host.exec(['systemctl', 'daemon-reload']);
		return false;
	}
	await host.serve(active === 'activating' || active === 'deactivating' ? 'restart' : 'start', unit);
	return true;
};

type Seen = {readonly load: string; readonly active: string; readonly ran: string | undefined};

const stateOf = async (unit: string, host: Reader): Promise<Seen> => {
	const {stdout} = await host.probe(['systemctl', 'show', '--property=LoadState,ActiveState,InvocationID', '--', unit]);
	const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
	const active = field('ActiveState');
	const up = active === 'active' || active === 'reloading';
	return {load: field('LoadState'), active, ran: up ? field('InvocationID') || unit : undefined};
};
