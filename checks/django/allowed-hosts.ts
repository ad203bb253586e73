import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {isSeen} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import {inFile, readBy, settingFix, siteFor, staleSays} from '../shared/django-verdict.ts';
import {listed} from '../shared/seeing.ts';

/** A forged Host header ends up in the links of password mails. */
export const check = defineCheck({
	id: 'django.allowed-hosts',
	title: 'ALLOWED_HOSTS names the site, and not everything',
	why: "The guide's ['*'] takes any Host header. Django builds links from it: a forged one sends the link for a new password to another site.",
	reads: [
		'ALLOWED_HOSTS in the settings file',
		'/proc/PID/stat: whether the process was started after the file was changed',
		'the names that setup was answered',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: "ipynbsrv: settings.py (ALLOWED_HOSTS, ['*'] in the guide); Django: Host header validation",
	verify: 'curl -s -o /dev/null -w "%{http_code}\\n" -H "Host: forged.invalid" http://localhost/   # must print 400',
	deadline: 15_000,
	facts: {sites: djangoSites},
	appliesTo: ({facts}) => facts.sites.length > 0 || 'no application server of this host runs Django',
	async inspect({facts, expect}) {
		return findings(facts.sites.map(site => findingOf(site, namesFor(site, expect))));
	},
	remedy: ({layers}) => ({
		sentence: `List the names under which the site is asked for${layers.file && 'where' in layers.file ? ` (${layers.file.where})` : ''}, and restart the application server.`,
	}),
	fix: (finding, {facts, expect}) => {
		const site = siteFor(facts.sites, finding);
		const names = site && namesFor(site, expect);
		// Only who knows the names can write them; the answers do.
		return site === undefined || names === undefined || names.includes('*')
			? []
			: settingFix(site, finding, [{name: 'ALLOWED_HOSTS', value: names}]);
	},
});

const namesFor = ({file}: DjangoSite, expect: readonly Json[]): readonly string[] | undefined =>
	(expect as readonly Wanted[]).find(wanted => wanted.file === file)?.names;

/** `file`: the settings. */
type Wanted = {readonly file: string; readonly names: readonly string[]};

const findingOf = (site: DjangoSite, answered: readonly string[] | undefined): Finding => {
	const file = inFile(site.allowedHosts);
	const {layer: runtime, stale} = readBy(site);
	const names = isSeen(file) ? (file.value as readonly string[]) : [];
	const open = names.includes('*');
	const asAnswered =
		answered === undefined || (names.length === answered.length && answered.every(name => names.includes(name)));
	const empty = isSeen(file) && names.length === 0 && 'value' in site.debug && !site.debug.value;
	return {
		item: site.server.item,
		state: open
			? answered?.includes('*')
				? 'warn'
				: 'fail'
			: empty
				? 'fail'
				: !isSeen(file) || (asAnswered && !stale)
					? 'ok'
					: 'warn',
		says: open
			? `it takes every Host header${answered?.includes('*') ? ', as it was answered' : ''}`
			: empty
				? 'it is empty, so every request is refused'
				: !asAnswered
					? `it was changed by hand since setup wrote it: ${listed(names)}`
					: stale
						? staleSays(site)
						: `it takes ${listed(names)}`,
		expected: answered === undefined || answered.includes('*') ? 'the names of the site' : [...answered],
		layers: {file, runtime},
	};
};
