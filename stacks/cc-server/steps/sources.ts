import {join} from 'node:path';
import {programRoot} from '#host/files/own-program.ts';
import {defineStep} from '#model/step.ts';
import {demoRepository} from '#resources/demo/demo-repository.ts';
import {publishedOrDemo} from '#steps/shared/published-or-demo.ts';

/** Where the demo lies on the host. */
const demoDirectory = '/usr/local/src/host-setup-cc-server';

/** CC-Server is published on GitHub, which is not reached from everywhere: where it comes from is a question. */
export const sources = defineStep({
	id: 'sources',
	title: 'Sources',
	about:
		"Where CC-Server comes from. 'demo' makes a small application with the same files, questions, calls and ports, so that the whole stack can be tried where only package mirrors are in reach.",
	guide: 'CC-Server: Get the Code',
	questions: publishedOrDemo(),
	offers: ({from}) => ({ccSources: from === 'demo' ? {demo: demoDirectory} : {}}),
	resources: ({from}) =>
		from === 'demo'
			? [
					demoRepository({
						directory: demoDirectory,
						name: 'cc-server',
						source: join(programRoot(), 'fixtures/apps/cc-server'),
					}),
				]
			: [],
});
