import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {isSeen} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import {inFile, noDjango, ofEachSite} from '../shared/django-verdict.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	oneWriter: {
		state: 'fail',
		example: {engine: 'sqlite3', processes: 2},
		says: ({engine, processes}) => `${engine} with ${processes} processes`,
		remedy: {
			sentence:
				'Move the data to PostgreSQL or MySQL (manage.py dumpdata, then loaddata), or run one process only until then.',
		},
	},
});

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
	requires: ['appserver.interpreter'],
	source: 'ipynbsrv: Postgres Container; weblab-deusto: Introduction (MySQL instead of SQLite)',
	verify: "manage.py shell -c \"from django.conf import settings; print(settings.DATABASES['default']['ENGINE'])\"",
	deadline: 15_000,
	facts: {sites: djangoSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({facts}) => ofEachSite(facts.sites, findingOf),
});

const findingOf = ({server, engine}: DjangoSite): FoundOf<typeof kinds> => {
	const file = inFile(engine);
	const running = server.running === undefined ? undefined : Math.max(1, server.running.children.length);
	const processes = Math.max(server.processes, running ?? 1);
	const name = isSeen(file) ? (String(file.value).split('.').at(-1) ?? '') : '';
	const sight = {
		item: server.item,
		expected: 'a database server, or one process',
		layers: {
			file,
			runtime:
				running === undefined
					? {because: 'unreadable' as const, need: `${server.item} does not run`}
					: seen(running, `children of process ${server.running?.main.pid}`),
		},
	};
	if (/sqlite/.test(name) && processes > 1) return {...sight, is: 'oneWriter', data: {engine: name, processes}};
	const says = isSeen(file)
		? `${name} with ${processes} ${processes === 1 ? 'process' : 'processes'}`
		: 'its engine could not be read';
	return {...sight, is: 'ok', says};
};
