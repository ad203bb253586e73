/** Which units run that an act may take down: the unit itself and all that systemd stops with it. What ran before runs again afterwards, whatever came of the act. */
import {type FaultData, faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {startUnit} from './start-unit.ts';
import {unitState} from './units.ts';

/** Of these units and those that need them, directly or through others, the ones that run now. */
export const unitsThatRun = async (units: readonly string[], host: Reader): Promise<readonly string[]> => {
	const all = new Set<string>();
	for (let next: readonly string[] = [...new Set(units)]; next.length > 0; ) {
		for (const one of next) all.add(one);
		const {stdout} = await host.probe([
			'systemctl',
			'show',
			'--no-pager',
			`--property=${stopsWith.join(',')}`,
			'--',
			...next,
		]);
		const named = stdout.split('\n').flatMap(line => line.slice(line.indexOf('=') + 1).split(' '));
		next = [...new Set(named)].filter(one => one !== '' && !one.endsWith('.target') && !all.has(one));
	}
	const states = await Promise.all([...all].map(async unit => ({unit, ...(await unitState(unit, host))})));
	return states.filter(({active}) => active === 'active' || active === 'reloading').map(({unit}) => unit);
};

/** What systemd stops when the unit stops. */
const stopsWith = ['RequiredBy', 'RequisiteOf', 'BoundBy', 'ConsistsOf'];

/** Starts those that do not run. Gives the ones that did not come back, with why; never throws. */
export const standUp = async (
	units: readonly string[],
	host: Host,
): Promise<readonly {readonly unit: string; readonly fault: FaultData}[]> => {
	const down: {unit: string; fault: FaultData}[] = [];
	for (const unit of units) {
		host.forget();
		try {
			const {active, load} = await unitState(unit, host);
			if (load === 'loaded' && active !== 'active' && active !== 'reloading') await startUnit('start', unit, host);
		} catch (error) {
			down.push({unit, fault: faultData(error)});
		}
	}
	return down;
};
