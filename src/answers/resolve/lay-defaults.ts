/** Lays the layers of defaults under what was answered, guided by the schema: a default of a branch that was not chosen must not become an unknown key. */
import type {Json} from '#model/json.ts';
import {type Path, pathKey} from '../file/read-yaml.ts';
import {branchesOf, isMap, own, type Peeled, peel, type Schema, shapeOf} from '../questions/shape.ts';
import {type Origin, type Origins, setOrigin} from './origins.ts';

/** One layer, the strongest first. */
export type Layer = {readonly value: unknown; readonly origin: Origin};

export type FillOptions = {
	/** Where origins are noted. */
	readonly origins: Origins;
	/** Gives an answer where there is none and must be one; for the template. */
	readonly invent?: (peeled: Peeled, key: string) => Json | undefined;
};

/**
 * The value with defaults for whatever is missing, at every depth where the schema is an object or a union of them.
 * Lists, records and scalars are taken whole. A union that nobody decided takes its first branch.
 */
export const fill = (
	schema: Schema,
	value: unknown,
	layers: readonly Layer[],
	path: Path,
	options: FillOptions,
): unknown => {
	const peeled = peel(schema);
	const all = peeled.preset === undefined ? layers : [...layers, {value: peeled.preset, origin: presetOrigin(peeled)}];
	const union = branchesOf(peeled.core);
	if (
		value === undefined &&
		(peeled.optional || peeled.nullable || (peeled.hasDefault && peeled.preset === undefined)) &&
		all.length === 0
	)
		return undefined;
	if (!union && !shapeOf(peeled.core)) return value === undefined ? leaf(peeled, all, path, options) : value;
	// A key with nothing after it, or with all its lines commented out, is a map without answers.
	const given = value === undefined || (value === null && !peeled.nullable) ? firstUsable(all) : value;
	if (!isMap(given)) {
		if (value === undefined) setOrigin(options.origins, path, all[0]?.origin ?? {from: 'default', text: ''});
		return given;
	}
	const below = all.filter((layer): layer is {value: Readonly<Record<string, unknown>>; origin: Origin} =>
		isMap(layer.value),
	);
	return union
		? fillUnion(union, given, below, path, options)
		: fillShape(shapeOf(peeled.core)!, given, below, path, options);
};

const presetOrigin = (peeled: Peeled): Origin => ({from: 'default', text: peeled.meta.from ?? ''});

/** An empty map, which the layers fill, unless the strongest layer is something else (null). */
const firstUsable = (layers: readonly Layer[]): unknown =>
	layers[0] === undefined || isMap(layers[0].value) ? {} : layers[0].value;

const leaf = (peeled: Peeled, layers: readonly Layer[], path: Path, {origins, invent}: FillOptions): unknown => {
	if (layers[0]) {
		setOrigin(origins, path, layers[0].origin);
		return layers[0].value;
	}
	const invented = peeled.hasDefault ? undefined : invent?.(peeled, String(path.at(-1)));
	if (invented !== undefined) setOrigin(origins, path, {from: 'example'});
	return invented;
};

type MapLayer = {readonly value: Readonly<Record<string, unknown>>; readonly origin: Origin};

const fillShape = (
	shape: Readonly<Record<string, Schema>>,
	given: Readonly<Record<string, unknown>>,
	layers: readonly MapLayer[],
	path: Path,
	options: FillOptions,
): Record<string, unknown> => {
	const filled: Record<string, unknown> = {};
	for (const [key, schema] of Object.entries(shape)) {
		const below = layers
			.filter(layer => own(layer.value, key) !== undefined)
			.map(layer => ({value: layer.value[key], origin: layer.origin}));
		const value = fill(schema, own(given, key), below, [...path, key], options);
		if (value !== undefined) filled[key] = value;
	}
	// Keys that the schema does not have stay, so that the check can name them.
	for (const key of Object.keys(given)) {
		if (!Object.hasOwn(shape, key)) filled[key] = given[key];
	}
	return filled;
};

const fillUnion = (
	{key, branches}: NonNullable<ReturnType<typeof branchesOf>>,
	given: Readonly<Record<string, unknown>>,
	layers: readonly MapLayer[],
	path: Path,
	options: FillOptions,
): Record<string, unknown> => {
	const first = branches[0]?.values[0];
	const deciders: readonly MapLayer[] = [
		...layers,
		...(first === undefined ? [] : [{value: {[key]: first}, origin: presetOrigin(peel(branches[0]!.shape[key]!))}]),
	];
	const decided =
		own(given, key) === undefined ? deciders.find(layer => own(layer.value, key) !== undefined) : undefined;
	const choice = own(given, key) ?? (decided && own(decided.value, key));
	if (decided) options.origins.set(pathKey([...path, key]), decided.origin);
	const branch = branches.find(one => one.values.includes(choice as Json));
	const chosen = {[key]: choice, ...given, ...(decided && {[key]: choice})};
	// At the top of a step the defaults are per question; further down a default is one value, which belongs to its own branch.
	const below =
		path.length <= 1
			? layers
			: layers.filter(layer => [undefined, choice].includes(own(layer.value, key) as undefined));
	return branch ? fillShape(branch.shape, chosen, below, path, options) : chosen;
};
