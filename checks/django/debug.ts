import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import {askApp} from '../shared/ask-app.ts';
import {
	exampleSite,
	inFile,
	noDjango,
	ofEachSite,
	readBy,
	restart,
	restarted,
	type SiteData,
	settingFix,
	siteData,
	staleSays,
} from '../shared/django-verdict.ts';
import {seen} from '../shared/seeing.ts';

/** `answered`: somebody asked for it, so that it warns, and nothing of it is taken back. */
type Debug = SiteData & {readonly where: string; readonly answered: boolean};

const example: Debug = {...exampleSite, where: '/srv/app/settings.py:7', answered: false};

const weight = ({answered}: Debug): 'warn' | 'fail' => (answered ? 'warn' : 'fail');

const off = ({where}: Debug) => ({
	sentence: `Write DEBUG = False (${where}), and restart the application server: it reads its settings only at its start.`,
});

const switchOff = (site: Debug) => (site.answered ? [] : settingFix(site, 'DEBUG', false));

const kinds = defineKinds({
	on: {
		state: weight,
		example,
		says: ({answered}) => `DEBUG is on${answered ? ', as it was answered' : ''}`,
		remedy: off,
		fix: switchOff,
	},
	next: {
		state: weight,
		example,
		says: 'DEBUG is on in the file, and will be in the process after its next start',
		remedy: off,
		fix: switchOff,
	},
	stale: {
		state: weight,
		example,
		says: staleSays,
		remedy: restarted,
		fix: site => (site.answered ? [] : restart(site)),
	},
});

/** The page that Django shows for an error while DEBUG is on holds settings, paths and the values of variables. */
export const check = defineCheck({
	id: 'django.debug',
	title: 'DEBUG is off',
	why: 'With DEBUG every error page shows source code, settings and the values of variables to whoever asks, and each request keeps its SQL in memory until that is full.',
	reads: [
		'DEBUG in the settings file',
		'GET of a path that no application has, asked of the application server itself: its error page says whether DEBUG is on',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: settings.py (DEBUG: change to False); coralnet: gunicorn',
	verify: "curl -s http://localhost/no-such-page | grep -c 'DEBUG = True'   # must print 0",
	deadline: 15_000,
	facts: {sites: djangoSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts, expect}) => ofEachSite(facts.sites, site => findingOf(site, isAnswered(site, expect), host)),
});

const isAnswered = ({file}: DjangoSite, expect: readonly Json[]): boolean =>
	(expect as readonly Wanted[]).some(wanted => wanted.file === file && wanted.debug);

/** `file`: the settings. */
type Wanted = {readonly file: string; readonly debug: boolean};

const findingOf = async (site: DjangoSite, answered: boolean, host: Reader): Promise<FoundOf<typeof kinds>> => {
	const file = inFile(site.debug);
	const {layer, stale} = await readBy(site, host);
	const runtime = await see(async () => {
		const {status, body, where} = await askApp(site, '/host-setup/no-such-page');
		if (/DEBUG = True/.test(body)) return seen(true, where);
		if (status >= 400) return seen(false, where);
		// Its error pages may answer 200, and its routes may take every path: then only the age of the process tells what it has read.
		if (stale || !isSeen(layer) || !isSeen(file))
			throw new Blocked({
				because: 'unreadable',
				need: `whether DEBUG is on: the application answers ${status} to a path that is not there`,
			});
		return seen(file.value, `${layer.where}, ${String(layer.value)}, after the last change of the file`);
	});
	const [written, running] = [
		isSeen(file) ? file.value === true : undefined,
		isSeen(runtime) ? runtime.value === true : undefined,
	];
	const sight = {item: site.server.item, expected: false, layers: {file, runtime}};
	const data = {...siteData(site), where: isSeen(file) ? file.where : site.file, answered};
	if (written !== true && running !== true)
		return {
			...sight,
			is: 'ok',
			says: `DEBUG is off${stale ? ', and the process is older than its settings' : ''}`,
		};
	if (written === true && running === false) return {...sight, is: 'next', data};
	if (written === false) return {...sight, is: 'stale', data};
	return {...sight, is: 'on', data};
};
