import {join} from 'node:path';
import {programRoot} from '#host/files/own-program.ts';
import {defineStep} from '#model/step.ts';
import {demoRepository} from '#resources/demo/demo-repository.ts';
import {publishedOrDemo} from '#steps/shared/published-or-demo.ts';

/** Where the demo lies on the host. */
const demoDirectory = '/usr/local/src/host-setup-weblab';

/** WebLab-Deusto is published on GitHub, which is not reached from everywhere: where it comes from is a question. */
export const sources = defineStep({
	id: 'sources',
	title: 'Sources',
	about:
		"Where WebLab-Deusto comes from. 'demo' makes a small application with the same programs, options, files and ports, so that the whole stack can be tried where only package mirrors are in reach.",
	guide: 'WebLab-Deusto: Introduction',
	questions: publishedOrDemo(),
	offers: ({from}) => ({weblabSources: from === 'demo' ? {demo: demoDirectory} : {}}),
	resources: ({from}) =>
		from === 'demo'
			? [
					demoRepository({
						directory: demoDirectory,
						name: 'weblabdeusto',
						source: join(programRoot(), 'fixtures/apps/weblab'),
					}),
				]
			: [],
});
