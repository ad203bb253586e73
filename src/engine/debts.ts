/** Restarts are debts: journaled when the edit is made, paid before somebody needs the unit, at the end, or on resume. */
import type {Event} from '#model/event.ts';
import type {Host} from '#model/host.ts';
import type {Thing} from '#model/thing.ts';
import {type Debt, folded, type Journal, openDebts} from './journal.ts';

export type Debts = {
	/**
	 * Journals what the act about to be made will owe. The function it gives says that the act is over: until then nobody pays
	 * for it, because a unit that restarts in the middle of an edit has not read it.
	 */
	owe(run: string, debts: readonly Debt[]): () => void;
	/** Pays what is owed to the units named in `needs`, or everything. */
	pay(host: Host, needs?: readonly Thing[]): Promise<void>;
	outstanding(needs?: readonly Thing[]): readonly Debt[];
	/** Called before a unit is started: the function it gives says that it was, and has read its files. What was owed to it until now is paid then. */
	settling(provides: readonly Thing[]): () => void;
};

/** Debts over one journal; what an earlier, broken run still owes is in them. */
export const createDebts = (journal: Journal, emit: (event: Event) => void): Debts => {
	const early = new Set<number>();
	let last = Math.max(0, ...journal.entries.map(entry => (entry.t === 'owe' ? entry.debt : 0)));
	const due = (needs?: readonly Thing[]) =>
		openDebts(journal.entries).filter(
			one => !early.has(one.debt) && (needs === undefined || needs.includes(`unit:${one.unit}`)),
		);
	return {
		outstanding: needs => folded(due(needs)),
		owe(run, debts) {
			const made = debts.map(debt => {
				last += 1;
				early.add(last);
				journal.append({t: 'owe', run, debt: last, unit: debt.unit, do: debt.do});
				emit({type: 'debt', ...debt, paid: false});
				return last;
			});
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
			for (const debt of folded(open)) {
				const made = await payOne(debt, host);
				journal.append({t: 'paid', unit: debt.unit, do: debt.do, debts: idsOf(open, debt.unit)});
				emit({type: 'debt', ...debt, paid: true, ...(!made && {made})});
			}
		},
	};
};

const idsOf = (open: readonly {readonly debt: number; readonly unit: string}[], unit: string): readonly number[] =>
	open.filter(one => one.unit === unit).map(one => one.debt);

/** Whether anything was done: a unit that does not run, or is not there any more, has nothing to read again. */
const payOne = async ({unit, do: act}: Debt, host: Host): Promise<boolean> => {
	const state = (await host.probe(['systemctl', 'show', '--property=ActiveState', '--value', unit])).stdout.trim();
	if (state === 'inactive') return false;
	await host.exec(['systemctl', 'daemon-reload']);
	await host.exec(['systemctl', act === 'reload' ? 'try-reload-or-restart' : 'try-restart', unit], {codes: [0, 5]});
	return state !== 'failed';
};
