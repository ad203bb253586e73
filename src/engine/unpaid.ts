/** What a journal says of debts: which restarts and reloads nobody has made yet. Told by `setup status` as it is paid by the next run. */
import type {Debt, Stamped} from './journal.ts';

/** Restarts and reloads owed and not paid, one for each unit. */
export const unpaid = (entries: readonly Stamped[]): readonly Debt[] => folded(openDebts(entries));

/** `debt` is its number; `ran` as it was journaled. */
export type OpenDebt = Debt & {readonly debt: number; readonly ran: string | null | undefined};

/** Debts that nobody has paid, one by one, oldest first. */
export const openDebts = (entries: readonly Stamped[]): readonly OpenDebt[] => {
	const paid = new Set(entries.flatMap(entry => (entry.t === 'paid' ? entry.debts : [])));
	return entries.flatMap(entry =>
		entry.t === 'owe' && !paid.has(entry.debt)
			? [{debt: entry.debt, unit: entry.unit, do: entry.do, ran: entry.ran}]
			: [],
	);
};

/** One act for each unit that pays all of them: a restart swallows a reload of the same unit. */
export const folded = (debts: readonly Debt[]): readonly Debt[] => {
	const owed = new Map<string, Debt['do']>();
	for (const {unit, do: act} of debts) owed.set(unit, owed.get(unit) === 'restart' ? 'restart' : act);
	return [...owed].map(([unit, act]) => ({unit, do: act}));
};
