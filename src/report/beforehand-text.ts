/** What was asked before an install, for a reader: what says no first, with the answers that it is about. */
import {printable} from '#model/printable.ts';
import type {Style} from './style.ts';

export type AskedRow = {
	readonly step: string;
	readonly title: string;
	readonly about: readonly string[];
	readonly state: 'ok' | 'warn' | 'failed' | 'unknown';
	readonly line: string;
};

/** Lines with a final newline, '' when all is well and `all` is not asked. */
export const beforehandText = (rows: readonly AskedRow[], style: Style, all: boolean): string =>
	rows
		.filter(({state}) => all || state !== 'ok')
		.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
		.map(({step, title, about, state, line}) => {
			const mark = {ok: style.green('='), warn: style.yellow('?'), failed: style.red('!'), unknown: style.cyan('?')}[
				state
			];
			const answers =
				state === 'failed' && about.length > 0
					? `\n    ${style.bold('next')}  change ${about.map(one => printable(one)).join(' or ')}`
					: '';
			return `${mark} ${style.dim(`[${printable(step)}]`)} ${printable(title)}: ${printable(line)}${answers}\n`;
		})
		.join('');

const order: readonly AskedRow['state'][] = ['failed', 'unknown', 'warn', 'ok'];
