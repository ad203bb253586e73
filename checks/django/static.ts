import {djangoAnswer} from '#host/django/asked-django.ts';
import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {statsIn} from '#host/files/digest.ts';
import {statThrough} from '#host/files/stat-through.ts';
import {lastIn} from '#host/nginx/config.ts';
import {isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {type Accounts, accounts, gidsOf} from '#host/system/accounts.ts';
import {modeLets} from '#host/trust/rights.ts';
import {directoriesAbove} from '#host/trust/who-may-read.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader, Stat} from '#model/host.ts';
import {djangoCollectstatic} from '#resources/django/migrate-and-collect.ts';
import {noDjango, ofEachSite} from '../shared/django-verdict.ts';
import {listed, seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	noRoot: {
		state: 'warn',
		example: {why: 'STATIC_ROOT is not set'},
		says: ({why}) => `they are not collected: ${why}`,
		remedy: {
			sentence:
				'Set STATIC_ROOT in the settings, let the web server serve it, and collect as the user of the application: manage.py collectstatic --noinput.',
		},
	},
	closed: {
		state: 'warn',
		example: {says: ['www-data cannot read /srv/static/a.css'] as readonly string[], collected: true},
		says: ({says}) => listed(says),
		remedy: ({collected}) => ({
			sentence: `Let others pass the directories above (chmod o+x) and read the files below (chmod -R o+rX), or add the user of the web server to the group that may.${collected ? '' : ' Then collect them as the user of the application: manage.py collectstatic --noinput.'}`,
		}),
	},
	notCollected: {
		state: 'warn',
		example: {
			says: ['3 not collected (a.css)'] as readonly string[],
			project: undefined as DjangoSite['project'] | undefined,
		},
		says: ({says}) => listed(says),
		remedy: {sentence: 'Collect them as the user of the application: manage.py collectstatic --noinput.'},
		fix: ({project}) => (project === undefined ? [] : [djangoCollectstatic({project})]),
	},
});

/** Half a site without style sheets is how a forgotten collectstatic looks. */
export const check = defineCheck({
	id: 'django.static',
	title: 'Static files are collected, current, and readable by the web server',
	why: 'Django does not serve static files itself once DEBUG is off. After an update pages want files that were not collected, or get old ones; a directory above them that is closed hides them all.',
	reads: [
		'STATIC_ROOT and what collectstatic would put there, file by file',
		'mode and owner of STATIC_ROOT, of the directories above it and of the files, against the user of the web server',
	],
	severity: 'warn',
	layers: ['file'],
	requires: ['django.starts'],
	source: 'ipynbsrv: manage.py (collectstatic)',
	verify: 'manage.py collectstatic --dry-run --noinput | tail -1; runuser -u www-data -- ls STATIC_ROOT',
	deadline: 30_000,
	facts: {sites: djangoSites, web: nginxSites, accounts},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts}) =>
		ofEachSite(facts.sites, site => findingOf(site, webUser(facts.web), facts.accounts, host)),
});

const findingOf = async (
	site: DjangoSite,
	user: string,
	known: Accounts,
	host: Reader,
): Promise<FoundOf<typeof kinds>> => {
	const statics = await djangoAnswer(site, host, 'statics');
	const expected = 'collected, current, readable';
	const item = site.server.item;
	if (statics.root === null) {
		const elsewhere = statics.remote === true;
		const sight = {item, expected, layers: {file: seen(statics.why, site.file)}};
		return elsewhere
			? {...sight, is: 'ok', says: 'they are kept elsewhere'}
			: {...sight, is: 'noRoot', data: {why: statics.why}};
	}
	const {root, missing, differing} = statics;
	const names = Object.keys(statics.files).slice(0, 500);
	const closed = await firstClosed(root, names, user, known, host);
	const says = [
		...(missing.length > 0 ? [`${missing.length} not collected (${missing[0]})`] : []),
		...(differing.length > 0 ? [`${differing.length} not as their source is (${differing[0]})`] : []),
		...(closed === undefined ? [] : [`${user} cannot read ${closed}`]),
	];
	const sight = {
		item,
		expected,
		layers: {file: seen(says.length > 0 ? listed(says) : 'collected, current, readable', root)},
	};
	if (closed !== undefined) return {...sight, is: 'closed', data: {says, collected: says.length === 1}};
	if (says.length > 0) return {...sight, is: 'notCollected', data: {says, project: site.project}};
	return {...sight, is: 'ok', says: `${Object.keys(statics.files).length} files, as their sources are`};
};

/** As nginx's own file says; Debian's otherwise. */
const webUser = (sites: readonly Site[]): string => {
	const used = sites.find(({nginx}) => nginx.running !== undefined) ?? sites[0];
	return (used && isRead(used.config) ? lastIn({children: used.config.top}, 'user')?.args[0] : undefined) ?? 'www-data';
};

/** Of the root with what is above it, and these files in it. */
const firstClosed = async (
	root: string,
	names: readonly string[],
	user: string,
	known: Accounts,
	host: Reader,
): Promise<string | undefined> => {
	const account = known.users.get(user);
	if (account === undefined) return undefined;
	const gids = gidsOf(known, account);
	const isClosed = (stat: Stat | undefined): boolean =>
		stat !== undefined && !modeLets(stat, stat.kind === 'directory' ? 1 : 4, account, gids);
	for (const path of [...directoriesAbove(root).toReversed(), root])
		if (isClosed((await statThrough(host, path)).stat)) return path;
	const stats = await statsIn(host, root, names);
	for (const [at, name] of names.entries()) {
		const path = `${root}/${name}`;
		const stat = stats[at];
		// What lies behind a link in a directory of somebody else is looked at by the rules for links, one by one.
		if (isClosed(stat === undefined || stat.kind === 'symlink' ? (await statThrough(host, path)).stat : stat))
			return path;
	}
	return undefined;
};
