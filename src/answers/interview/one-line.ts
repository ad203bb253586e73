/** An answer as one line that an operator types, and back: words for lists, yes and no, YAML where it takes structure. */
import type {Json} from '#model/json.ts';
import {readSheet} from '../file/read-yaml.ts';
import {yamlValue} from '../file/write-yaml.ts';
import {literalsOf, type Peeled, peel} from '../questions/shape.ts';

/** What a line may mean, the likeliest first: the first that the question takes is meant, else the first says what is wrong. */
export type Meaning = {readonly value: Json} | {readonly problem: string};

/** A value as the line that reads back as it; '' for nothing, for what is empty and for a secret. */
export const lineOf = (peeled: Peeled, value: Json | undefined): string => {
	if (value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0))
		return '';
	switch (kindOf(peeled)) {
		case 'secret':
			return '';
		case 'boolean':
			return value === true ? 'yes' : value === false ? 'no' : String(value);
		case 'mixed':
			return yamlValue(value);
		default:
			return Array.isArray(value)
				? listLine(peeled, value as readonly Json[])
				: typeof value === 'object'
					? yamlValue(value)
					: String(value);
	}
};

/** What a line may mean for a question. The empty line is an empty list or map; for everything else the caller knows better. */
export const meanings = (peeled: Peeled, line: string): readonly [Meaning, ...Meaning[]] => {
	const text = peeled.meta.kind === undefined || peeled.meta.kind === 'text' ? line : line.trim();
	switch (kindOf(peeled)) {
		case 'boolean':
			return [truth(text.trim())];
		case 'number':
			return [{value: /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : text}];
		case 'choice':
			return [{value: chosen(peeled, text.trim())}];
		case 'list':
			return listMeanings(text.trim());
		case 'map':
			return [flow(text.trim().startsWith('{') ? text : `{${text}}`)];
		case 'secret':
			return [text.trim().startsWith('{') ? flow(text) : {value: text}];
		case 'mixed':
			return mixedMeanings(text);
		default:
			return [{value: text}];
	}
};

type Kind = 'secret' | 'boolean' | 'number' | 'text' | 'choice' | 'list' | 'map' | 'mixed';

export const kindOf = ({core, meta}: Peeled): Kind => {
	if (meta.kind === 'secret') return 'secret';
	const def = core._zod.def;
	switch (def.type) {
		case 'boolean':
		case 'number':
			return def.type;
		case 'string':
			return 'text';
		case 'literal':
		case 'enum':
			return 'choice';
		case 'array':
			return 'list';
		case 'record':
		case 'object':
			return 'map';
		case 'union':
			return def.options.every(option => isText(peel(option))) ? 'text' : 'mixed';
		default:
			return 'mixed';
	}
};

const isText = (peeled: Peeled): boolean =>
	kindOf(peeled) === 'text' ||
	(kindOf(peeled) === 'choice' && (literalsOf(peeled.core) ?? []).every(value => typeof value === 'string'));

/** Words stand as they are; what holds a comma, or is no text, goes into brackets. */
const listLine = ({core}: Peeled, list: readonly Json[]): string => {
	const def = core._zod.def;
	const item = def.type === 'array' ? peel(def.element) : undefined;
	const words = item !== undefined && isText(item) && list.every(isWord);
	const numbers = item !== undefined && kindOf(item) === 'number' && list.every(one => typeof one === 'number');
	return words || numbers ? list.join(', ') : yamlValue(list);
};

const isWord = (value: Json): boolean =>
	typeof value === 'string' && /^[^\s,[{][^,]*$/.test(value) && value.trim() === value && !/\p{Cc}/u.test(value);

const listMeanings = (text: string): readonly [Meaning, ...Meaning[]] => {
	if (text.startsWith('[')) return [flow(text)];
	if (text.startsWith('{')) return [flow(`[${text}]`)];
	const words = text
		.split(',')
		.map(word => word.trim())
		.filter(word => word !== '');
	return [{value: words}, flow(`[${text}]`)];
};

const mixedMeanings = (text: string): readonly [Meaning, ...Meaning[]] => {
	const read = flow(text);
	return 'problem' in read || read.value === null ? [{value: text}] : [read, {value: text}];
};

const truth = (text: string): Meaning => {
	if (/^(?:y|yes|true|on)$/i.test(text)) return {value: true};
	return /^(?:n|no|false|off)$/i.test(text) ? {value: false} : {problem: 'must be yes or no'};
};

const chosen = ({core, meta}: Peeled, text: string): Json =>
	(literalsOf(core) ?? []).find(
		value => String(value) === text || meta.choices?.[String(value)]?.toLowerCase() === text.toLowerCase(),
	) ?? text;

const flow = (text: string): Meaning => {
	const {value, problems} = readSheet(text);
	return problems[0] ? {problem: problems[0].sentence} : {value: value as Json};
};
