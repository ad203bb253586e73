import {dirname, relative} from 'node:path';
import {type DjangoSite, djangoSites, languageOf} from '#host/django/sites.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {sameText} from '#model/secret.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {readBy, staleSays} from '../shared/django-verdict.ts';
import {seen} from '../shared/seeing.ts';

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
	appliesTo: ({facts}) => facts.sites.length > 0 || 'no application server of this host runs Django',
	async inspect({host, facts}) {
		return findings(await Promise.all(facts.sites.map(site => findingOf(site, host))));
	},
	remedy: () => ({
		sentence:
			'Put fifty random characters in its place (python3 -c "import secrets; print(secrets.token_urlsafe(50))") and restart the application server. Everybody has to log in again, and links for new passwords that are on their way end.',
	}),
});

const findingOf = async (site: DjangoSite, host: Reader): Promise<Finding> => {
	const {secretKey: key, server} = site;
	const expected = 'a random value of its own';
	const {layer: runtime, stale} = readBy(site);
	if ('because' in key) return {item: server.item, state: 'ok', expected, layers: {file: key, runtime}};
	const published = await publishedKey(site, host);
	const same = typeof published === 'string' && sameText([key.box], published);
	const weak = same ? 'is the published one, which is in the repository' : key.weak;
	const file =
		weak !== undefined || typeof published === 'string' || published === undefined
			? seen(weak === undefined ? 'its own' : `it ${weak}`, key.where)
			: published;
	return {
		item: server.item,
		state: weak !== undefined ? 'fail' : stale ? 'warn' : 'ok',
		says: weak !== undefined ? `the key ${weak}` : stale ? staleSays(site) : 'the key is its own',
		expected,
		layers: {file, runtime},
	};
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
