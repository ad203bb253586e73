import {z} from 'zod';
import {email, secret} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {djangoSuperuser as superuserAccount} from '#resources/django/superuser.ts';
import {projectOf} from './shared/project.ts';

/** The local admin account of the site. */
export const djangoSuperuser = ({guide}: {readonly guide: string}) =>
	defineStep({
		id: 'superuser',
		title: 'Superuser',
		about:
			'The local account that enters /admin/, made by a small script through django.setup(), its password on stdin.',
		guide,
		uses: {app: 'project', database: 'database'},
		questions: z.strictObject({
			name: z
				.string()
				.regex(/^[\w.@+-]{1,150}$/u, {error: 'must be at most 150 letters, digits and @ . + - _'})
				.default('admin')
				.meta({title: 'User name', help: 'Of the first administrator; it may enter /admin/.', from: 'setup'}),
			email: email().meta({
				title: 'E-mail',
				help: 'Where the application writes to the administrator.',
				example: 'admin@example.org',
			}),
			password: secret({generate: 'default'}).meta({
				title: 'Password',
				help: 'For /admin/. A generated one is shown nowhere and can be read by root afterwards.',
				from: 'setup',
			}),
		}),
		offers: ({name, password}) => ({'account:superuser': {name, password, made: 'done:superuser'}}),
		resources: (answers, {uses: {app, database}}) => [
			superuserAccount(
				{
					project: projectOf(app, database, answers.name),
					username: answers.name,
					email: answers.email,
					password: [answers.password],
				},
				{needs: ['done:tables'], provides: ['done:superuser']},
			),
		],
	});
