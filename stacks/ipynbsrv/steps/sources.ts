import {join} from 'node:path';
import {z} from 'zod';
import {programRoot} from '#host/files/own-program.ts';
import {defineStep} from '#model/step.ts';
import {demoSources} from '#resources/demo/demo-sources.ts';

/** Where the demo's sources lie on the host. */
const demoDirectory = '/usr/local/src/host-setup-demo';

/** The guide's own git server is gone, and openresty.org is not reached from everywhere: where the sources come from is a question. */
export const sources = defineStep({
	id: 'sources',
	title: 'Sources',
	about:
		"Where the application and OpenResty come from. 'demo' makes a small application in the guide's layout, and an archive with OpenResty's configure around Debian's own nginx, so that the whole stack can be tried where only apt is in reach.",
	guide: 'ipynbsrv: Nginx/OpenResty; Django/Application',
	questions: z
		.discriminatedUnion('from', [
			z.strictObject({from: z.literal('upstream').meta({title: 'From where they are published; the steps below ask'})}),
			z.strictObject({from: z.literal('demo').meta({title: 'The small ones that come with setup'})}),
		])
		.meta({
			title: 'Sources',
			help: 'Where the application and OpenResty come from. The small ones are for trying setup out.',
			from: 'setup',
		}),
	offers: ({from}) => ({sources: from === 'demo' ? {demo: demoDirectory} : {}}),
	resources: answers =>
		answers.from === 'demo'
			? [
					demoSources(
						{directory: demoDirectory, fixtures: join(programRoot(), 'fixtures')},
						{needs: ['package:git', 'package:build-essential']},
					),
				]
			: [],
});
