/** An application server that was started before somebody edited a file goes on with what it has read: the edit shows at the next restart, or at the next boot. */
import {failedStart} from '#host/django/asked-django.ts';
import {djangoSites} from '#host/django/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import {noDjango, ofEachSite} from '../shared/django-verdict.ts';
import {seen} from '../shared/seeing.ts';

const remedy = {
	sentence:
		'Mend what its words name before the application server is restarted; manage.py check, as the user of the application, says it with all lines.',
};

const kinds = defineKinds({
	unparsable: {
		state: 'fail',
		example: {why: "SyntaxError: '(' was never closed"},
		says: ({why}) => `Django no longer starts: ${why}`,
		remedy,
	},
	// What a wrapper script puts into the environment is not known here, so the server itself may still start.
	ended: {
		state: 'warn',
		example: {why: "ModuleNotFoundError: No module named 'ldap'"},
		says: ({why}) => `Django does not start when it is asked: ${why}`,
		remedy,
	},
});

export const check = defineCheck({
	id: 'django.starts',
	title: 'The code of the application starts',
	why: 'What runs has read its files long ago. A line that does not parse, or a package that is gone, shows when it is started anew, often at night.',
	reads: [
		'the settings and applications, by one Python process as the user of the application, or what it said before where no file moved',
	],
	severity: 'fail',
	layers: ['file'],
	requires: ['appserver.interpreter'],
	source: 'ipynbsrv: manage.py; Django: django.setup()',
	verify: 'manage.py check',
	deadline: 30_000,
	facts: {sites: djangoSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts}) =>
		ofEachSite(facts.sites, async (site): Promise<FoundOf<typeof kinds>> => {
			const failed = await failedStart(site, host);
			const sight = {
				item: site.server.item,
				expected: 'it starts',
				layers: {file: seen(failed?.why ?? 'it starts', site.project.directory)},
			};
			if (failed === undefined) return {...sight, is: 'ok'};
			return {...sight, is: certain.has(failed.kind) ? 'unparsable' : 'ended', data: {why: failed.why}};
		}),
});

const certain = new Set(['SyntaxError', 'IndentationError', 'TabError']);
