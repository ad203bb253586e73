/** Changes to a site file that an operator asks for: which directive, where it stands, and what it is to say. */
import {z} from 'zod';
import {oneLine} from '#answers/questions/questions.ts';
import type {BlockStep} from '#edit/nginx/block.ts';
import type {NginxSetting} from '#edit/nginx/nginx.ts';

export const siteEditsQuestion = () =>
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
					to: oneLine({min: 0, max: 1000}).meta({
						title: 'What it is to say',
						help: 'Nothing takes it out of the blocks that are named.',
						example: 'unix:/run/ipynbsrv/wui.sock',
					}),
				})
				.refine(one => one.to !== '' || one.in !== undefined, {
					error: "needs 'in': only a directive in named blocks can be taken out",
					path: ['in'],
				}),
		)
		.default([]);

export type SiteEdit = z.output<ReturnType<typeof siteEditsQuestion>>[number];

export const settingOf = ({directive, in: blocks, now, to}: SiteEdit): NginxSetting => {
	const args = to.split(/\s+/).map(word => [word]);
	if (blocks === undefined)
		return {anywhere: true, directive, ...(now !== undefined && {like: now}), args, variables: true};
	return {block: blocks.split('>').map(stepOf), directive, args: to === '' ? null : args, variables: true};
};

const stepOf = (words: string): BlockStep => {
	const [name = '', ...args] = words.trim().split(/\s+/);
	return args.length === 0 ? name : {name, args};
};
