/** How a site file of the application's repository comes to the web server, which reads it as root. */
import {z} from 'zod';
import {anyPath} from '../shared/tree-path.ts';

/** A copy; the link is for those who want the guide to the letter. `file`: where the repository of the guide has it. */
export const siteQuestion = (file: string) => {
	const where = anyPath().default(file).meta({
		reads: 'path',
		title: 'Where the site file lies',
		help: 'In the checkout, or with a leading slash from anywhere on this host.',
		from: 'guide',
	});
	return z
		.discriminatedUnion('as', [
			z.strictObject({
				as: z.literal('copy').meta({
					title: "A copy that is root's",
					help: 'Settings are made in it; another site file in the checkout is a line of the plan, with its diff.',
				}),
				file: where,
				accept: z
					.array(z.string().regex(/^[a-z][a-z0-9_]*$/, {error: 'must be the name of a directive of nginx'}))
					.default([])
					.meta({
						title: 'Directives to accept in it',
						help: "A site file that makes root's nginx load code, or open what others may write, is refused and named. Those that are meant are listed here.",
						from: 'setup',
					}),
			}),
			z.strictObject({
				as: z.literal('link').meta({
					title: 'A link into the checkout, as the guide has it',
					help: "Whoever may write the checkout becomes root at the next reload: nginx reads the file as root, and it may load code. That is the application's user, and whoever breaks into the application.",
				}),
				file: where,
			}),
		])
		.prefault({as: 'copy'})
		.meta({
			title: 'The site file in sites-enabled',
			help: "As root's copy, or as a link into the checkout: then whoever may write the checkout becomes root at the next reload.",
			from: 'setup',
		});
};
