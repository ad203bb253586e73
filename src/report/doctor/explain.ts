/** What a check is for, from its own declaration: the same words in the terminal and in docs/checks.md. */

import {hasFix, remedyOf} from '#doctor/kinds.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Told} from '#model/finding.ts';
import type {Style} from '../style.ts';
import {shellLine, subjectName} from './row-words.ts';

/** For a terminal, with a final newline. */
export const explainText = (check: AnyCheck, style: Style): string => {
	const ways = waysOf(check);
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
		...(ways.length === 0 ? ['  what setup doctor prints beside the finding'] : []),
		...ways.flatMap(({when, sentence, commands}) => [
			...(when === undefined ? [] : [`  ${style.dim(`where ${when}:`)}`]),
			`  ${sentence}`,
			...commands.map(line => `  ${style.cyan(line)}`),
		]),
		...(!hasFix(check) ? [] : [`  or: setup doctor fix ${check.id}`]),
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
	const ways = waysOf(check);
	return [
		`### ${check.id}`,
		'',
		`**${escape(check.title)}.** ${escape(check.why)}`,
		'',
		`- Reads: ${check.reads.map(code).join(', ')}`,
		`- Compared in: ${check.layers.map(layer => layerNames[layer]).join(', ')}. Usually ${check.severity === 'fail' ? 'a failure' : 'a warning'}.`,
		...(check.requires?.length ? [`- Pointless while ${check.requires.map(code).join(' or ')} fails`] : []),
		...ways.map(
			({when, sentence, commands}) =>
				`- Mend by hand${when === undefined ? '' : `, where ${escape(when)}`}: ${escape(sentence)}${commands.length > 0 ? ` ${commands.map(code).join(', ')}` : ''}`,
		),
		...(!hasFix(check) ? [] : [`- Or: ${code(`setup doctor fix ${check.id}`)}`]),
		`- Verify: ${escape(check.verify)}`,
		`- Source: ${escape(check.source)}`,
		'',
	];
};

const layerNames = {file: 'the file', runtime: 'the running process', kernel: 'the kernel'} as const;

type Way = {readonly when?: string; readonly sentence: string; readonly commands: readonly string[]};

/** How to mend each kind that the check declares, over its example. */
const waysOf = (check: AnyCheck): readonly Way[] => {
	const bad = Object.entries(check.kinds ?? {}).filter(([, {state}]) => state !== 'ok');
	const ways = bad.flatMap(([is, {says, example}]) => {
		const finding: Told = {is, state: check.severity, data: example, ...without};
		const way = wayOf(check, finding);
		return way === undefined ? [] : [{when: typeof says === 'string' ? says : says(example, finding), ...way}];
	});
	return [...Map.groupBy(ways, ({sentence, commands}) => [sentence, ...commands].join('\n')).values()].map(same => ({
		...same[0]!,
		when: [...new Set(same.map(({when}) => when))].join(', or '),
	}));
};

const without = {item: 'ITEM', expected: null, layers: {}};

/** What a remedy would take from a finding's layers stays open; where that does not do, nothing is said here. */
const wayOf = (check: AnyCheck, finding: Told): Way | undefined => {
	const remedy = remedyOf(check, finding);
	const text = remedy?.sentence.replace(/(?<=\S) {2}(?=\S)/g, ' … ').replaceAll('""', '"…"');
	return remedy === undefined || text === undefined || /undefined|\[object/.test(text)
		? undefined
		: {sentence: text, commands: (remedy.commands ?? []).filter(argv => !argv.includes('')).map(shellLine)};
};

const escape = (text: string): string => text.replace(/\s+/g, ' ').replace(/[<>*_]/g, character => `\\${character}`);
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
