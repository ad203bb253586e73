/** What happens to one node, or to several as one act: intent, apply, look again, done. The host itself is the proof. */
import {setTimeout as pause} from 'node:timers/promises';
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Look, Undo} from '#model/resource.ts';
import type {Debts} from './debts.ts';
import type {Intent, Journal} from './journal.ts';
import type {Item} from './order.ts';
import {showLook} from './plan.ts';

export type Changing = Extract<Look, {state: 'change'}>;
export type Part = {readonly item: Item; readonly look: Changing; readonly host: Host};
export type Acting = {
	readonly run: string;
	readonly stack: string;
	readonly journal: Journal;
	readonly debts: Debts;
};

const pollEvery = 250;

/** Applies parts that belong together. Throws the fault of the first that fails; every part's end is in the journal. */
export const act = async (parts: readonly [Part, ...Part[]], {run, stack, journal, debts}: Acting): Promise<void> => {
	const started = performance.now();
	const intents: Intent[] = [];
	const over: (() => void)[] = [];
	try {
		for (const part of parts) {
			const intent = await intentOf(part, {run, stack, journal});
			over.push(await debts.owe(run, intent.owes, part.host));
			journal.append(intent);
			intents.push(intent);
		}
		await applyAll(parts);
		for (const [index, part] of parts.entries()) {
			await converged(part);
			journal.append({
				t: 'done',
				seq: intents[index]!.seq,
				seconds: Math.round((performance.now() - started) / 100) / 10,
			});
		}
	} catch (error) {
		const ended = new Set(journal.entries.flatMap(entry => (entry.t === 'done' ? [entry.seq] : [])));
		for (const intent of intents)
			if (!ended.has(intent.seq)) journal.append({t: 'failed', seq: intent.seq, fault: faultData(error)});
		throw error;
	} finally {
		for (const due of over) due();
	}
};

const intentOf = async (
	{item, look, host}: Part,
	{run, stack, journal}: Pick<Acting, 'run' | 'stack' | 'journal'>,
): Promise<Intent> => ({
	t: 'intent',
	seq: journal.next(),
	run,
	stack,
	id: item.resource.id,
	step: item.step,
	type: item.resource.type,
	holds: (await item.resource.holds?.(host)) ?? [],
	what: look.changes.map(change => change.what),
	undo: await kept(look.undo, host),
	owes: item.resource.owes ?? [],
	...(item.resource.closes !== undefined && {closes: item.resource.closes}),
});

const kept = async (undo: Undo, host: Host): Promise<Intent['undo']> => {
	if (!undo.can) return undo;
	const hashes: string[] = [];
	for (const content of undo.keep ?? []) hashes.push(await host.stash(content));
	return {can: true, record: undo.record, kept: hashes};
};

const applyAll = async (parts: readonly [Part, ...Part[]]): Promise<void> => {
	const [first] = parts;
	if (parts.length === 1 || !first.look.batch) return first.look.apply(first.host);
	await first.look.batch.run(
		parts.map(part => part.look.batch!.part),
		first.host,
	);
};

/** Looks again until it is as desired or the type's patience is over. */
const converged = async ({item, look, host}: Part): Promise<void> => {
	const deadline = performance.now() + look.settle * 1000;
	for (;;) {
		host.forget();
		const now = await item.resource.look(host);
		if (now.state === 'ok') return;
		if (performance.now() >= deadline) throw notConverged(item, now);
		await pause(pollEvery);
	}
};

const notConverged = (item: Item, now: Look): Fault =>
	now.state === 'failed'
		? new Fault(now.fault.code, now.fault.sentence, now.fault.hint, {details: now.fault.details})
		: new Fault(
				'run.not-as-desired',
				`${item.resource.id} was applied and is still not as desired: ${showLook(now)}`,
				'Somebody or something puts it back, or the program accepted it without doing it. Look at it by hand, then run the same command again.',
			);
