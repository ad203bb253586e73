/** Changes to a site file that an operator asks for: which directive, where it stands, and what it is to say. */
import {z} from 'zod';
import {oneLine} from '#answers/questions/questions.ts';
import type {BlockStep} from '#edit/nginx/block.ts';
import type {NginxSetting} from '#edit/nginx/nginx.ts';

/** `example`: what such a directive may say, for the help. */
export const siteEditsQuestion = (example = 'unix:/run/app/app.sock') =>
	z
		.array(
			z
				.strictObject({
					directive: z
						.string()
						.regex(/^[a-z][a-z0-9_]*$/, {error: 'must be the name of a directive of nginx'})
						.meta({title: 'Directive', example: 'uwsgi_pass'}),
					in: oneLine({max: 500}).optional().meta({
						title: 'The blocks on the way to it',
						help: 'From the outermost: server > location = /auth. Added there where it is not.',
						example: 'server > location = /auth',
					}),
					now: oneLine({max: 500}).optional().meta({
						title: 'What it says now',
						help: 'Where several blocks have one; * is anything but a slash.',
						example: 'http://$host/*',
					}),
					index: z.int().min(0).max(999).optional().meta({
						title: 'Which of several, in the whole file',
						help: 'The first is 0.',
						example: 1,
					}),
					to: oneLine({min: 0, max: 1000}).meta({
						title: 'What it is to say',
						help: 'Nothing takes it out of the blocks that are named.',
						example,
					}),
				})
				.refine(one => one.to !== '' || one.in !== undefined, {
					error: "needs 'in': only a directive in named blocks can be taken out",
					path: ['in'],
				})
				.refine(one => one.index === undefined || one.in === undefined, {
					error: "counts in the whole file: leave 'in' out, or the index",
					path: ['index'],
				}),
		)
		.default([]);

export type SiteEdit = z.output<ReturnType<typeof siteEditsQuestion>>[number];

export const settingOf = ({directive, in: blocks, now, index, to}: SiteEdit): NginxSetting => {
	const args = to.split(/\s+/).map(word => [word]);
	if (blocks === undefined)
		return {
			anywhere: true,
			directive,
			...(now !== undefined && {like: now}),
			...(index !== undefined && {index}),
			args,
			variables: true,
		};
	return {block: blocks.split('>').map(stepOf), directive, args: to === '' ? null : args, variables: true};
};

const stepOf = (words: string): BlockStep => {
	const [name = '', ...args] = words.trim().split(/\s+/);
	return args.length === 0 ? name : {name, args};
};
