import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import {askApp} from '../shared/ask-app.ts';
import {inFile, readBy, settingFix, siteFor, staleSays} from '../shared/django-verdict.ts';
import {seen} from '../shared/seeing.ts';

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
	appliesTo: ({facts}) => facts.sites.length > 0 || 'no application server of this host runs Django',
	async inspect({facts, expect}) {
		return findings(await Promise.all(facts.sites.map(site => findingOf(site, isAnswered(site, expect)))));
	},
	remedy: ({layers}) => ({
		sentence: `Write DEBUG = False${layers.file && 'where' in layers.file ? ` (${layers.file.where})` : ''}, and restart the application server: it reads its settings only at its start.`,
	}),
	fix: (finding, {facts, expect}) => {
		const site = siteFor(facts.sites, finding);
		return site === undefined || isAnswered(site, expect)
			? []
			: settingFix(site, finding, [{name: 'DEBUG', value: false}]);
	},
});

const isAnswered = ({file}: DjangoSite, expect: readonly Json[]): boolean =>
	(expect as readonly Wanted[]).some(wanted => wanted.file === file && wanted.debug);

/** `file`: the settings. */
type Wanted = {readonly file: string; readonly debug: boolean};

const findingOf = async (site: DjangoSite, answered: boolean): Promise<Finding> => {
	const file = inFile(site.debug);
	const {layer, stale} = readBy(site);
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
	const on = written === true || running === true;
	const pending = written !== undefined && running !== undefined && written !== running;
	return {
		item: site.server.item,
		state: on ? (answered ? 'warn' : 'fail') : 'ok',
		says: on
			? pending
				? written
					? 'DEBUG is on in the file, and will be in the process after its next start'
					: staleSays(site)
				: `DEBUG is on${answered ? ', as it was answered' : ''}`
			: `DEBUG is off${stale ? ', and the process is older than its settings' : ''}`,
		expected: false,
		layers: {file, runtime},
	};
};
