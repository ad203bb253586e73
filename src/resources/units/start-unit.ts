/** Starting a unit, and knowing that it runs: systemd calls a service started that dies a moment later, and the reason is only in its journal. */
import {setTimeout as pause} from 'node:timers/promises';
import {lastLines} from '#host/programs/run.ts';
import {unitState} from '#host/units/units.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';

/** Starts, restarts or reloads. A unit that failed too often before is allowed to try again. Throws Fault unit.failed with its last words. */
export const startUnit = async (verb: 'start' | 'restart' | 'reload', name: string, host: Host): Promise<void> => {
	if ((await unitState(name, host)).active === 'failed')
		await host.exec(['systemctl', 'reset-failed', name], {codes: [0, 1]});
	try {
		await host.exec(['systemctl', verb, name]);
	} catch (error) {
		if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
		throw await unitFault(
			name,
			`${name} could not be ${{start: 'started', restart: 'restarted', reload: 'reloaded'}[verb]}`,
			host,
		);
	}
};

/** Is it still active after so many seconds? Throws Fault unit.failed with its last words. */
export const stillRuns = async (name: string, seconds: number, host: Reader): Promise<void> => {
	const deadline = performance.now() + seconds * 1000;
	for (;;) {
		const state = await activeNow(name, host);
		if (state === 'failed' || state === 'inactive' || state === 'activating auto-restart')
			throw await unitFault(name, `${name} stopped again right after its start`, host);
		if (performance.now() >= deadline) return;
		await pause(Math.min(200, seconds * 1000));
	}
};

/** The unit's result and its last twenty lines in the journal, freed of secrets. */
const unitFault = async (name: string, sentence: string, host: Reader): Promise<Fault> => {
	const {stdout} = await host.probe(['journalctl', '--no-pager', '--output=cat', '--lines=20', '--unit', name]);
	const result = (await host.probe(['systemctl', 'show', '--property=Result', '--value', name])).stdout.trim();
	return new Fault(
		'unit.failed',
		`${sentence}${result === '' || result === 'success' ? '' : ` (${result})`}`,
		`Its last words are below; journalctl -u ${name} has the rest. Mend the cause and run the same command again.`,
		{details: lastLines(stdout, 20)},
	);
};

/** Asked anew each time: facts are for a pass. */
const activeNow = async (name: string, host: Reader): Promise<string> => {
	const [active = '', sub = ''] = (
		await host.query(['systemctl', 'show', '--property=ActiveState', '--property=SubState', name])
	)
		.trim()
		.split('\n')
		.map(line => line.slice(line.indexOf('=') + 1));
	return active === 'activating' && sub === 'auto-restart' ? 'activating auto-restart' : active;
};
