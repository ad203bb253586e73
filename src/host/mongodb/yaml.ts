/** The YAML form of MongoDB's file. Imported only where there is one: the parser is larger than all that reads the other files. */
import {isMap, isScalar, LineCounter, parseDocument} from 'yaml';
import {lineNumber} from '#edit/lines.ts';
import {tooDeep} from '#edit/yaml/depth.ts';
import type {MongoFile, MongoLine} from './mongo-file.ts';

/** Settings by their dotted names, with their lines. */
export const parseMongoYaml = (text: string, path: string): Pick<MongoFile, 'settings' | 'broken'> => {
	const deep = tooDeep(text);
	if (deep !== undefined)
		return {settings: new Map(), broken: `brackets that are nested too deeply (line ${lineNumber(text, deep)})`};
	const lines = new LineCounter();
	const document = parseDocument(text, {lineCounter: lines});
	const settings = new Map<string, MongoLine>();
	const walk = (node: unknown, prefix: string): void => {
		if (!isMap(node)) return;
		for (const {key, value} of node.items) {
			const name = prefix + String(isScalar(key) ? key.value : key);
			if (isMap(value)) walk(value, `${name}.`);
			// An empty value is one that is not given.
			else if (isScalar(value) && value.value !== null)
				settings.set(name, {value: String(value.value), where: `${path}:${lines.linePos(value.range?.[0] ?? 0).line}`});
		}
	};
	walk(document.contents, '');
	const [error] = document.errors;
	if (error === undefined) return {settings};
	return {
		settings,
		broken: `${error.message.split('\n')[0]?.replace(/ at line.*$/, '')} (line ${lines.linePos(error.pos[0]).line})`,
	};
};
