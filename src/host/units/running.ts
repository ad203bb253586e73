/** Is a service running, and will it be after the next boot? The same two findings for every service, so that one that is down is told once. */
import type {Findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {see} from '../see.ts';
import {type UnitState, unitState} from './units.ts';

export type RunningOptions = {
	/** Another unit that starts it at boot: postgresql.service for a cluster, postfix.service for its instance. */
	readonly atBoot?: string;
	/** Before the items, where there are several of a kind: `15/main `. */
	readonly prefix?: string;
};

/** Not running is a failure; not coming back at boot is a warning, which blocks no other check. */
export const runningFindings = async (unit: string, host: Reader, options: RunningOptions = {}): Promise<Findings> => {
	const {atBoot = unit, prefix = ''} = options;
	const [state, boot] = await Promise.all([unitState(unit, host), unitState(atBoot, host)]);
	const up = state.active === 'active' || state.active === 'reloading';
	const where = `systemctl show ${unit}`;
	const layers = {
		runtime: await see(() => ({value: shownState(state), where})),
		file: await see(() => ({
			value: boot.enabled === false ? boot.fileState || boot.load : 'enabled',
			where: `systemctl show ${atBoot}: UnitFileState`,
		})),
	};
	return [
		{
			item: `${prefix}running`,
			state: up ? 'ok' : 'fail',
			...(!up && {says: `${unit} is ${shownState(state)}`}),
			expected: 'active',
			layers,
		},
		{
			item: `${prefix}boot`,
			state: boot.enabled === false ? 'warn' : 'ok',
			...(boot.enabled === false && {says: `${atBoot} does not start at boot`}),
			expected: 'enabled',
			layers,
		},
	];
};

const shownState = ({load, active, sub, result}: UnitState): string =>
	load === 'loaded' ? `${active} (${sub}${active === 'failed' && result !== 'success' ? `, ${result}` : ''})` : load;
