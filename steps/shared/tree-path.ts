/** A path inside a checkout: relative, forward only, so that an answer can never reach out of the tree. */
import {z} from 'zod';
import {absolutePath} from '#answers/questions/questions.ts';

export const treePath = () =>
	z
		.string()
		.max(1024)
		.regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\\\n\0]+$/, {
			error: "must be a path inside the checkout, without a leading slash and without '..'",
		})
		.meta({kind: 'path in the tree'});

/** In the checkout, or absolute: then it is the operator's own file on this host. */
export const anyPath = () => z.union([treePath(), absolutePath()]).meta({kind: 'path in the tree, or of this host'});
