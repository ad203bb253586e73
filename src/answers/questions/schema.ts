/** The JSON Schema of a stack's answers file, so that an editor checks and completes it while it is written. */
import {z} from 'zod';
import type {Json} from '#model/json.ts';
import type {Stack} from '#model/step.ts';
import {answersVersion} from '../file/head.ts';
import {stackLayer} from '../resolve/resolve-answers.ts';
import {branchesOf, isMap, own, peel, type Schema, shapeOf} from './shape.ts';

type JsonSchema = {[key: string]: Json | undefined};

/**
 * JSON Schema, draft 2020-12. What has a default may be left out; for a step whose defaults are found on the host that
 * is every question, because which ones the host answers is not known here.
 */
export const answersSchema = (stack: Stack): Readonly<Record<string, Json>> => {
	const file = z
		.strictObject({
			version: z.literal(answersVersion).meta({title: 'Version of this format'}),
			stack: z.literal(stack.id).meta({title: stack.title}),
			...Object.fromEntries(stack.steps.map(step => [step.id, step.questions])),
		})
		.meta({title: `Answers for ${stack.id}`, description: stack.about});
	const schema = JSON.parse(
		JSON.stringify(
			z.toJSONSchema(file, {io: 'input', unrepresentable: 'any', override: ({jsonSchema}) => namesOf(jsonSchema)}),
		),
	) as JsonSchema;
	const properties = schema['properties'] as {[key: string]: JsonSchema};
	const required = ['version', 'stack'];
	for (const step of stack.steps) {
		const left = relax(properties[step.id]!, step.questions, stackLayer(stack, step.id), step.defaults !== undefined);
		// A section with all its lines commented out is null.
		if (left)
			properties[step.id] = {
				title: step.title,
				description: step.about,
				anyOf: [properties[step.id]!, {type: 'null'}] as Json,
			};
		else {
			required.push(step.id);
			properties[step.id] = {title: step.title, description: step.about, ...properties[step.id]};
		}
	}
	schema['required'] = required;
	return schema as Readonly<Record<string, Json>>;
};

/** Our names for what a question says become those that editors know. */
const namesOf = (schema: z.core.JSONSchema.BaseSchema): void => {
	const {help, example, choices} = schema as {
		help?: string;
		example?: Json;
		choices?: Readonly<Record<string, string>>;
	};
	const titles = choices
		? Object.entries(choices)
				.map(([value, title]) => `${value}: ${title}`)
				.join('; ')
		: undefined;
	if (help !== undefined || titles !== undefined) schema.description = [help, titles].filter(Boolean).join(' ');
	if (example !== undefined) schema.examples = [example];
	for (const key of ['help', 'example', 'from', 'kind', 'choices', 'quiet', 'reads']) delete schema[key];
};

/** Takes what may be left out from `required`, and writes the stack's defaults. True when the whole may be left out. */
const relax = (json: JsonSchema, schema: Schema, layer: unknown, anyKey: boolean): boolean => {
	const peeled = peel(schema);
	const whole = peeled.optional || peeled.hasDefault;
	const shape = shapeOf(peeled.core);
	const union = branchesOf(peeled.core);
	const target = nonNull(json);
	const defaults = isMap(layer) ? layer : {};
	if (shape) return relaxShape(target, shape, defaults, anyKey) || whole;
	if (!union) {
		if (layer !== undefined) json['default'] = layer as Json;
		return whole || layer !== undefined;
	}
	const forms = (target['oneOf'] ?? target['anyOf'] ?? []) as unknown as JsonSchema[];
	const decided =
		own(defaults, union.key) ??
		(isMap(peeled.preset) ? own(peeled.preset, union.key) : undefined) ??
		union.branches[0]?.values[0];
	return (
		union.branches
			.map((branch, index) => {
				const chosen = branch.values.includes(decided as Json);
				const left = relaxShape(
					forms[index]!,
					branch.shape,
					chosen ? {...defaults, [union.key]: decided} : defaults,
					anyKey,
					chosen ? undefined : union.key,
				);
				return chosen && left;
			})
			.includes(true) || whole
	);
};

const relaxShape = (
	json: JsonSchema,
	shape: Readonly<Record<string, Schema>>,
	defaults: Readonly<Record<string, unknown>>,
	anyKey: boolean,
	must?: string,
): boolean => {
	const properties = json['properties'] as {[key: string]: JsonSchema};
	const required = Object.entries(shape)
		.filter(([key, child]) => key === must || (!relax(properties[key]!, child, own(defaults, key), false) && !anyKey))
		.map(([key]) => key);
	if (required.length > 0) json['required'] = required;
	else delete json['required'];
	return required.length === 0;
};

/** A nullable schema stands beside `null`. */
const nonNull = (json: JsonSchema): JsonSchema => {
	const forms = json['anyOf'] as unknown as JsonSchema[] | undefined;
	return forms?.length === 2 && forms[1]!['type'] === 'null' ? nonNull(forms[0]!) : json;
};
