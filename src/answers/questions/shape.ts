/** Looks into zod schemas, so that layers of defaults, the template, the help and "did you mean" need no second declaration. */
import {z} from 'zod';
import type {Json} from '#model/json.ts';

export type Meta = NonNullable<ReturnType<typeof z.globalRegistry.get>>;
export type Schema = z.core.$ZodType;

/** A schema without its wrappers, and what the wrappers said. */
export type Peeled = {
	readonly core: z.core.$ZodTypes;
	/** Of all wrappers, the outermost winning. */
	readonly meta: Meta;
	readonly optional: boolean;
	readonly nullable: boolean;
	/** The default in input form, where it can be written down. */
	readonly preset?: Json;
	/** There is some default, even if it cannot be written down. */
	readonly hasDefault: boolean;
};

/** Takes off optional, nullable, default, prefault, readonly, catch, lazy and pipes (their input side). */
export const peel = (schema: Schema): Peeled => {
	let found: Omit<Peeled, 'core'> = {meta: {}, optional: false, nullable: false, hasDefault: false};
	let at = schema as z.core.$ZodTypes;
	for (;;) {
		found = {...found, meta: {...z.globalRegistry.get(at), ...found.meta}};
		const def = at._zod.def;
		switch (def.type) {
			case 'optional':
				found = {...found, optional: true};
				break;
			case 'nullable':
				found = {...found, nullable: true};
				break;
			case 'default':
			case 'prefault':
				found = {
					...found,
					hasDefault: true,
					...(found.preset === undefined && preset(def, at) !== undefined && {preset: preset(def, at)!}),
				};
				break;
			case 'readonly':
			case 'catch':
			case 'nonoptional':
				break;
			case 'lazy':
				at = def.getter() as z.core.$ZodTypes;
				continue;
			case 'pipe':
				at = ((def.in as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.out : def.in) as z.core.$ZodTypes;
				continue;
			default:
				return {core: at, ...found};
		}
		at = def.innerType as z.core.$ZodTypes;
	}
};

/** A `.default()` is in output form: it can stand for an input only where nothing below transforms. */
const preset = (
	def: {readonly type: 'default' | 'prefault'; readonly defaultValue: unknown},
	schema: Schema,
): Json | undefined => {
	if (def.type === 'default' && transforms(schema)) return undefined;
	return isJson(def.defaultValue) ? def.defaultValue : undefined;
};

const transforms = (schema: Schema): boolean => {
	const def = (schema as z.core.$ZodTypes)._zod.def;
	if (def.type === 'pipe' || def.type === 'transform') return true;
	return 'innerType' in def && transforms(def.innerType);
};

export type Branch = {
	readonly values: readonly Json[];
	readonly schema: Schema;
	readonly shape: Readonly<Record<string, Schema>>;
};

/** The keys of an object schema; undefined for every other. */
export const shapeOf = (core: z.core.$ZodTypes): Readonly<Record<string, Schema>> | undefined => {
	const def = core._zod.def;
	return def.type === 'object' ? def.shape : undefined;
};

/** The branches of a discriminated union, in the order they were declared; undefined for every other schema. */
export const branchesOf = (
	core: z.core.$ZodTypes,
): {readonly key: string; readonly branches: readonly Branch[]} | undefined => {
	const def = core._zod.def;
	if (def.type !== 'union' || !('discriminator' in def)) return undefined;
	const key = (def as z.core.$ZodDiscriminatedUnionDef).discriminator;
	const branches = def.options.flatMap(option => {
		const shape = shapeOf(peel(option).core);
		const values = shape?.[key] && literalsOf(peel(shape[key]).core);
		return shape && values ? [{values, schema: option, shape}] : [];
	});
	return {key, branches};
};

/** What a literal or an enum may be; undefined for every other schema. */
export const literalsOf = (core: z.core.$ZodTypes): readonly Json[] | undefined => {
	const def = core._zod.def;
	if (def.type === 'literal') return (def.values as readonly unknown[]).filter(isJson);
	return def.type === 'enum' ? (Object.values(def.entries) as readonly Json[]) : undefined;
};

/** The branch that a value of the discriminator chooses. */
export const branchFor = (core: z.core.$ZodTypes, value: unknown): Branch | undefined => {
	const union = branchesOf(core);
	return union && isMap(value)
		? union.branches.find(branch => branch.values.includes(own(value, union.key) as Json))
		: undefined;
};

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	[Object.prototype, null].includes(Object.getPrototypeOf(value));

/** The value of an own key, so that `constructor` is not found on every object. */
export const own = (value: Readonly<Record<string, unknown>>, key: string): unknown =>
	Object.hasOwn(value, key) ? value[key] : undefined;

const isJson = (value: unknown): value is Json => {
	if (value === null || ['boolean', 'string', 'number'].includes(typeof value)) return true;
	if (Array.isArray(value)) return value.every(isJson);
	return isMap(value) && Object.values(value).every(one => one === undefined || isJson(one));
};
