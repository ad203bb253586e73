/** What a check is for, from its own declaration: the same words in the terminal and in docs/checks.md. */
import type {AnyCheck, Finding} from '#model/check.ts';
import type {Style} from '../style.ts';
import {shellLine, subjectName} from './words.ts';

/** For a terminal, with a final newline. */
export const explainText = (check: AnyCheck, style: Style): string => {
	const remedy = remedyOf(check);
	return `${[
		style.bold(`${check.title} (${check.id})`),
		check.why,
		'',
		style.bold('Reads'),
		...check.reads.map(line => `  ${line}`),
		`  compared in: ${check.layers.map(layer => layerNames[layer]).join(', ')}`,
		...(check.requires?.length ? [`  pointless while ${check.requires.join(' or ')} fails`] : []),
		'',
		style.bold('Mend by hand'),
		...(remedy === undefined
			? ['  what setup doctor prints beside the finding']
			: [`  ${remedy.sentence}`, ...remedy.commands.map(line => `  ${style.cyan(line)}`)]),
		...(check.fix === undefined ? [] : [`  or: setup doctor fix ${check.id}`]),
		'',
		style.bold('Verify'),
		`  ${check.verify}`,
		'',
		`${style.dim('Source')}  ${check.source}`,
	].join('\n')}\n`;
};

/** docs/checks.md, whole. */
export const explainPage = (checks: readonly AnyCheck[]): string => {
	const subjects = Map.groupBy(checks, ({id}) => id.slice(0, id.indexOf('.')));
	return `${[
		'# The checks of `setup doctor`',
		'',
		'Made from the declarations of the checks by `node docs/make-checks.ts`. `setup explain CHECK` prints the same.',
		'',
		...[...subjects].flatMap(([subject, list]) => [`## ${subjectName(subject)}`, '', ...list.flatMap(section)]),
	]
		.join('\n')
		.trimEnd()}\n`;
};

const section = (check: AnyCheck): readonly string[] => {
	const remedy = remedyOf(check);
	return [
		`### ${check.id}`,
		'',
		`**${escape(check.title)}.** ${escape(check.why)}`,
		'',
		`- Reads: ${check.reads.map(code).join(', ')}`,
		`- Compared in: ${check.layers.map(layer => layerNames[layer]).join(', ')}. Usually ${check.severity === 'fail' ? 'a failure' : 'a warning'}.`,
		...(check.requires?.length ? [`- Pointless while ${check.requires.map(code).join(' or ')} fails`] : []),
		...(remedy === undefined
			? []
			: [
					`- Mend by hand: ${escape(remedy.sentence)}${remedy.commands.length > 0 ? ` ${remedy.commands.map(code).join(', ')}` : ''}`,
				]),
		...(check.fix === undefined ? [] : [`- Or: ${code(`setup doctor fix ${check.id}`)}`]),
		`- Verify: ${escape(check.verify)}`,
		`- Source: ${escape(check.source)}`,
		'',
	];
};

const layerNames = {file: 'the file', runtime: 'the running process', kernel: 'the kernel'} as const;

/** A remedy speaks of a finding. This is one without particulars, and what it would take from them stays open; where that does not do, nothing is said here. */
const remedyOf = (check: AnyCheck): {readonly sentence: string; readonly commands: readonly string[]} | undefined => {
	const finding: Finding = {item: 'ITEM', state: check.severity, expected: null, layers: {}};
	try {
		const {sentence, commands = []} = check.remedy(finding);
		const whole = sentence.replace(/(?<=\S) {2}(?=\S)/g, ' … ').replaceAll('""', '"…"');
		return /undefined|\[object/.test(whole)
			? undefined
			: {sentence: whole, commands: commands.filter(argv => !argv.includes('')).map(shellLine)};
	} catch {
		return undefined;
	}
};

const escape = (text: string): string => text.replace(/\s+/g, ' ').replace(/[<>*_]/g, character => `\\${character}`);
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
