/** Is a process what systemd started for a service? Its title anybody can take; the number that systemd keeps nobody. */
import type {Reader} from '#model/host.ts';
import {type Process, serviceOf} from '../system/process-table.ts';
import {unitState} from './units.ts';

/** The main process of a service of the system, not of a user's own manager, with such a name. Asks systemd only where the control group fits. */
export const isMainProcess = async (one: Process, name: RegExp, host: Reader): Promise<boolean> => {
	const unit = serviceOf(one);
	if (unit === undefined || !name.test(unit) || !/:\/system\.slice\//.test(one.cgroup)) return false;
	return (await unitState(unit, host)).mainPid === one.pid;
};
