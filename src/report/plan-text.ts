/** The plan for a reader: per change one line that names the step behind it, then its diff; unknowns say what they wait for. */
import type {Plan, PlanNode} from '#engine/plan.ts';
import type {Json} from '#model/json.ts';
import {printable, printableLines} from '#model/printable.ts';
import type {Change} from '#model/resource.ts';
import {showUnknown} from '#model/unknown.ts';
import {faultText} from './fault-text.ts';
import {colourDiff, type Style} from './style.ts';

export type PlanTextOptions = {
	readonly style: Style;
	readonly diffs: boolean;
	readonly verbose: boolean;
	/** Files that the answers name for secrets. */
	readonly reads?: readonly {readonly name: string; readonly file: string}[];
};

/** The whole text, with a final newline. */
export const planText = (plan: Plan, title: string, {style, diffs, verbose, reads = []}: PlanTextOptions): string => {
	const lines = plan.nodes.flatMap(node => nodeLines(node, style, diffs, verbose));
	const told =
		reads.length === 0
			? []
			: [
					'',
					'Secrets that are read from files:',
					...reads.map(({name, file}) => `    ${printable(name)}: ${printable(file)}`),
				];
	return `${[style.bold(title), ...lines, ...told, '', summary(plan, style)].join('\n')}\n`;
};

const nodeLines = (
	{step, resource, look}: PlanNode,
	style: Style,
	diffs: boolean,
	verbose: boolean,
): readonly string[] => {
	const name = `${style.dim(`[${printable(step)}]`)} ${printable(resource.title ?? resource.id)}`;
	switch (look.state) {
		case 'ok':
			if (look.stays !== undefined) return [`${style.green('=')} ${name}`, `    ${printable(look.stays)}`];
			return verbose ? [`${style.green('=')} ${name}`] : [];
		case 'change':
			return [`${style.yellow('~')} ${name}`, ...changeLines(look.changes, style, diffs)];
		case 'unknown':
			return [
				`${style.cyan('?')} ${name}  ${style.cyan(`unknown ${printable(showUnknown(look.why))}`)}`,
				...changeLines(look.expected, style, diffs),
			];
		case 'failed':
			return [
				`${style.red('!')} ${name}`,
				...faultText(look.fault, style)
					.split('\n')
					.map(line => `    ${line}`),
			];
	}
};

const changeLines = (changes: readonly Change[], style: Style, diffs: boolean): readonly string[] =>
	changes.flatMap(change => [
		`    ${printable(change.what)}: ${style.dim(show(change.from))} -> ${show(change.to)}`,
		...(diffs && change.patch
			? colourDiff(printableLines(change.patch.trimEnd()), style)
					.split('\n')
					.map(line => `      ${line}`)
			: []),
	]);

const show = (value: Json): string => {
	if (value === null) return 'nothing';
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	const line = printable(text);
	return line.length > 120 ? `${line.slice(0, 117)}...` : line;
};

const summary = ({counts}: Plan, style: Style): string => {
	const parts = [
		`${counts.change} to change`,
		...(counts.unknown > 0 ? [style.cyan(`${counts.unknown} unknown until then`)] : []),
		...(counts.failed > 0 ? [style.red(`${counts.failed} that cannot be planned`)] : []),
		`${counts.ok} as desired`,
	];
	return counts.change + counts.unknown + counts.failed === 0
		? style.green(`Nothing to change: ${counts.ok} as desired.`)
		: `${parts.join(', ')}.`;
};
