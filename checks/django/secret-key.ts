import {dirname, relative} from 'node:path';
import {type DjangoSite, djangoSites, languageOf} from '#host/django/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {sameText} from '#model/secret.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {
	exampleSite,
	noDjango,
	ofEachSite,
	readBy,
	restart,
	restarted,
	siteData,
	staleSays,
} from '../shared/django-verdict.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	weak: {
		state: 'fail',
		/** How the key is, with its verb. */
		example: {how: 'is the published one, which is in the repository'},
		says: ({how}) => `the key ${how}`,
		remedy: {
			sentence:
				'Put fifty random characters in its place (python3 -c "import secrets; print(secrets.token_urlsafe(50))") and restart the application server. Everybody has to log in again, and links for new passwords that are on their way end.',
		},
	},
	stale: {state: 'warn', example: exampleSite, says: staleSays, remedy: restarted, fix: restart},
});

/** Whoever knows the key signs a session for any account; the key in a public repository is known to everybody. */
export const check = defineCheck({
	id: 'django.secret-key',
	title: 'SECRET_KEY is its own, not the published one',
	why: 'Sessions, password resets and signed cookies hang on this one value. The one in the repository is public: with it anybody can sign a session for the administrator.',
	reads: [
		'SECRET_KEY in the settings file, and in the same file as the repository has it (git show HEAD:…); the value is compared and never shown',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: settings.py (SECRET_KEY: some randomly generated characters)',
	verify: 'git -C PROJECT diff HEAD -- SETTINGS.py | grep -c SECRET_KEY   # must not print 0',
	deadline: 15_000,
	facts: {sites: djangoSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts}) => ofEachSite(facts.sites, site => findingOf(site, host)),
});

const findingOf = async (site: DjangoSite, host: Reader): Promise<FoundOf<typeof kinds>> => {
	const {secretKey: key, server} = site;
	const expected = 'a random value of its own';
	const {layer: runtime, stale} = await readBy(site, host);
	if ('because' in key) return {item: server.item, is: 'ok', expected, layers: {file: key, runtime}};
	const published = await publishedKey(site, host);
	const same = typeof published === 'string' && sameText([key.box], published);
	const weak = same ? 'is the published one, which is in the repository' : key.weak;
	const file =
		weak !== undefined || typeof published === 'string' || published === undefined
			? seen(weak === undefined ? 'its own' : `it ${weak}`, key.where)
			: published;
	const sight = {item: server.item, expected, layers: {file, runtime}};
	if (weak !== undefined) return {...sight, is: 'weak', data: {how: weak}};
	if (stale) return {...sight, is: 'stale', data: siteData(site)};
	return {...sight, is: 'ok', says: 'the key is its own'};
};

/** As the last commit has it; undefined where the project is in no repository, or the file not in it. */
const publishedKey = async ({file, project}: DjangoSite, host: Reader): Promise<string | Unknown | undefined> => {
	const root = await repositoryOf(dirname(file), host);
	if (root === undefined) return undefined;
	if (project.notAsked) return project.notAsked;
	try {
		const {code, stdout} = await host.probe(['git', '-C', root, 'show', `HEAD:${relative(root, file)}`], {
			as: project.user,
			timeout: 4000,
		});
		if (code !== 0) return undefined;
		const {settingsIn} = await import('#host/django/settings-file.ts');
		const value = settingsIn(stdout, file, languageOf(project)).SECRET_KEY?.value;
		return value === undefined ? undefined : String(value);
	} catch (error) {
		if (error instanceof Blocked) return error.why;
		throw error;
	}
};

const repositoryOf = async (directory: string, host: Reader): Promise<string | undefined> => {
	if ((await host.stat(`${directory}/.git`)) !== undefined) return directory;
	return directory === '/' ? undefined : repositoryOf(dirname(directory), host);
};
