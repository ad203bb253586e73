import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {isSeen} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {inFile} from '../shared/django-verdict.ts';
import {seen} from '../shared/seeing.ts';

/** One writer at a time is what SQLite has; several processes wait for each other, and then fail. */
export const check = defineCheck({
	id: 'django.database',
	title: 'The database is a server where several processes run',
	why: 'SQLite locks the whole file for each write. With several processes requests wait for each other and end with "database is locked" on the first busy day.',
	reads: [
		"DATABASES['default']['ENGINE'] in the settings file",
		'the processes of the application server, as configured and as they run',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: Postgres Container; weblab-deusto: Introduction (MySQL instead of SQLite)',
	verify: "manage.py shell -c \"from django.conf import settings; print(settings.DATABASES['default']['ENGINE'])\"",
	deadline: 15_000,
	facts: {sites: djangoSites},
	appliesTo: ({facts}) => facts.sites.length > 0 || 'no application server of this host runs Django',
	async inspect({facts}) {
		return findings(facts.sites.map(findingOf));
	},
	remedy: () => ({
		sentence:
			'Move the data to PostgreSQL or MySQL (manage.py dumpdata, then loaddata), or run one process only until then.',
	}),
});

const findingOf = ({server, engine}: DjangoSite): Finding => {
	const file = inFile(engine);
	const running = server.running === undefined ? undefined : Math.max(1, server.running.children.length);
	const processes = Math.max(server.processes, running ?? 1);
	const sqlite = isSeen(file) && /sqlite/.test(String(file.value));
	return {
		item: server.item,
		state: sqlite && processes > 1 ? 'fail' : 'ok',
		says: isSeen(file)
			? `${String(file.value).split('.').at(-1)} with ${processes} ${processes === 1 ? 'process' : 'processes'}`
			: 'its engine could not be read',
		expected: 'a database server, or one process',
		layers: {
			file,
			runtime:
				running === undefined
					? {because: 'unreadable', need: `${server.item} does not run`}
					: seen(running, `children of process ${server.running?.main.pid}`),
		},
	};
};
