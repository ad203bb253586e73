/** The question where an application comes from: code hosts are not reached from everywhere, and who tries setup out needs none. */
import {z} from 'zod';

/** `upstream`, which a later step asks about, or the stack's own `demo`. */
export const publishedOrDemo = () =>
	z
		.discriminatedUnion('from', [
			z.strictObject({from: z.literal('upstream').meta({title: 'From where it is published; a step below asks'})}),
			z.strictObject({from: z.literal('demo').meta({title: 'The small one that comes with setup'})}),
		])
		.meta({
			title: 'Sources',
			help: 'Where the application comes from. The small one is for trying setup out.',
			from: 'setup',
		});
