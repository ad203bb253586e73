/** How a fault is told: what failed, the program's last lines, what to do next. */
import type {FaultData} from '#model/fault.ts';
import type {Style} from './style.ts';

/** Several lines, without a final newline. */
export const faultText = (fault: FaultData, style: Style): string =>
	[
		`${style.red('error')} ${style.dim(`[${fault.code}]`)} ${fault.sentence}`,
		...fault.details.map(line => `  ${style.dim('|')} ${line}`),
		...(fault.hint === '' ? [] : [`${style.bold('next')}  ${fault.hint}`]),
	].join('\n');
