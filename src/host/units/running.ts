/** Is a service running, and will it be after the next boot? The same two findings for every service, so that one that is down is told once. */
import type {Found} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {see} from '../see.ts';
import {type UnitState, unitState} from './units.ts';

export type RunningOptions = {
	/** Another unit that starts it at boot: postgresql.service for a cluster, postfix.service for its instance. */
	readonly atBoot?: string;
	/** Before the items, where there are several of a kind: `15/main `. */
	readonly prefix?: string;
};

/** The unit that runs, the one that starts it at boot, and how the first one is: "failed (failed, exit-code)". */
export type ServiceData = {readonly unit: string; readonly atBoot: string; readonly shown: string};

export type RunningFinding = Found<{down: ServiceData; notAtBoot: ServiceData}>;

/** Not running is a failure; not coming back at boot is a warning, which blocks no other check. */
export const runningFindings = async (
	unit: string,
	host: Reader,
	options: RunningOptions = {},
): Promise<readonly [RunningFinding, RunningFinding]> => {
	const {atBoot = unit, prefix = ''} = options;
	const [state, boot] = await Promise.all([unitState(unit, host), unitState(atBoot, host)]);
	const up = state.active === 'active' || state.active === 'reloading';
	const data = {unit, atBoot, shown: shownState(state)};
	const layers = {
		runtime: await see(() => ({value: data.shown, where: `systemctl show ${unit}`})),
		file: await see(() => ({
			value: boot.enabled === false ? boot.fileState || boot.load : 'enabled',
			where: `systemctl show ${atBoot}: UnitFileState`,
		})),
	};
	const running = {item: `${prefix}running`, expected: 'active', layers};
	const starts = {item: `${prefix}boot`, expected: 'enabled', layers};
	return [
		up ? {...running, is: 'ok'} : {...running, is: 'down', data},
		boot.enabled === false ? {...starts, is: 'notAtBoot', data} : {...starts, is: 'ok'},
	];
};

const shownState = ({load, active, sub, result}: UnitState): string =>
	load === 'loaded' ? `${active} (${sub}${active === 'failed' && result !== 'success' ? `, ${result}` : ''})` : load;
