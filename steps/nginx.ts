import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {absent} from '#resources/files/absent.ts';
import {unit} from '#resources/units/unit.ts';
import {portFree} from './probes/port-free.ts';

/** The distribution's nginx, started at boot, without its page of welcome. Offers `webServer`. */
export const nginx = ({id = 'nginx', guide}: {readonly id?: string; readonly guide: string}) =>
	defineStep({
		id,
		title: 'nginx',
		about: 'The web server of the distribution. Its stock site answers every name with a page of welcome, so it goes.',
		guide,
		questions: z
			.strictObject({
				stockSite: z.enum(['remove', 'keep']).default('remove').meta({
					title: 'The stock site',
					help: "Only the link in sites-enabled goes; undo puts it back. 'keep' where it serves something of yours.",
					from: 'guide',
				}),
			})
			.meta({title: 'nginx'}),
		probes: () => [portFree(80, {ours: ['nginx'], about: []})],
		offers: () => ({webServer: {conf: '/etc/nginx', user: 'www-data', unit: 'nginx.service'}}),
		resources: ({stockSite}) => [
			aptPackages(
				{names: ['nginx']},
				{
					id: 'apt:nginx',
					needs: ['done:requirements', 'done:dpkg-consistent'],
					provides: ['path:/etc/nginx', 'path:/etc/nginx/sites-available', 'path:/etc/nginx/sites-enabled'],
				},
			),
			unit({name: 'nginx.service', enabled: true, running: true}, {needs: ['package:nginx']}),
			...(stockSite === 'keep'
				? []
				: [
						absent(
							{path: '/etc/nginx/sites-enabled/default'},
							{needs: ['package:nginx'], owes: [{unit: 'nginx.service', do: 'reload'}]},
						),
					]),
		],
	});
