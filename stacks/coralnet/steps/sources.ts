import {join} from 'node:path';
import {z} from 'zod';
import {programRoot} from '#host/files/own-program.ts';
import {defineStep} from '#model/step.ts';
import {demoRepository} from '#resources/demo/demo-repository.ts';

/** Where the demo's source lies on the host. */
const demoDirectory = '/usr/local/src/host-setup-coralnet';

/** The published application wants a code host, AWS and some gigabytes; a small one in its layout shows the stack without. */
export const sources = defineStep({
	id: 'sources',
	title: 'Source',
	about:
		"Where the application comes from. 'demo' makes a small one in the guide's layout (and, on the branch today, in that of today's release), so that the whole stack can be tried where only apt and PyPI are in reach.",
	guide: 'CoralNet: Installation page',
	questions: z
		.discriminatedUnion('from', [
			z.strictObject({from: z.literal('upstream').meta({title: 'From where it is published; the steps below ask'})}),
			z.strictObject({from: z.literal('demo').meta({title: 'The small one that comes with setup'})}),
		])
		.meta({
			title: 'Source',
			help: 'Where the application comes from. The small one is for trying setup out.',
			from: 'setup',
		}),
	offers: ({from}) => ({sources: from === 'demo' ? {demo: demoDirectory} : {}}),
	resources: ({from}) =>
		from === 'demo'
			? [
					demoRepository({
						directory: demoDirectory,
						name: 'coralnet',
						source: join(programRoot(), 'fixtures/apps/coralnet'),
						branch: {
							name: 'today',
							over: join(programRoot(), 'fixtures/apps/coralnet-today'),
							without: ['project/config/settings', 'project/config/nginx.conf', 'project/logs'],
						},
					}),
				]
			: [],
});
