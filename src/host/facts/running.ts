/** Is a service running, and will it be after the next boot? The same two findings for every service, so that one that is down is told once. */
import type {Findings} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import {see} from '../see.ts';
import {type UnitState, unitState} from './units.ts';

/** Not running is a failure; not coming back at boot is a warning, which blocks no other check. */
export const runningFindings = async (unit: string, host: Reader): Promise<Findings> => {
	const state = await unitState(unit, host);
	const up = state.active === 'active' || state.active === 'reloading';
	const where = `systemctl show ${unit}`;
	const layers = {
		runtime: await see(() => ({value: shownState(state), where})),
		file: await see(() => ({value: state.enabled === false ? state.fileState || state.load : 'enabled', where: `${where}: UnitFileState`})),
	};
	return [
		{
			item: 'running',
			state: up ? 'ok' : 'fail',
			...(!up && {says: `${unit} is ${shownState(state)}`}),
			expected: 'active',
			layers,
		},
		{
			item: 'boot',
			state: state.enabled === false ? 'warn' : 'ok',
			...(state.enabled === false && {says: `${unit} does not start at boot`}),
			expected: 'enabled',
			layers,
		},
	];
};

const shownState = ({load, active, sub, result}: UnitState): string =>
	load === 'loaded' ? `${active} (${sub}${active === 'failed' && result !== 'success' ? `, ${result}` : ''})` : load;
