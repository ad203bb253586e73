import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {djangoCollectstatic} from '#resources/django/migrate-and-collect.ts';
import {projectOf} from '#steps/shared/project.ts';

/** collectstatic, as the application's user: today's release answers every page with 500 until it was run. */
export const staticFiles = defineStep({
	id: 'static-files',
	title: 'Static files',
	about:
		'Style sheets, scripts and pictures of all parts in one place, from where nginx serves them. Pages name them with a hash, so it comes before the first request.',
	guide: 'CoralNet: Web server',
	uses: {app: 'project', database: 'database'},
	questions: z.strictObject({}),
	resources: (_answers, {uses: {app, database}}) => [
		djangoCollectstatic(
			{project: projectOf(app, database)},
			{
				needs: ['done:app-settings', 'done:python', `path:${app.home}/static_serve`],
				provides: ['done:static-files'],
				owes: [{unit: app.service, do: 'restart'}],
			},
		),
	],
});
