/** Restarts are debts: journaled when the edit is made, paid before somebody needs the unit, at the end, or on resume. */
import type {Event} from '#model/event.ts';
import type {Host} from '#model/host.ts';
import type {Thing} from '#model/thing.ts';
import {type Debt, type Journal, unpaid} from './journal.ts';

export type Debts = {
	owe(run: string, debts: readonly Debt[]): void;
	/** Pays what is owed to the units named in `needs`, or everything. */
	pay(host: Host, needs?: readonly Thing[]): Promise<void>;
	outstanding(needs?: readonly Thing[]): readonly Debt[];
};

/** Debts over one journal; what an earlier, broken run still owes is in them. */
export const createDebts = (journal: Journal, emit: (event: Event) => void): Debts => {
	const outstanding = (needs?: readonly Thing[]): readonly Debt[] => unpaid(journal.entries).filter(debt => needs === undefined || needs.includes(`unit:${debt.unit}`));
	return {
		outstanding,
		owe(run, debts) {
			for (const debt of debts) {
				journal.append({t: 'owe', run, unit: debt.unit, do: debt.do});
				emit({type: 'debt', ...debt, paid: false});
			}
		},
		async pay(host, needs) {
			for (const debt of outstanding(needs)) {
				await payOne(debt, host);
				journal.append({t: 'paid', unit: debt.unit, do: debt.do});
				emit({type: 'debt', ...debt, paid: true});
			}
		},
	};
};

/** A unit that does not run, or is not there any more, has nothing to re-read: systemd answers 0 for the one and 5 for the other. */
const payOne = async ({unit, do: act}: Debt, host: Host): Promise<void> => {
	await host.exec(['systemctl', 'daemon-reload']);
	await host.exec(['systemctl', act === 'reload' ? 'try-reload-or-restart' : 'try-restart', unit], {codes: [0, 5]});
};
