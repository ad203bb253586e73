/** The template must load back, so a question without a default gets an answer that its type takes. */

import {z} from 'zod';
import type {Json} from '#model/json.ts';
import {literalsOf, type Peeled, peel, shapeOf} from '../questions/shape.ts';

/** The question's own example, a secret reference it allows, or the first of some plain values that it takes. */
export const invent = (peeled: Peeled): Json | undefined => {
	if (peeled.optional || peeled.nullable) return undefined;
	if (peeled.meta.example !== undefined) return peeled.meta.example as Json;
	const def = peeled.core._zod.def;
	if (peeled.meta.kind === 'secret')
		return def.type === 'union' && def.options.some(option => Object.hasOwn(shapeOf(peel(option).core) ?? {}, 'secret'))
			? {secret: 'generate'}
			: {prompt: true};
	return (literalsOf(peeled.core) ?? candidates).find(value => z.safeParse(peeled.core, value).success);
};

const candidates: readonly Json[] = [
	'example',
	'example.org',
	'/srv/example',
	'dc=example,dc=org',
	'https://example.org/',
	'127.0.0.1',
	'Europe/Zurich',
	'admin@example.org',
	'0'.repeat(64),
	1,
	1024,
	0,
	false,
	[],
	{},
];
