/**
 * The one door to a start, a restart and a reload. A service that runs is only told to read its files anew when its own checker takes them: a mistake that
 * waits in them for the next start must not become an outage by a mend of something else.
 */
import {Fault} from '#model/fault.ts';
import type {Host, ServiceAct, ServiceOptions} from '#model/host.ts';
import {type Foreign, testedBefore} from '../self-test/self-test.ts';
import {startUnit, stillRuns} from './start-unit.ts';
import {standUp, unitsThatRun} from './taken-down.ts';
import {unitState} from './units.ts';

/**
 * Does it, and sees that the unit and those that stop with it run afterwards. Throws Fault 'unit.would-fail' before anything is done where its own checker
 * refuses its files, 'unit.failed' with its last words, 'unit.slow' where it is not there in its time.
 */
export const serve = async (
	act: ServiceAct,
	unit: string,
	host: Host,
	options: ServiceOptions & {readonly foreign?: Foreign} = {},
): Promise<void> => {
	host.forget();
	const {active, needsReload, load} = await unitState(unit, host);
	const runs = active === 'active' || active === 'reloading';
	if (needsReload || load === 'not-found') await host.exec(['systemctl', 'daemon-reload']);
	if (runs && act !== 'start') await testedBefore(act, unit, host, line => host.say(line), options.foreign);
	const others = act === 'restart' && runs ? await unitsThatRun([unit], host) : [];
	await startUnit(act, unit, host);
	const {type} = await unitState(unit, host);
	if (type !== 'oneshot' && unit.endsWith('.service'))
		await stillRuns(unit, options.staysUp ?? (['simple', 'exec', 'idle'].includes(type) ? 1.5 : 0.3), host);
	const [down] = await standUp(
		others.filter(one => one !== unit),
		host,
	);
	if (down !== undefined)
		throw new Fault(
			'unit.failed',
			`${down.unit} was stopped with ${unit}, and does not come back: ${down.fault.sentence}`,
			`journalctl -u ${down.unit} has its last words. Mend the cause and run the same command again.`,
			{details: down.fault.details},
		);
};
