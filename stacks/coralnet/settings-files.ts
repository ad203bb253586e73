/** The files that the application has its secrets from, written as its own readers take them, whatever the values hold. */
import {Fault} from '#model/fault.ts';
import {quoteText, type Text} from '#model/secret.ts';

export type NamedValues = readonly (readonly [name: string, value: Text | string])[];

/** `secrets.json`: one object of texts. */
export const secretsJson = (values: NamedValues): Text => [
	'{\n',
	...values.flatMap(([name, value], at) => [
		`\t${JSON.stringify(name)}: `,
		...quoted(value, JSON.stringify),
		at === values.length - 1 ? '\n' : ',\n',
	]),
	'}\n',
];

/**
 * `.env` as django-environ reads it: in single quotes nothing is replaced and there is no way to write a single quote; in double quotes `\"` is one quote
 * more. Throws Fault 'coralnet.env' for what neither can hold.
 */
export const dotEnv = (values: NamedValues): Text =>
	values.flatMap(([name, value]) => [`${name}=`, ...quoted(value, plain => inEnv(name, plain)), '\n']);

/** For systemd's EnvironmentFile=: in double quotes, where a backslash takes the meaning of what it stands before. */
export const environmentText = (values: NamedValues): Text => [
	'# Written by setup.\n',
	...values.flatMap(([name, value]) => [
		`${name}=`,
		...quoted(value, plain => `"${plain.replaceAll(/["\\`$]/g, '\\$&')}"`),
		'\n',
	]),
];

const quoted = (value: Text | string, quote: (plain: string) => string): Text =>
	typeof value === 'string' ? [quote(value)] : quoteText(value, quote);

const inEnv = (name: string, plain: string): string => {
	if (!/[\r\n\0]/.test(plain)) {
		if (/^[\w.:/@+-]*$/.test(plain)) return plain;
		if (!plain.includes("'")) return `'${plain}'`;
		// A `$` at the start of a value names another one, and a backslash may be taken for an escape.
		if (!/["\\]/.test(plain) && !plain.startsWith('$')) return `"${plain}"`;
	}
	throw new Fault(
		'coralnet.env',
		`the value of ${name} cannot be written into .env`,
		'Choose one without line breaks, and not with both kinds of quotes or a backslash beside a single quote.',
	);
};
