/** YAML scalars: written so that YAML 1.1 readers (PyYAML) and 1.2 readers agree on what they mean. */
import {sameText, type Text} from '#model/secret.ts';
import {quoted, sound} from '../quoted.ts';

export type YamlScalar =
	| {readonly text: Text}
	| {readonly bool: boolean}
	| {readonly number: number}
	| {readonly none: true};

/** How the scalar that is replaced was written, so that the new one looks like it. */
export type YamlStyle = 'plain' | 'single' | 'double';

export const writeScalar = (value: YamlScalar, style: YamlStyle): Text => {
	if ('text' in value) return quoted(value.text, plain => quoteYaml(plain, style));
	if ('bool' in value) return [String(value.bool)];
	return ['number' in value ? String(value.number) : 'null'];
};

/** Does a scalar that was read mean the same? A plain one that other readers would take for a boolean or a date does not. */
export const sameScalar = (wanted: YamlScalar, read: unknown, style: YamlStyle): boolean => {
	if ('text' in wanted)
		return (
			typeof read === 'string' &&
			sameText(wanted.text, read) &&
			(style !== 'plain' || isPlain(read) || !risky.test(read))
		);
	if ('bool' in wanted) return read === wanted.bool;
	return 'number' in wanted ? read === wanted.number : read === null;
};

export const quoteYaml = (plain: string, style: YamlStyle): string => {
	if (style === 'plain' && isPlain(sound('YAML', plain))) return plain;
	if (style === 'single' && /^[\x20-\x7e\u00a1-\ud7ff]*$/.test(plain)) return `'${plain.replaceAll("'", "''")}'`;
	return JSON.stringify(sound('YAML', plain)).replaceAll(
		/[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/g,
		char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
};

/** What no reader takes for anything but text. */
const isPlain = (plain: string): boolean =>
	/^[A-Za-z_/][\w./@+-]*(:[\w./@+-]+)*$/.test(plain) && !risky.test(plain) && plain.length < 200;

const risky =
	/^(y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?[\d.][\d_.:,eE+-]*|0[xo][\da-f]+|\d{4}-\d\d?-\d\d?.*|\.(inf|nan))$/i;
