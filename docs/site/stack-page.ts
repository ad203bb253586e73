/** A stack as a page: what it is, where its guide leads nowhere, and what each of its steps asks, from the declarations that the wizard draws its screens from. */
import {describeQuestions, type Question} from '#answers/questions/describe.ts';
import type {AnyStep, Stack} from '#model/step.ts';
import type {Page} from './pages.ts';

/** `guide`: the text of its GUIDE.md, whose heading is kept as one of the page. */
export const stackPage = (stack: Stack, guide: string): Page => ({
	name: `stack-${stack.id}`,
	title: stack.title,
	group: 'Stacks',
	markdown: [
		`# ${plain(stack.title)}`,
		'',
		plain(stack.about),
		'',
		`\`setup answers init ${stack.id}\` writes an answers file to start from, \`setup plan\` shows what it would change.`,
		'',
		'## Steps',
		'',
		...stack.steps.map(({id, title}) => `- [${plain(title)}](#${id})`),
		'',
		guide.replace(/^#/gm, '##').trimEnd(),
		'',
		'## What is asked',
		...stack.steps.flatMap(step => section(step)),
	].join('\n'),
});

const section = (step: AnyStep): readonly string[] => [
	'',
	`### ${step.id as string}`,
	'',
	`**${plain(step.title)}.** ${plain(step.about)}`,
	'',
	`Guide: ${plain(step.guide)}`,
	'',
	...describeQuestions(step).flatMap(question),
];

const question = ({path, title, help, type, required, from, when, choices, ...rest}: Question): readonly string[] => {
	const facts = [
		plain(type),
		...(required ? ['must be answered'] : []),
		...(rest.default === undefined
			? []
			: [`default ${code(JSON.stringify(rest.default))}${from === undefined ? '' : ` (${plain(from)})`}`]),
		...(rest.example === undefined ? [] : [`for example ${code(JSON.stringify(rest.example))}`]),
		...(when.length === 0
			? []
			: [
					`asked when ${when.map(one => `${code(one.path)} is ${one.is.map(String).map(code).join(' or ')}`).join(' and ')}`,
				]),
	];
	return [
		`- ${code(path)} ${plain(title)}${help === undefined ? '' : `. ${plain(help)}`} *${facts.join(', ')}*`,
		...(choices ?? []).map(
			choice =>
				`  - ${code(String(choice.value))}${choice.title === undefined ? '' : ` ${plain(choice.title)}`}${choice.help === undefined ? '' : `: ${plain(choice.help)}`}`,
		),
	];
};

/** Words, of which none is Markdown. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_<>[\]]/g, found => `\\${found}`);
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
