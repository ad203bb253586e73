/** `setup firewall confirm`: says from a new login that it came through, so that the firewall on trial stays. */
import {makePlan} from '#engine/plan.ts';
import {createReader, type PassReader} from '#host/reader.ts';
import {loginBegan} from '#host/system/ssh-session.ts';
import {Fault} from '#model/fault.ts';
import {ofStack} from '#model/resource.ts';
import {nftablesFirewall} from '#resources/firewall/nftables.ts';
import {onTrial, readTrial, type Trial} from '#resources/firewall/trial.ts';
import {ufwFirewall} from '#resources/firewall/ufw.ts';
import {repair} from '#tasks/doctor/repair.ts';
import {heldRun, mustBeRoot} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';

export type FirewallOptions = {
	readonly format: 'text' | 'ndjson';
	readonly state?: string;
	/** From where somebody sits who needs no SSH. */
	readonly here: boolean;
};

const what = 'setup firewall confirm';

/** Gives 0 when it stays from now on, 1 when not. Throws Fault run.needs-root, firewall.no-trial, firewall.old-login, run.held. */
export const confirmFirewall = async (options: FirewallOptions, out: Output): Promise<number> => {
	mustBeRoot(what);
	// What is refused is no run, and stands in no journal.
	await confirmable(options.here);
	return heldRun(
		{
			what,
			state: options.state,
			format: options.format,
			again: `Run ${what} again.`,
		},
		out,
		async held => {
			// Again, under the lock: the timer may have fired meanwhile.
			const {reader, trial} = await confirmable(options.here);
			const make = trial.by === 'ufw' ? ufwFirewall : nftablesFirewall;
			const one = make({ports: trial.ports, confirm: 'proof', minutes: 1}, {needs: []});
			const plan = await makePlan([{step: 'firewall', resource: {...ofStack(trial.stack, one), needs: []}}], reader);
			const {outcome} = await repair(held, plan);
			return outcome === 'done' ? 0 : outcome === 'interrupted' ? 130 : 1;
		},
	);
};

/** What is on trial, where whoever asks may say that it stays. Throws Fault firewall.no-trial, firewall.old-login. */
const confirmable = async (here: boolean): Promise<{readonly reader: PassReader; readonly trial: Trial}> => {
	const reader = createReader();
	const trial = (await onTrial(reader)) ? await readTrial(reader) : undefined;
	if (trial === undefined)
		throw new Fault(
			'firewall.no-trial',
			'no firewall is on trial here',
			'Where it was taken back, the setup apply that made it tries it again.',
		);
	const began = await loginBegan(process.pid, reader);
	if (!here && (began === undefined || began <= trial.since))
		throw new Fault(
			'firewall.old-login',
			began === undefined
				? 'this is no login over SSH'
				: 'this login is older than the firewall, and proves nothing of a new one',
			'Log in anew over SSH and run it there; where you sit at a console: setup firewall confirm --here.',
		);
	return {reader, trial};
};
