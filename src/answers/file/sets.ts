/** `--set step.key=value` answers one question from the command line. */
import {Fault} from '#model/fault.ts';
import {isMap} from '../questions/shape.ts';
import {didYouMean} from '../resolve/did-you-mean.ts';
import {type Origins, setOrigin} from '../resolve/origins.ts';
import {showKey} from '../resolve/problem-sentences.ts';
import {pathKey, readSheet} from './read-yaml.ts';

/** `name` is what may be shown: without the value, which may be a secret in the wrong place. */
export type Setting = {readonly name: string; readonly path: readonly string[]; readonly value: unknown};

/**
 * Reads all `--set` arguments; the value is YAML (`5432`, `true`, `[a, b]`, `{secret: generate}`, text).
 * Throws one Fault 'usage.set' naming every bad one.
 */
export const readSets = (sets: readonly string[], steps: readonly string[]): readonly Setting[] => {
	const read = sets.map(set => readSet(set, steps));
	const bad = read.filter(one => typeof one === 'string');
	if (bad.length > 0)
		throw new Fault(
			'usage.set',
			bad.length === 1 ? bad[0]! : `${bad.length} of the --set arguments are wrong.`,
			'Write --set step.key=value, with the value as in the answers file; `setup explain STEP` lists the keys.',
			{details: bad},
		);
	return read.filter(one => typeof one !== 'string');
};

const readSet = (set: string, steps: readonly string[]): Setting | string => {
	const equals = set.indexOf('=');
	const name = `--set ${showKey(equals < 0 ? set.replace(/[^\w.-].*$/s, '...') : set.slice(0, equals))}`;
	if (equals < 0) return `${name}: '=' is missing.`;
	const path = set.slice(0, equals).trim().split('.');
	const step = path[0] ?? '';
	if (!steps.includes(step)) return `${name}: ${showKey(step)} is no step of this stack${didYouMean(step, steps)}.`;
	if (path.length < 2 || path.some(part => part === '' || part === '__proto__'))
		return `${name}: a key is missing after the step.`;
	const sheet = readSheet(set.slice(equals + 1));
	return sheet.problems[0] ? `${name}: the value ${sheet.problems[0].sentence}.` : {name, path, value: sheet.value};
};

/** The answers with the settings laid over them; notes their origin. A setting below something that is no map replaces it, and the check then says so. */
export const laySets = (
	answers: Readonly<Record<string, unknown>>,
	settings: readonly Setting[],
	origins: Origins,
): Readonly<Record<string, unknown>> =>
	settings.reduce((laid, {name, path, value}) => {
		// The nearest part that was there as a map stays the file's; from there on it is the setting's.
		const kept = path.findIndex((_, index) => !isMap(at(laid, path.slice(0, index + 1))));
		setOrigin(origins, path.slice(0, (kept < 0 ? path.length - 1 : kept) + 1), {from: 'set', set: name});
		origins.set(pathKey(path), {from: 'set', set: name});
		return setAt(laid, path, value);
	}, answers);

const at = (value: unknown, path: readonly string[]): unknown =>
	path.reduce<unknown>((part, key) => (isMap(part) && Object.hasOwn(part, key) ? part[key] : undefined), value);

/** A copy with the value at a path; what stands in its way and is no map is replaced. */
export const setAt = (value: unknown, path: readonly string[], set: unknown): Record<string, unknown> => {
	const [key, ...rest] = path;
	const map = isMap(value) ? value : {};
	return {...map, [key!]: rest.length === 0 ? set : setAt(Object.hasOwn(map, key!) ? map[key!] : undefined, rest, set)};
};

/** A copy without what stands at a path; maps that this leaves empty go as well. */
export const dropAt = (value: unknown, path: readonly string[]): Record<string, unknown> => {
	const [key, ...rest] = path;
	if (!isMap(value)) return {};
	const {[key!]: below, ...others} = value;
	if (rest.length === 0 || !isMap(below)) return rest.length === 0 ? others : {...value};
	const left = dropAt(below, rest);
	return Object.keys(left).length === 0 ? others : {...value, [key!]: left};
};
