/** A path inside a checkout: relative, forward only, so that an answer can never reach out of the tree. */
import {z} from 'zod';

export const treePath = () =>
	z
		.string()
		.max(1024)
		.regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\\\n\0]+$/, {
			error: "must be a path inside the checkout, without a leading slash and without '..'",
		})
		.meta({kind: 'path in the tree'});
