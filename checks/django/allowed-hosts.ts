import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {isSeen} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
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
import {listed} from '../shared/seeing.ts';

/** `wanted`: as it was answered; only who knows the names can write them. */
type Hosts = {
	readonly site: SiteData;
	readonly where: string;
	readonly names: readonly string[];
	readonly wanted: readonly string[] | undefined;
};

const example: Hosts = {
	site: exampleSite,
	where: '/srv/app/settings.py:12',
	names: ['*'],
	wanted: ['app.example.org'],
};

const list = ({where}: Hosts) => ({
	sentence: `List the names under which the site is asked for (${where}), and restart the application server.`,
});

const write = ({site, wanted}: Hosts) => (wanted === undefined ? [] : settingFix(site, 'ALLOWED_HOSTS', wanted));

const kinds = defineKinds({
	everything: {state: 'fail', example, says: 'it takes every Host header', remedy: list, fix: write},
	asAnswered: {
		state: 'warn',
		says: 'it takes every Host header, as it was answered',
		remedy: {sentence: 'Answer the names under which the site is asked for, and run setup apply.'},
	},
	empty: {state: 'fail', example, says: 'it is empty, so every request is refused', remedy: list, fix: write},
	byHand: {
		state: 'warn',
		example,
		says: ({names}) => `it was changed by hand since setup wrote it: ${listed(names)}`,
		remedy: ({wanted = []}) => ({
			sentence: `Take these names over into the answers, or let the fix write what was answered: ${listed(wanted)}.`,
		}),
		fix: write,
	},
	stale: {state: 'warn', example: exampleSite, says: staleSays, remedy: restarted, fix: restart},
});

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
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts, expect}) => ofEachSite(facts.sites, site => findingOf(site, namesFor(site, expect), host)),
});

const namesFor = ({file}: DjangoSite, expect: readonly Json[]): readonly string[] | undefined =>
	(expect as readonly Wanted[]).find(wanted => wanted.file === file)?.names;

/** `file`: the settings. */
type Wanted = {readonly file: string; readonly names: readonly string[]};

const findingOf = async (
	site: DjangoSite,
	answered: readonly string[] | undefined,
	host: Reader,
): Promise<FoundOf<typeof kinds>> => {
	const file = inFile(site.allowedHosts);
	const {layer: runtime, stale} = await readBy(site, host);
	const names = isSeen(file) ? (file.value as readonly string[]) : [];
	const asAnswered =
		answered === undefined || (names.length === answered.length && answered.every(name => names.includes(name)));
	const sight = {
		item: site.server.item,
		expected: answered === undefined || answered.includes('*') ? 'the names of the site' : [...answered],
		layers: {file, runtime},
	};
	const all = answered?.includes('*') ?? false;
	const data: Hosts = {
		site: siteData(site),
		where: isSeen(file) ? file.where : site.file,
		names,
		wanted: all ? undefined : answered,
	};
	if (names.includes('*')) return all ? {...sight, is: 'asAnswered'} : {...sight, is: 'everything', data};
	if (isSeen(file) && names.length === 0 && 'value' in site.debug && !site.debug.value)
		return {...sight, is: 'empty', data};
	if (!isSeen(file)) return {...sight, is: 'ok'};
	if (!asAnswered) return {...sight, is: 'byHand', data};
	if (stale) return {...sight, is: 'stale', data: siteData(site)};
	return {...sight, is: 'ok', says: `it takes ${listed(names)}`};
};
