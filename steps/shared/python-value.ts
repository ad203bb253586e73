/** From an answer to a Python literal, and from `DATABASES['ldap']['NAME']` to a path. */
import {z} from 'zod';
import {oneLine} from '#answers/questions/questions.ts';
import {isPythonExpression, type PyLiteral} from '#edit/python/settings.ts';
import type {Text} from '#model/secret.ts';

const namePattern = /^[A-Za-z_]\w*(\[(?:'[^'\\\n]+'|"[^"\\\n]+")\])*$/;

/** A free list of settings beyond the guide's table. */
export const furtherSettings = z
	.array(
		z.strictObject({
			name: z
				.string()
				.max(500)
				.regex(namePattern, {error: "must be a name such as LANGUAGE_CODE or DATABASES['ldap']['NAME']"})
				.meta({title: 'Name', example: 'LANGUAGE_CODE'}),
			value: z
				.union([
					z.boolean(),
					z.number(),
					oneLine({min: 0, max: 65_536}),
					z.array(oneLine({min: 0})),
					z.strictObject({
						python: oneLine({max: 4096})
							.refine(text => isPythonExpression(text) || isPythonExpression(text, 2), {
								error: 'must be one Python expression',
							})
							.meta({title: 'Python expression', example: 'timedelta(days=1)'}),
					}),
				])
				.meta({title: 'Value', help: "A literal; {python: 'EXPRESSION'} is written as it stands.", example: 'de'}),
		}),
	)
	.default([]);

/** `A['b']["c"]` -> ['A', 'b', 'c']. */
export const pathOf = (name: string): readonly [string, ...string[]] => {
	const [first = '', ...rest] = name.split(/\[['"]|['"]\]\[['"]|['"]\]/).filter(part => part !== '');
	return [first, ...rest];
};

/** Text (with secrets), text, truth, number, a list of texts, or an expression that is marked as one. */
export const literalOf = (
	value: Text | string | boolean | number | readonly string[] | {readonly python: string},
): PyLiteral => {
	if (typeof value === 'boolean') return {bool: value};
	if (typeof value === 'number') return {number: value};
	if (typeof value === 'string') return {text: [value]};
	if ('python' in value) return {expression: value.python};
	return value.every(part => typeof part === 'string') ? {list: value.map(part => ({text: [part]}))} : {text: value};
};
