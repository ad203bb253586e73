import {join} from 'node:path';
import {programRoot} from '#host/files/own-program.ts';
import {defineStep} from '#model/step.ts';
import {demoRepository} from '#resources/demo/demo-repository.ts';
import {publishedOrDemo} from '#steps/shared/published-or-demo.ts';

/** Where the demo lies on the host. */
const demoDirectory = '/usr/local/src/host-setup-openslides';

/** The backend and the library it needs are published on GitHub alone, which is not reached from everywhere. */
export const sources = defineStep({
	id: 'sources',
	title: 'Sources',
	about:
		"Where the backend comes from. 'demo' makes a small one with the same options, files, ports and traps, and the library it needs, so that the stack can be tried where only package mirrors are in reach.",
	guide: 'OpenSlides: Create user and clone repository',
	questions: publishedOrDemo(),
	offers: ({from}) => ({openslidesSources: from === 'demo' ? {demo: demoDirectory} : {}}),
	resources: ({from}) =>
		from === 'demo'
			? [
					demoRepository({
						directory: demoDirectory,
						name: 'backend',
						source: join(programRoot(), 'fixtures/apps/openslides'),
						tag: '1.0',
					}),
					demoRepository({
						directory: demoDirectory,
						name: 'py-jsonapi',
						source: join(programRoot(), 'fixtures/apps/py-jsonapi'),
					}),
				]
			: [],
});
