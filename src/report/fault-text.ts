/** How a fault is told: what failed, the program's last lines, what to do next. */
import type {FaultData} from '#model/fault.ts';
import {printable} from '#model/printable.ts';
import type {Style} from './style.ts';

/** Several lines, without a final newline. */
export const faultText = (fault: FaultData, style: Style): string =>
	[
		`${style.red('error')} ${style.dim(`[${printable(fault.code)}]`)} ${printable(fault.sentence)}`,
		...fault.details.map(line => `  ${style.dim('|')} ${printable(line)}`),
		...(fault.hint === '' ? [] : [`${style.bold('next')}  ${printable(fault.hint)}`]),
	].join('\n');
