/** Starting a unit, and knowing that it runs: systemd calls a service started that dies a moment later, and the reason is only in its journal. */
import {setTimeout as pause} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';
import type {Host, Reader, ServiceAct} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {unitState} from './units.ts';

/**
 * Starts, restarts or reloads, and waits as long as the unit itself allows, ten minutes at most. A unit that failed too often before is allowed to try again.
 * Throws Fault unit.failed with its last words, unit.slow where it is neither up nor down by then.
 */
export const startUnit = async (verb: ServiceAct, name: string, host: Host): Promise<void> => {
	if ((await unitState(name, host)).active === 'failed')
		await host.exec(['systemctl', 'reset-failed', name], {codes: [0, 1]});
	const patience = await patienceOf(name, host);
	try {
		// What cannot reload is restarted.
		await host.exec(['systemctl', verb === 'reload' ? 'reload-or-restart' : verb, name], {timeout: patience});
	} catch (error) {
		if (error instanceof Blocked && error.why.because === 'timeout') throw tooSlow(name, verb, patience);
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

const longest = 600_000;

/** Milliseconds: what systemd itself grants it to stop and to start, and a little. */
const patienceOf = async (name: string, host: Reader): Promise<number> => {
	const {stdout} = await host.probe([
		'systemctl',
		'show',
		'--property=TimeoutStartUSec',
		'--property=TimeoutStopUSec',
		'--',
		name,
	]);
	const all = stdout.split('\n').flatMap(line => (line.includes('=') ? [milliseconds(line.split('=')[1]!)] : []));
	return Math.min(
		longest,
		all.reduce((sum, one) => sum + one, 10_000),
	);
};

/** systemd's `1min 30s`, `500ms`, `infinity`. */
const milliseconds = (span: string): number => {
	if (span === 'infinity') return longest;
	const units: Readonly<Record<string, number>> = {ms: 1, s: 1000, min: 60_000, h: 3_600_000};
	return [...span.matchAll(/(\d+)(ms|s|min|h)\b/g)].reduce(
		(sum, [, n, unit = 's']) => sum + Number(n) * units[unit]!,
		0,
	);
};

const tooSlow = (name: string, verb: ServiceAct, patience: number): Fault =>
	new Fault(
		'unit.slow',
		`the ${verb} of ${name} did not come to an end within ${Math.round(patience / 1000)} s`,
		`systemctl status ${name} says what it waits for. Mend that, then run the same command again.`,
	);

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
