/** `setup explain ID`: what a stack is and where its guide leads nowhere; why a step exists, what it asks, and, with an answers file, each thing it reads and changes; or why a check exists, and how to mend what it finds; or what a fault says and what to do. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describeQuestions, type Question} from '#answers/questions/describe.ts';
import {createReader} from '#host/reader.ts';
import type {AnyCheck} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import {printable} from '#model/printable.ts';
import {type Style, styleFor} from '#report/style.ts';
import {openStack} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {knownStacks, loadableStacks} from '#tasks/stacks/find.ts';
import type {KnownStack} from '#tasks/stacks/known-stack.ts';

/** Prints to stdout. Gives 0. Throws Fault usage.no-step, and usage.which-step for one that several stacks have. */
export const explainCommand = async (id: string, file: string | undefined, out: Output): Promise<number> => {
	const style = styleFor(out.stdout);
	const [check, fault] = [await checkNamed(id), await faultNamed(id)];
	if (check !== undefined) out.stdout.write((await import('#report/doctor/explain.ts')).explainText(check, style));
	if (fault !== undefined)
		out.stdout.write(
			`${[...(check === undefined ? [] : ['']), style.bold(`${id}, as a fault of a run`), ...fault].join('\n')}\n`,
		);
	if (check !== undefined || fault !== undefined) return 0;
	const whole = knownStacks().find(stack => stack.id === id);
	if (whole !== undefined) {
		out.stdout.write(await stackText(whole, style));
		return 0;
	}
	const known = await loadableStacks();
	const all = known.flatMap(({stack}) => stack.steps.map(step => ({stack, step})));
	const found = all.filter(({step, stack}) => [step.id, `${stack.id}/${step.id}`].includes(id));
	const [only, ...others] = found;
	if (only !== undefined && others.length > 0)
		throw new Fault(
			'usage.which-step',
			`several stacks have a step ${id}`,
			`Say which: ${found.map(one => `${one.stack.id}/${one.step.id}`).join(', or ')}.`,
		);
	if (only === undefined)
		throw new Fault(
			'usage.no-step',
			`there is no stack, step, check or fault ${JSON.stringify(id)}`,
			`There are: ${[...known.map(one => one.id), ...new Set(all.map(one => one.step.id as string))].join(', ')}; setup list checks names the checks, docs/faults.md the faults.`,
		);
	const {step, stack} = only;
	const lines = [
		style.bold(`${step.title} (${step.id}, in ${stack.id})`),
		step.about,
		`Guide: ${step.guide}`,
		'',
		style.bold('Questions'),
		...describeQuestions(step).flatMap(question => questionLines(question, style.dim)),
	];
	if (file !== undefined) {
		const items = (await (await openStack(file, [], createReader())).items()).filter(item => item.step === step.id);
		lines.push(
			'',
			style.bold(`What it looks at and changes with ${file}`),
			...items.map(
				({resource}) =>
					`  ${printable(resource.id)}${resource.owes?.length ? style.dim(`  then ${resource.owes.map(debt => `${debt.do} ${debt.unit}`).join(', ')}`) : ''}`,
			),
		);
	} else
		lines.push(
			'',
			`With an answers file (setup explain ${id} FILE) each resource is listed; setup plan FILE shows the changes.`,
		);
	out.stdout.write(`${lines.join('\n')}\n`);
	return 0;
};

const stackText = async ({folder, origin, load}: KnownStack, style: Style): Promise<string> => {
	const stack = await load();
	const guide = await readFile(join(folder, 'GUIDE.md'), 'utf8').catch(() => undefined);
	const lines = [
		style.bold(`${stack.title} (${stack.id})`),
		stack.about,
		...(origin === 'setup' ? [] : [`From ${origin}`]),
		'',
		style.bold('Steps'),
		...stack.steps.map(step => `  ${(step.id as string).padEnd(18)} ${step.title}`),
		...(guide === undefined ? [] : ['', guide.trimEnd()]),
		'',
		`setup explain ${stack.id}/STEP tells one of them; setup answers init ${stack.id} writes a file to start from.`,
	];
	return `${lines.join('\n')}\n`;
};

/** A name may be a check and a fault: then both are told. */
const faultNamed = async (id: string): Promise<readonly string[] | undefined> =>
	id.includes('.') || id === 'internal' ? (await import('#report/faults/catalogue.ts')).faultMeaning(id) : undefined;

/** Of steps, stacks and checks only a check has a point in its name. */
const checkNamed = async (id: string): Promise<AnyCheck | undefined> =>
	id.startsWith('before.')
		? (await import('#tasks/doctor/before/select.ts')).beforeCheck(id)
		: id.includes('.')
			? (await import('#tasks/doctor/look.ts')).allChecks().find(check => check.id === id)
			: undefined;

const questionLines = (question: Question, dim: (text: string) => string): readonly string[] => [
	`  ${question.path}${question.required ? ' (must be answered)' : ''}: ${question.title}`,
	...(question.help ? [`      ${question.help}`] : []),
	dim(
		`      ${question.type}${question.default === undefined ? '' : `, default ${JSON.stringify(question.default).slice(0, 100)}`}${question.from ? ` (${question.from})` : ''}${question.when.length === 0 ? '' : `, when ${question.when.map(one => `${one.path} is ${one.is.join(' or ')}`).join(' and ')}`}`,
	),
];
